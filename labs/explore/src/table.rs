//! Steps for people: a table with a column for each CPU, and a sequence diagram.

use std::fmt::Write;

use crate::failure::Step;

/// As wide as a terminal.
const WIDTH: usize = 80;
/// The number of the step, and the blank before the first column.
const NUMBER: usize = 4;

pub(crate) fn table(actors: &[String], steps: &[Step]) -> String {
    let columns = actors.len().max(1);
    let width = (WIDTH - NUMBER - 3 * (columns - 1)) / columns;
    let mut out = String::new();
    row(&mut out, "", &actors.iter().map(|actor| wrap(actor, width)).collect::<Vec<_>>(), width);
    let rule = vec!["─".repeat(width); columns].join("─┼─");
    let _ = writeln!(out, "{}{rule}", " ".repeat(NUMBER));
    let mut number = 0;
    for step in steps {
        let mut cells = vec![Vec::new(); columns];
        let text = if step.is_note { format!("({})", step.text) } else { step.text.clone() };
        if let Some(cell) = cells.get_mut(step.actor) {
            *cell = wrap(&text, width);
        }
        number += usize::from(!step.is_note);
        let label = if step.is_note { String::new() } else { number.to_string() };
        row(&mut out, &label, &cells, width);
    }
    out
}

fn row(out: &mut String, label: &str, cells: &[Vec<String>], width: usize) {
    for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
        let texts = cells.iter().map(|cell| {
            let text = cell.get(line).map_or("", String::as_str);
            format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
        });
        let texts = texts.collect::<Vec<_>>().join(" │ ");
        let label = if line == 0 { label } else { "" };
        let _ = writeln!(out, "{}", format!("{label:>3} {texts}").trim_end());
    }
}

/// Cuts `text` into lines of at most `width` characters: at blanks; a word that is longer than a line at a bracket or
/// behind a dot, and where it has none, anywhere.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut word = word;
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        while word.chars().count() > width {
            let most = word.char_indices().nth(width).map_or(word.len(), |(at, _)| at);
            let bracket = word.match_indices('(').flat_map(|(at, _)| [at, at + 1]);
            let places = bracket.chain(word.match_indices('.').map(|(at, _)| at + 1));
            let fit = places.filter(|&at| 0 < at && at <= most && &word[at..] != ")");
            let at = fit.max().unwrap_or(most);
            lines.push(word[..at].to_owned());
            word = &word[at..];
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

pub(crate) fn mermaid(actors: &[String], steps: &[Step], sentence: &str) -> String {
    // What mermaid would take for the end of a statement, a comment or a mark.
    let clean = |text: &str| text.replace([';', '#', '%'], ",");
    let mut out = "sequenceDiagram\n".to_owned();
    for (number, actor) in actors.iter().enumerate() {
        let _ = writeln!(out, "    participant P{number} as {}", clean(actor));
    }
    for step in steps {
        let _ = writeln!(out, "    Note over P{}: {}", step.actor, clean(&step.text));
    }
    let last = actors.len().saturating_sub(1);
    let over = if last == 0 { "P0".to_owned() } else { format!("P0,P{last}") };
    let _ = writeln!(out, "    Note over {over}: {}", clean(sentence.lines().next().unwrap_or_default()));
    out
}
