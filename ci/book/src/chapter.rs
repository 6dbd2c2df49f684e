//! A chapter's source, counted, and held against the skeleton that every lab's chapter has.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::Serialize;

/// The parts of a lab's chapter, in their order, after its introduction.
const PARTS: [&str; 10] = [
    "What you will be able to do",
    "The story",
    "How it works",
    "Predict before coding",
    "The lab",
    "Checkpoint",
    "In today's kernel",
    "Field trip",
    "Questions",
    "Further reading",
];
/// Words of a lab's chapter, its code left where it is included from.
const WORDS: std::ops::RangeInclusive<usize> = 2_000..=4_500;
/// The fewest of a lab's chapter.
const PREDICTIONS: usize = 2;
const QUESTIONS: usize = 6;
const DIAGRAMS: usize = 2;

/// What a chapter has.
#[derive(Debug, Serialize)]
pub struct Chapter {
    /// The file's name in `book/`
    pub file: String,
    /// Words of the text, without those of listings, diagrams and tags
    pub words: usize,
    /// Listings and printed output
    pub listings: usize,
    /// Diagrams drawn by mermaid
    pub diagrams: usize,
    /// Things to think about before the coding
    pub predictions: usize,
    /// Questions with folded answers at the end
    pub questions: usize,
    /// What a hand can be put on
    pub widgets: usize,
    #[serde(skip)]
    text: String,
}

/// Every chapter of the course at `root`, in the order of the summary.
///
/// # Errors
/// The summary or a page that it names cannot be read.
pub fn all(root: &Path) -> Result<Vec<Chapter>> {
    let book = root.join("book");
    let read = |file: &str| {
        let path = book.join(file);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let summary = read("SUMMARY.md")?;
    let files =
        summary.lines().filter_map(|line| line.split_once("](")?.1.split_once(')').map(|(file, _)| file));
    files.map(|file| Ok(Chapter::of(file, read(file)?))).collect()
}

impl Chapter {
    /// Counts what the chapter has whose source is `text`.
    pub fn of(file: &str, text: String) -> Chapter {
        let mut chapter = Chapter {
            file: file.to_string(),
            words: 0,
            listings: 0,
            diagrams: 0,
            predictions: 0,
            questions: 0,
            widgets: 0,
            text,
        };
        let mut part = "";
        for line in lines(&chapter.text) {
            match line {
                Line::Fence("mermaid") => chapter.diagrams += 1,
                Line::Fence(_) => chapter.listings += 1,
                Line::Code(_) => {}
                Line::Text(text) => {
                    chapter.words += words(text);
                    part = text.strip_prefix("## ").unwrap_or(part);
                    let folded = text.matches("<details").count();
                    match part {
                        "Predict before coding" => chapter.predictions += folded,
                        "Questions" => chapter.questions += folded,
                        _ => {}
                    }
                    // What draws itself stands in files of its own.
                    chapter.widgets += text.matches("{{#include widgets/").count();
                }
            }
        }
        chapter
    }

    /// Whether it belongs to a lab.
    pub fn is_of_a_lab(&self) -> bool {
        matches!(self.file.as_bytes(), [b'0'..=b'9', b'0'..=b'9', b'-', ..])
    }

    /// What of the skeleton it lacks, one sentence each.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.faults_of_listings();
        if !self.is_of_a_lab() {
            return faults;
        }
        let headings = |marks: &str| -> Vec<&str> {
            lines(&self.text)
                .filter_map(|line| match line {
                    Line::Text(text) => text.strip_prefix(marks),
                    _ => None,
                })
                .collect()
        };
        let (titles, parts) = (headings("# "), headings("## "));
        if titles.len() != 1 {
            faults.push(format!("it has {} titles, not one", titles.len()));
        }
        if parts != PARTS {
            faults.push(format!("its parts are not those of every chapter, but: {}", parts.join("; ")));
        }
        if !WORDS.contains(&self.words) {
            faults.push(format!("it has {} words, not {} to {}", self.words, WORDS.start(), WORDS.end()));
        }
        for (what, has, least) in [
            ("predictions", self.predictions, PREDICTIONS),
            ("questions", self.questions, QUESTIONS),
            ("diagrams", self.diagrams, DIAGRAMS),
        ] {
            if has < least {
                faults.push(format!("it has {has} {what}, and needs {least}"));
            }
        }
        faults
    }

    /// Listings without a language, and diagrams that say nothing to those who cannot see them.
    fn faults_of_listings(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut lines = lines(&self.text).peekable();
        let (mut listings, mut diagrams) = (0, 0);
        while let Some(line) = lines.next() {
            let Line::Fence(language) = line else { continue };
            listings += 1;
            if language.is_empty() {
                faults.push(format!("listing {listings} names no language"));
            }
            if language != "mermaid" {
                continue;
            }
            diagrams += 1;
            let mut has = |name: &str| {
                let next = lines.next_if(|line| matches!(line, Line::Code(code) if code.starts_with(name)));
                next.is_some_and(|line| matches!(line, Line::Code(code) if code.len() > name.len()))
            };
            // After the line that names the kind of diagram.
            has("");
            if !(has("accTitle: ") && has("accDescr: ")) {
                faults.push(format!(
                    "diagram {diagrams}: its second line is not accTitle, or its third not accDescr"
                ));
            }
        }
        faults
    }
}

