//! `hints.md` of a lab: for each task three hints, each saying more than the one before.

use anyhow::{Context, Result, ensure};

use crate::{files::read, manifest::Lab, root::Root};

/// What the three hints of a task are called.
pub const TIERS: [&str; 3] = ["A question", "A pointer", "Nearly the code"];

/// The hints of one task.
#[derive(Debug, PartialEq, Eq)]
pub struct Hints {
    /// The task.
    pub task: String,
    /// The text of each tier.
    pub texts: Vec<String>,
}

/// The hints of every task of `lab`, in the order of the tasks.
///
/// # Errors
/// `hints.md` cannot be read, or does not have the three tiers for each task and nothing else.
pub fn of_lab(root: &Root, lab: &Lab) -> Result<Vec<Hints>> {
    let path = root.join(lab.starter()).join("hints.md");
    let hints = parse(&read(&path)?).with_context(|| root.short(&path).to_string())?;
    let (named, tasks) = (hints.iter().map(|hints| &hints.task), lab.tasks.iter().map(|task| &task.name));
    let (named, tasks): (Vec<_>, Vec<_>) = (named.collect(), tasks.collect());
    ensure!(named == tasks, "{}: the hints are for {named:?}, the tasks are {tasks:?}", root.short(&path));
    Ok(hints)
}

fn parse(text: &str) -> Result<Vec<Hints>> {
    let mut all = Vec::new();
    for section in text.split("\n## ").skip(1) {
        let (task, rest) = section.split_once('\n').unwrap_or((section, ""));
        let mut texts = Vec::new();
        for (tier, part) in rest.split("\n### ").skip(1).enumerate() {
            let (title, text) = part.split_once('\n').unwrap_or((part, ""));
            ensure!(
                TIERS.get(tier) == Some(&title.trim()),
                "{task}: '{title}' is not the hint that comes next"
            );
            ensure!(!text.trim().is_empty(), "{task}: the hint '{title}' is empty");
            texts.push(text.trim().to_string());
        }
        ensure!(texts.len() == TIERS.len(), "{task} has {} hints, not {}", texts.len(), TIERS.len());
        all.push(Hints { task: task.trim().to_string(), texts });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Hints\n\n## apply\n\n### A question\n\nWhy?\n\n### A pointer\n\nThere.\n\n\
                        ### Nearly the code\n\n```rust\nx\n```\n";

    #[test]
    fn each_task_has_three_hints_in_their_order() {
        let hints = parse(TEXT).unwrap();
        assert_eq!(hints.len(), 1);
        assert_eq!(hints[0].task, "apply");
        assert_eq!(hints[0].texts, ["Why?", "There.", "```rust\nx\n```"]);
    }

    #[test]
    fn a_hint_that_is_missing_empty_or_out_of_order_is_refused_with_its_task() {
        for (text, expected) in [
            (
                TEXT.replace("### A pointer\n\nThere.\n\n", ""),
                "apply: 'Nearly the code' is not the hint that comes next",
            ),
            (TEXT.replace("Why?", ""), "apply: the hint 'A question' is empty"),
            (TEXT.replace("### Nearly the code", "#### Else"), "apply has 2 hints, not 3"),
        ] {
            assert_eq!(parse(&text).unwrap_err().to_string(), expected);
        }
    }
}
