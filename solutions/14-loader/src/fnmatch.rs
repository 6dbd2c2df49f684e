//! Patterns as the shell has them, in which modules' aliases are written: `fnmatch(3)`.

/// Whether `name` matches `pattern` as `fnmatch(3)` has it: `*`, `?` and `[…]`.
pub fn fnmatch(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    // Where to go on when the last `*` has to take one character more.
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, from));
                at += 1;
                continue;
            }
            Some(b'[') => name.get(from).and_then(|&byte| bracket(&pattern[at..], byte)),
            Some(b'?') => name.get(from).map(|_| 1),
            Some(byte) => (name.get(from) == Some(byte)).then_some(1),
            None if from == name.len() => return true,
            None => None,
        };
        match (step, star) {
            (Some(length), _) => (at, from) = (at + length, from + 1),
            (None, Some((after, taken))) if taken < name.len() => {
                star = Some((after, taken + 1));
                (at, from) = (after, taken + 1);
            }
            _ => return false,
        }
    }
}

/// The length of the bracket expression that `pattern` begins with, where `byte` is in it.
fn bracket(pattern: &[u8], byte: u8) -> Option<usize> {
    let end = pattern.iter().skip(2).position(|&byte| byte == b']')? + 2;
    let inside = pattern.get(1..end)?;
    let (negated, mut set) = match inside {
        [b'!', rest @ ..] => (true, rest),
        _ => (false, inside),
    };
    let mut is_in = false;
    while let [first, rest @ ..] = set {
        (is_in, set) = match rest {
            [b'-', last, rest @ ..] => (is_in || (*first..=*last).contains(&byte), rest),
            _ => (is_in || *first == byte, rest),
        };
    }
    (is_in != negated).then_some(end + 1)
}
