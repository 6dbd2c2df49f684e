//! What a learner writes: the regions of a solution between `// ANCHOR: task_NAME` and `// ANCHOR_END: task_NAME`.
//!
//! The markers are mdBook's own, so that the book can show any of them. A starter has none: its task regions are one
//! `todo!` each.

use anyhow::{Context, Result, bail, ensure};

/// What stands in a starter where something is to be written. In two pieces: nothing is left to do in this file.
const NOT_WRITTEN: &str = concat!("todo", "!");

/// What `cargo fmt` allows in the course's own code; columns.
const MAX_WIDTH: usize = 110;

/// One line that opens or closes a region.
enum Marker<'a> {
    Open(&'a str),
    Close(&'a str),
}

impl Marker<'_> {
    fn of(line: &str) -> Option<Marker<'_>> {
        let comment = line.trim_start().strip_prefix("// ANCHOR")?;
        match (comment.strip_prefix(": "), comment.strip_prefix("_END: ")) {
            (Some(name), _) => Some(Marker::Open(name.trim_end())),
            (_, Some(name)) => Some(Marker::Close(name.trim_end())),
            _ => None,
        }
    }
}

/// The name of the task whose region `anchor` is.
fn task_of(anchor: &str) -> Option<&str> {
    anchor.strip_prefix("task_")
}

/// The source as a learner may have it: every task region for which `words` has words is a `todo!` that says them, the
/// others are as in the solution, and no marker is left.
///
/// # Errors
/// A marker is not closed, a task region is nested or empty, or `words` knows no such task.
pub fn starter<'w>(solution: &str, words: impl Fn(&str) -> Result<Option<&'w str>>) -> Result<String> {
    rewrite(solution, words, false)
}

/// The source as the book of a class may show it: as the starter, but with the markers that listings are named by.
///
/// # Errors
/// As [`starter`].
pub fn listing<'w>(solution: &str, words: impl Fn(&str) -> Result<Option<&'w str>>) -> Result<String> {
    rewrite(solution, words, true)
}

/// The root file of a library, from now on without warnings about what is unused: until everything is written, much is.
/// cargo reads the same from Cargo.toml; editors look here.
pub fn without_unused_warnings(root_file: &str) -> String {
    let heading =
        root_file.lines().take_while(|line| line.starts_with("//!")).map(|line| line.len() + 1).sum();
    let (heading, rest) = root_file.split_at(heading);
    format!("{heading}\n#![allow(unused)]\n{rest}")
}

fn rewrite<'w>(
    solution: &str,
    words: impl Fn(&str) -> Result<Option<&'w str>>,
    with_markers: bool,
) -> Result<String> {
    let mut out = String::new();
    let marker_line = |out: &mut String, line: &str| {
        if with_markers {
            push_line(out, line);
        }
    };
    let mut lines = solution.lines();
    while let Some(line) = lines.next() {
        let Some(marker) = Marker::of(line) else {
            push_line(&mut out, line);
            continue;
        };
        marker_line(&mut out, line);
        let Marker::Open(anchor) = marker else { continue };
        let Some(task) = task_of(anchor) else { continue };
        let (mut code, mut opened, mut closed) = (String::new(), String::new(), String::new());
        loop {
            let inner = lines.next().with_context(|| format!("the region task_{task} is not closed"))?;
            match Marker::of(inner) {
                Some(Marker::Close(name)) if name == anchor => {
                    marker_line(&mut closed, inner);
                    break;
                }
                Some(Marker::Open(name)) if task_of(name).is_some() => {
                    bail!("the region {name} begins inside task_{task}")
                }
                // What is shown of a task that is still open is its `todo!`.
                Some(Marker::Open(_)) => marker_line(&mut opened, inner),
                Some(Marker::Close(_)) => marker_line(&mut closed, inner),
                None => push_line(&mut code, inner),
            }
        }
        ensure!(!code.is_empty(), "the region task_{task} is empty");
        let Some(words) = words(task)? else {
            out += &(opened + &code + &closed);
            continue;
        };
        out += &opened;
        let follows = lines.clone().find(|line| Marker::of(line).is_none() && !line.trim().is_empty());
        let is_last = follows.is_some_and(|line| line.trim_start().starts_with('}'));
        let indent = &line[..line.len() - line.trim_start().len()];
        push_line(&mut out, &todo(indent, words, if is_last { "" } else { ";" }));
        out += &closed;
    }
    Ok(out)
}

/// A task's region: its lines with both markers, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'t> {
    /// The line of the marker that opens it.
    pub first: usize,
    /// The line of the marker that closes it.
    pub last: usize,
    /// The task's name.
    pub task: &'t str,
}