/// A line of a chapter's source.
enum Line<'a> {
    /// One that opens a listing, with its language
    Fence(&'a str),
    /// One in a listing
    Code(&'a str),
    /// Any other
    Text(&'a str),
}

/// The lines of `text`, without those that close a listing.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut is_code = false;
    text.lines().filter_map(move |line| {
        let inner = line.trim_start_matches(['>', ' ']);
        match inner.strip_prefix("```") {
            Some(language) => {
                is_code = !is_code;
                is_code.then_some(Line::Fence(language.trim()))
            }
            None if is_code => Some(Line::Code(inner)),
            None => Some(Line::Text(line)),
        }
    })
}

/// The words of a line: what stands between blanks and has a letter or a digit, tags left out.
fn words(line: &str) -> usize {
    let mut is_tag = false;
    let text: String = line
        .chars()
        .filter(|&character| {
            let was_tag = is_tag;
            is_tag = character == '<' || is_tag && character != '>';
            !was_tag && !is_tag
        })
        .collect();
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// The figures of all chapters, as a table for people.
pub fn table(chapters: &[Chapter]) -> String {
    let mut text = format!(
        "{:<28} {:>6} {:>9} {:>9} {:>12} {:>10} {:>8}\n",
        "", "words", "listings", "diagrams", "predictions", "questions", "widgets"
    );
    let mut total = [0; 6];
    for chapter in chapters {
        let Chapter { words, listings, diagrams, predictions, questions, widgets, .. } = *chapter;
        let figures = [words, listings, diagrams, predictions, questions, widgets];
        text += &row(&chapter.file, figures);
        for (sum, figure) in total.iter_mut().zip(figures) {
            *sum += figure;
        }
    }
    text + &row("together", total)
}

fn row(name: &str, [words, listings, diagrams, predictions, questions, widgets]: [usize; 6]) -> String {
    format!(
        "{name:<28} {words:>6} {listings:>9} {diagrams:>9} {predictions:>12} {questions:>10} {widgets:>8}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIAGRAM: &str = "```mermaid\nflowchart LR\n    accTitle: A\n    accDescr: B\n    a --> b\n```\n";

    fn whole() -> String {
        let mut text = String::from("# Title\n\nIntroduction.\n");
        for part in PARTS {
            text += &format!("\n## {part}\n\n");
            text += &match part {
                "How it works" => {
                    DIAGRAM.repeat(2) + &"word ".repeat(2_000) + "\n{{#include widgets/x.html}}\n"
                }
                "Predict before coding" => "<details>\n</details>\n".repeat(2),
                "Questions" => "<details>\n</details>\n".repeat(6),
                "Checkpoint" => "```console\n# no heading\n$ x\n```\n".to_string(),
                _ => "Text.\n".to_string(),
            };
        }
        text
    }

    #[test]
    fn a_whole_chapter_has_no_fault_and_is_counted() {
        let chapter = Chapter::of("01-elf.md", whole());
        assert_eq!(chapter.faults(), [""; 0]);
        assert_eq!(
            (chapter.listings, chapter.diagrams, chapter.predictions, chapter.questions, chapter.widgets),
            (1, 2, 2, 6, 1)
        );
    }

    #[test]
    fn tags_marks_and_code_are_no_words() {
        let text = "## Two words\n\n- <b>and</b> three · more</p>\n\n```c\nint not_a_word;\n```\n";
        assert_eq!(Chapter::of("a.md", text.into()).words, 5);
    }

    #[test]
    fn each_fault_is_told() {
        for (from, to, told) in [
            ("# Title", "# Title\n\n# Another", "it has 2 titles"),
            ("## The story", "## A story", "its parts are not those"),
            ("## Checkpoint", "## Field trip\n\n## Checkpoint", "its parts are not those"),
            ("word word ", "", "words, not 2000 to 4500"),
            ("<details>", "<p>", "predictions, and needs 2"),
            ("<details>", "<p>", "questions, and needs 6"),
            (DIAGRAM, "", "diagrams, and needs 2"),
            ("```console", "```", "names no language"),
            ("    accTitle: A\n", "", "diagram 1: its second line"),
            ("accDescr: B", "accDescr:", "diagram 1: its second line"),
        ] {
            let chapter = Chapter::of("01-elf.md", whole().replace(from, to));
            let faults = chapter.faults().join("\n");
            assert!(faults.contains(told), "{from} to {to}: {faults}");
        }
        // Other pages need no skeleton, but labels.
        let faults = Chapter::of("sources.md", "```\n```\n".into()).faults();
        assert_eq!(faults, ["listing 1 names no language"]);
    }
}
