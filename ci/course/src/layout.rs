//! Text for a terminal of 80 columns, in colour where somebody looks at it.

use std::io::IsTerminal;

use console::{Style, measure_text_width};
use textwrap::Options;

/// The width that everything must be readable at; columns.
pub const WIDTH: usize = 80;
/// The most lines that a value may take.
const LONGEST: usize = 8;

/// How words look: on a terminal in colour, elsewhere plain.
pub struct Look {
    /// What is right.
    pub good: Style,
    /// What is wrong.
    pub bad: Style,
    /// What is of less weight.
    pub faint: Style,
    /// What the eye should find first.
    pub strong: Style,
}

impl Look {
    /// The look of what is printed to stdout: plain for programs, and where NO_COLOR is set.
    pub fn of_stdout() -> Look {
        Look::new(std::io::stdout().is_terminal() && console::colors_enabled())
    }

    /// The look of what no person sees.
    pub fn plain() -> Look {
        Look::new(false)
    }

    fn new(coloured: bool) -> Look {
        let style = || Style::new().force_styling(coloured);
        Look { good: style().green(), bad: style().red(), faint: style().dim(), strong: style().bold() }
    }
}

/// `label` and `text`, the text wrapped beside it.
pub fn beside(label: &str, text: &str) -> String {
    let indent = " ".repeat(measure_text_width(label));
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let first = if at == 0 { label } else { &indent };
        let options = Options::new(WIDTH)
            .initial_indent(first)
            .subsequent_indent(&indent)
            .break_words(true)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        lines.extend(textwrap::wrap(line, options).into_iter().map(|line| line.into_owned()));
    }
    if lines.len() > LONGEST {
        lines.truncate(LONGEST);
        lines.push(format!("{indent}…"));
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Sentences for stderr: wrapped where a person reads them, one line each where a program does.
pub fn wrapped_for_stderr(text: &str) -> String {
    if !std::io::stderr().is_terminal() {
        return text.to_string();
    }
    wrapped(text)
}

/// Sentences, wrapped.
pub fn wrapped(text: &str) -> String {
    let options = Options::new(WIDTH).word_splitter(textwrap::WordSplitter::NoHyphenation).break_words(false);
    text.lines().map(|line| textwrap::fill(line, &options)).collect::<Vec<_>>().join("\n")
}

/// `left` and `right` at the two ends of a line.
pub fn ends(left: &str, right: &str) -> String {
    let space = WIDTH.saturating_sub(measure_text_width(left) + measure_text_width(right)).max(2);
    format!("{left}{}{right}\n", " ".repeat(space))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_wider_than_eighty_columns() {
        let long = format!("{} {}", "a word and another ".repeat(10), "x".repeat(200));
        let text = beside("  expected  ", &long) + &ends("left", "right");
        assert!(text.lines().all(|line| measure_text_width(line) <= WIDTH), "{text}");
        assert!(text.starts_with("  expected  a word"), "{text}");
    }

    #[test]
    fn a_value_that_would_fill_the_screen_is_cut() {
        assert_eq!(beside("", &"line\n".repeat(50)).lines().count(), LONGEST + 1);
    }
}
