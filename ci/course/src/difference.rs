//! How two texts differ, line by line.

/// The lines of two texts between their common beginning and their common end.
pub fn difference(now: &str, should: &str) -> Vec<String> {
    let (now, should): (Vec<_>, Vec<_>) = (now.lines().collect(), should.lines().collect());
    let same = now.iter().zip(&should).take_while(|(a, b)| a == b).count();
    let (now, should) = (&now[same..], &should[same..]);
    let tail = now.iter().rev().zip(should.iter().rev()).take_while(|(a, b)| a == b).count();
    let lost = now[..now.len() - tail].iter().map(|line| format!("- {line}"));
    lost.chain(should[..should.len() - tail].iter().map(|line| format!("+ {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_shows_what_changed_and_nothing_else() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), ["- b", "+ x"]);
        assert_eq!(difference("a\nc\n", "a\nb\nc\n"), ["+ b"]);
        assert!(difference("a\n", "a\n").is_empty());
    }
}
