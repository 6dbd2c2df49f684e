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