/// Where the task regions of `solution` are, in their order.
///
/// # Errors
/// One is not closed.
pub fn task_parts(solution: &str) -> Result<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut open = None;
    for (number, line) in (1..).zip(solution.lines()) {
        match Marker::of(line) {
            Some(Marker::Open(anchor)) => open = open.or(task_of(anchor).map(|task| (number, task))),
            Some(Marker::Close(anchor)) => {
                if let Some((first, task)) = open.take_if(|(_, task)| task_of(anchor) == Some(task)) {
                    parts.push(Part { first, last: number, task });
                }
            }
            None => {}
        }
    }
    match open {
        Some((_, task)) => bail!("the region task_{task} is not closed"),
        None => Ok(parts),
    }
}

/// Whether a line opens or closes a region.
pub fn is_marker(line: &str) -> bool {
    Marker::of(line).is_some()
}

/// The tasks whose regions `solution` has, in their order.
pub fn tasks(solution: &str) -> Vec<&str> {
    let opened = solution.lines().filter_map(|line| match Marker::of(line) {
        Some(Marker::Open(anchor)) => task_of(anchor),
        _ => None,
    });
    opened.collect()
}

/// `todo!` as `cargo fmt` writes it.
fn todo(indent: &str, words: &str, end: &str) -> String {
    let line = format!("{indent}{NOT_WRITTEN}(\"{words}\"){end}");
    if line.chars().count() <= MAX_WIDTH {
        return line;
    }
    format!("{indent}{NOT_WRITTEN}(\n{indent}    \"{words}\"\n{indent}){end}")
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "// ANCHOR: whole\nfn f() -> u8 {\n    // ANCHOR: task_f\n    // ANCHOR: inner\n    let x = 1;\n    \
                            // ANCHOR_END: inner\n    x\n    // ANCHOR_END: task_f\n}\n// ANCHOR_END: whole\n";

    #[test]
    fn a_task_becomes_one_line_that_says_what_to_write_and_no_marker_is_left() {
        assert_eq!(
            starter(SOLUTION, |_| Ok(Some("say one"))).unwrap(),
            format!("fn f() -> u8 {{\n    {NOT_WRITTEN}(\"say one\")\n}}\n")
        );
        assert_eq!(starter(SOLUTION, |_| Ok(None)).unwrap(), "fn f() -> u8 {\n    let x = 1;\n    x\n}\n");
        assert_eq!(tasks(SOLUTION), ["f"]);
    }

    #[test]
    fn a_task_has_the_lines_from_its_first_marker_to_its_last() {
        assert_eq!(task_parts(SOLUTION).unwrap(), [Part { first: 3, last: 8, task: "f" }]);
        assert!(task_parts("// ANCHOR: task_f\nx\n").is_err());
    }

    #[test]
    fn a_listing_keeps_its_markers_and_shows_no_task() {
        let listing = listing(SOLUTION, |_| Ok(Some("say one"))).unwrap();
        let expected = SOLUTION
            .replace("    let x = 1;\n", &format!("    {NOT_WRITTEN}(\"say one\")\n"))
            .replace("    x\n", "");
        assert_eq!(listing.lines().count(), expected.lines().count());
        assert!(listing.contains("ANCHOR: inner") && !listing.contains("let x"), "{listing}");
    }

    #[test]
    fn the_root_file_says_after_its_heading_that_much_is_unused() {
        assert_eq!(
            without_unused_warnings("//! a\n//! b\n\nmod c;\n"),
            "//! a\n//! b\n\n#![allow(unused)]\n\nmod c;\n"
        );
    }

    #[test]
    fn where_code_follows_the_line_is_a_statement() {
        let solution =
            "fn f() -> u8 {\n    // ANCHOR: task_f\n    g();\n    // ANCHOR_END: task_f\n    1\n}\n";
        assert_eq!(
            starter(solution, |_| Ok(Some("call g"))).unwrap(),
            format!("fn f() -> u8 {{\n    {NOT_WRITTEN}(\"call g\");\n    1\n}}\n")
        );
    }

    #[test]
    fn what_would_be_too_wide_is_broken_as_rustfmt_breaks_it() {
        let words = "x".repeat(100);
        assert_eq!(todo("    ", &words, ""), format!("    {NOT_WRITTEN}(\n        \"{words}\"\n    )"));
    }

    #[test]
    fn a_region_that_is_open_nested_empty_or_unknown_is_refused() {
        for (solution, expected) in [
            ("// ANCHOR: task_f\nx\n", "the region task_f is not closed"),
            ("// ANCHOR: task_f\n// ANCHOR: task_g\n", "the region task_g begins inside task_f"),
            ("// ANCHOR: task_f\n// ANCHOR_END: task_f\n", "the region task_f is empty"),
            ("// ANCHOR: task_g\nx\n// ANCHOR_END: task_g\n", "no task g"),
        ] {
            let refusal =
                starter(solution, |task| if task == "f" { Ok(Some("w")) } else { bail!("no task {task}") })
                    .unwrap_err()
                    .to_string();
            assert_eq!(refusal, expected);
        }
    }
}
