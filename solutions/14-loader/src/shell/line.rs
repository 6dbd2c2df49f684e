//! One line typed at the simulated kernel's shell: words in quotes as in sh, `> FILE` at the end, `!` in
//! front of a command that may fail, `#` before a remark.

/// A line, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Nothing to do: an empty line, or a remark.
    Nothing,
    /// A command with its words.
    Command {
        /// The command's name and its arguments, quotes removed.
        words: Vec<String>,
        /// Where `> FILE` sends the output.
        redirect: Option<String>,
        /// Marked with `!`: a script goes on even where the command fails.
        may_fail: bool,
    },
}

impl Line {
    /// Whether `text` is marked with `!`, even where it cannot be taken apart.
    pub fn is_marked(text: &str) -> bool {
        text.trim_start().starts_with('!')
    }

    /// Takes `text` apart.
    ///
    /// # Errors
    /// A sentence that says what is wrong: a quote that is not closed, or a `>` without a file.
    pub fn parse(text: &str) -> Result<Line, String> {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            return Ok(Line::Nothing);
        }
        let (may_fail, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let mut words = shlex::split(text).ok_or("a quote is not closed")?;
        let redirect = take_redirect(&mut words)?;
        match words.is_empty() {
            true if redirect.is_some() => Err("a command is missing before '>'".to_owned()),
            true => Ok(Line::Nothing),
            false => Ok(Line::Command { words, redirect, may_fail }),
        }
    }
}

/// Removes `> FILE` or `>FILE` from the end of `words`. A `>` elsewhere is an ordinary word.
fn take_redirect(words: &mut Vec<String>) -> Result<Option<String>, String> {
    if words.last().is_some_and(|word| word == ">") {
        return Err("a file name is missing after '>'".to_owned());
    }
    if words.len() >= 2 && words[words.len() - 2] == ">" {
        let file = words.pop();
        words.pop();
        return Ok(file);
    }
    match words.last().and_then(|word| word.strip_prefix('>')).map(str::to_owned) {
        Some(file) => {
            words.pop();
            Ok(Some(file))
        }
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str], redirect: Option<&str>, may_fail: bool) -> Result<Line, String> {
        let words = words.iter().map(|word| word.to_string()).collect();
        Ok(Line::Command { words, redirect: redirect.map(str::to_owned), may_fail })
    }

    #[test]
    fn a_line_is_split_into_words_as_sh_does() {
        assert_eq!(
            Line::parse("insmod a.ko who='two words'"),
            command(&["insmod", "a.ko", "who=two words"], None, false)
        );
    }

    #[test]
    fn remarks_and_empty_lines_are_nothing_to_do() {
        for text in ["", "   ", "# a remark", "!", "! "] {
            assert_eq!(Line::parse(text), Ok(Line::Nothing), "{text:?}");
        }
    }

    #[test]
    fn output_goes_to_the_file_after_the_last_arrow() {
        for text in ["echo hi > /dev/x", "echo hi >/dev/x"] {
            assert_eq!(Line::parse(text), command(&["echo", "hi"], Some("/dev/x"), false), "{text:?}");
        }
        assert_eq!(Line::parse("echo '1 > 0'"), command(&["echo", "1 > 0"], None, false));
    }

    #[test]
    fn a_mark_says_that_a_command_may_fail() {
        assert_eq!(Line::parse("! rmmod x"), command(&["rmmod", "x"], None, true));
    }

    #[test]
    fn what_cannot_be_understood_is_said_in_a_sentence() {
        assert_eq!(Line::parse("echo 'x"), Err("a quote is not closed".into()));
        assert_eq!(Line::parse("echo x >"), Err("a file name is missing after '>'".into()));
        assert_eq!(Line::parse("> x"), Err("a command is missing before '>'".into()));
    }
}
