//! `cargo course hint`: one hint more for the task at hand.

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    hints::{self, Hints, TIERS},
    layout::{Look, WIDTH},
    manifest::{Lab, Manifest},
    place,
    record::{LabRecord, Record},
    root::Root,
};

/// The options of `cargo course hint`.
#[derive(Debug, Args)]
pub struct Options {
    /// The lab; without it, the one in whose folder you are, or the first that is not solved
    number: Option<u8>,
    /// The task; without it, the first that is not solved
    task: Option<String>,
    /// Show every hint of the task
    #[arg(long)]
    all: bool,
}

/// Shows the next hint, after those that were shown before.
///
/// # Errors
/// There is no such lab or task, or its hints cannot be read.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    let manifest = Manifest::read(root)?;
    let lab = place::lab_at_hand(root, &manifest, options.number)?;
    show(root, lab, options.task.as_deref(), options.all)
}

/// Shows one hint more of `lab`, or all of them.
///
/// # Errors
/// There is no such task, or its hints cannot be read.
pub fn show(root: &Root, lab: &Lab, task: Option<&str>, all: bool) -> Result<()> {
    let record = Record::read(root)?.lab(lab);
    let hints = hints::of_lab(root, lab)?;
    let hints = pick(lab, &record, &hints, task)?;
    let before = record.hints.get(&hints.task).copied().unwrap_or(0);
    let shown = if all { TIERS.len() } else { (before + 1).min(TIERS.len()) };
    print!("{}", text(lab, hints, shown, &Look::of_stdout()));
    Record::change(root, lab, |record| _ = record.hints.insert(hints.task.clone(), shown))
}

/// The hints of the task that is asked for, or of the first that is not solved.
fn pick<'h>(lab: &Lab, record: &LabRecord, hints: &'h [Hints], task: Option<&str>) -> Result<&'h Hints> {
    let is_solved = |name: &str| record.checked.as_ref().is_some_and(|checked| checked.has_solved(name));
    let hints = match task {
        Some(name) => hints.iter().find(|hints| hints.task == name),
        None => hints.iter().find(|hints| !is_solved(&hints.task)).or(hints.last()),
    };
    let names = || lab.tasks.iter().map(|task| task.name.as_str()).collect::<Vec<_>>().join(", ");
    hints.with_context(|| format!("lab {} has no such task: there are {}", lab.number, names()))
}

fn text(lab: &Lab, hints: &Hints, shown: usize, look: &Look) -> String {
    let mut text = format!("{}\n", look.strong.apply_to(format!("Lab {} · {}", lab.number, hints.task)));
    for (tier, hint) in hints.texts.iter().take(shown).enumerate() {
        let title = format!("{} ({} of {})", TIERS[tier], tier + 1, TIERS.len());
        text += &format!("\n{}\n\n{}\n", look.faint.apply_to(title), plain(hint));
    }
    let more = match TIERS.get(shown) {
        Some(tier) => format!("More: cargo course hint {} ({})", lab.number, tier.to_lowercase()),
        None => format!("That is all there is. The chapter: {}#{}", lab.chapter(), hints.task),
    };
    text + &format!("\n{}\n", look.faint.apply_to(more))
}

/// Markdown for a terminal: prose wrapped, code indented without its fences.
fn plain(markdown: &str) -> String {
    let (mut lines, mut prose, mut is_code) = (Vec::new(), String::new(), false);
    let flush = |prose: &mut String, lines: &mut Vec<String>| {
        if prose.is_empty() {
            return;
        }
        lines.extend(textwrap::wrap(prose.trim(), WIDTH).into_iter().map(|line| line.into_owned()));
        prose.clear();
    };
    for line in markdown.lines() {
        let starts_block =
            line.trim().is_empty() || line.starts_with(['-', '|', '*']) || line.starts_with("```");
        if is_code || starts_block {
            flush(&mut prose, &mut lines);
        }
        match () {
            () if line.starts_with("```") => is_code = !is_code,
            () if is_code => lines.push(format!("    {line}").trim_end().to_string()),
            () if line.trim().is_empty() => lines.push(String::new()),
            () => prose += &format!("{line} "),
        }
    }
    flush(&mut prose, &mut lines);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_indented_and_prose_fits_the_screen() {
        let long = "word ".repeat(40);
        let text = plain(&format!("{long}\n{long}\n\n- one\n- two\n\n```rust\nlet x = 1;\n```\n"));
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(text.ends_with("- one\n- two\n\n    let x = 1;"), "{text}");
        assert!(!text.contains("```"), "{text}");
    }
}
