//! The lines of the sources that a race's steps stand in, and those around them. What a task has the learner write is
//! not shown: in its place stands that it is the learner's.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{files::read, region, root::Root};

/// How many lines before and after a step are shown.
const AROUND: usize = 6;

/// What is shown of one file: `{ "name": …, "lines": [[number, text], [first, last, task]] }`. Lines that are not shown
/// are left out; what belongs to a task is one entry.
pub(super) fn excerpt(root: &Root, file: &str, steps: &BTreeSet<usize>) -> Result<Value> {
    let text = read(&root.join(file))?;
    let count = text.lines().count();
    for line in steps {
        ensure!((1..=count).contains(line), "{file} has no line {line}: the trace is of another version");
    }
    let shown = shown(&text).with_context(|| file.to_owned())?;
    // The numbers of a file's lines are not those of what is shown: what a task hides counts once, a marker not at all.
    let at: BTreeSet<usize> = steps
        .iter()
        .filter_map(|step| shown.iter().position(|line| line.covers(*step)))
        .flat_map(|at| at.saturating_sub(AROUND)..=at + AROUND)
        .collect();
    let lines = at.into_iter().filter_map(|at| shown.get(at)).map(Line::to_json);
    Ok(json!({ "name": file, "lines": lines.collect::<Vec<_>>() }))
}

enum Line<'t> {
    Code(usize, &'t str),
    /// From one line to another, for the task of this name.
    Task(usize, usize, &'t str),
}

impl Line<'_> {
    fn covers(&self, line: usize) -> bool {
        match *self {
            Line::Code(number, _) => number == line,
            Line::Task(first, last, _) => (first..=last).contains(&line),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Line::Code(number, text) => json!([number, text]),
            Line::Task(first, last, task) => json!([first, last, task]),
        }
    }
}

/// A source as it is shown.
fn shown(text: &str) -> Result<Vec<Line<'_>>> {
    let mut shown = Vec::new();
    let tasks: BTreeMap<usize, region::Part> =
        region::task_parts(text)?.into_iter().map(|part| (part.first, part)).collect();
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    while let Some((number, line)) = lines.next() {
        if let Some(part) = tasks.get(&number) {
            shown.push(Line::Task(part.first, part.last, part.task));
            lines.by_ref().take(part.last - part.first).for_each(drop);
        } else if !region::is_marker(line) {
            shown.push(Line::Code(number, line));
        }
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_one_entry_and_a_marker_none() {
        let text = "// ANCHOR: f\nfn f() {\n    // ANCHOR: task_f\n    secret();\n    secret();\n    \
                    // ANCHOR_END: task_f\n}\n// ANCHOR_END: f\n";
        let shown: Vec<Value> = shown(text).unwrap().iter().map(Line::to_json).collect();
        assert_eq!(shown, [json!([2, "fn f() {"]), json!([3, 6, "f"]), json!([7, "}"])]);
    }

    #[test]
    fn the_lines_around_each_step_are_shown_and_no_others() {
        let clone = tempfile::tempdir().unwrap();
        let lines: Vec<String> = (1..=40).map(|number| format!("line {number}")).collect();
        crate::files::write(&clone.path().join("labs/labs.toml"), "").unwrap();
        crate::files::write(&clone.path().join("a.rs"), &lines.join("\n")).unwrap();
        let root = Root::above(clone.path()).unwrap();
        let excerpt = excerpt(&root, "a.rs", &BTreeSet::from([2, 30])).unwrap();
        let numbers = excerpt["lines"].as_array().unwrap().iter().filter_map(|line| line[0].as_u64());
        assert_eq!(numbers.collect::<Vec<_>>(), (1..=8).chain(24..=36).collect::<Vec<_>>());
        assert!(super::excerpt(&root, "a.rs", &BTreeSet::from([41])).is_err());
    }
}
