//! What a test says when it fails, taken apart: the words that Rust's own assertions, proptest, and the explorer of races
//! print.

use crate::{
    manifest::Manifest,
    root::Root,
    verdict::{Failure, Outcome},
};

/// What a todo! says before its words.
const NOT_WRITTEN: &str = "not yet implemented: ";

/// What `stderr`, of a test that failed, says came of it; nothing where there was no panic.
pub fn outcome(root: &Root, manifest: &Manifest, stderr: &str) -> Option<Outcome> {
    if let Some((lab, task)) = not_written(manifest, stderr) {
        return Some(Outcome::NotWritten { lab, task });
    }
    let panics = panics(stderr);
    let (mut place, message) = *panics.last()?;
    if let Some(words) = message.strip_prefix("Test failed: ") {
        // proptest speaks from its own place; the code that panicked has spoken before, from where it is.
        let first = |message: &str| message.lines().next().unwrap_or_default().to_string();
        let own = panics.iter().rev().skip(1).find(|(place, message)| {
            place.contains("/src/") && !first(message).is_empty() && words.starts_with(&first(message))
        });
        place = own.map_or(place, |(place, _)| place);
    }
    let (file, line) = split_place(place);
    let file = file.strip_prefix(&format!("{}/", root.path().display())).unwrap_or(file).to_string();
    // Where a CPU of a race panicked is part of its words.
    let message = message.replace(&format!("{}/", root.path().display()), "");
    let (message, diagram) = without_diagram(&message);
    let (message, table) = without_table(&message);
    let Compared { mut expected, came, message } =
        if table.is_some() { of_a_cpu(&message) } else { compared(&message) };
    if expected.is_none() && table.is_none() && file.contains("/tests/") {
        let source = std::fs::read_to_string(root.join(&file)).unwrap_or_default();
        expected = condition(&source, line);
    }
    Some(Outcome::Failed(Failure { expected, came, message, table, diagram, file, line }))
}

/// The task whose `todo!` was reached: its words are in the manifest. They may stand anywhere in a panic's: where a CPU of
/// an explored race reached it, the panic begins with that CPU.
fn not_written(manifest: &Manifest, stderr: &str) -> Option<(u8, String)> {
    let tasks = || manifest.labs.iter().flat_map(|lab| lab.tasks.iter().map(move |task| (lab, task)));
    let (lab, task) = stderr.match_indices(NOT_WRITTEN).find_map(|(at, said)| {
        let words = &stderr[at + said.len()..];
        tasks().find(|(_, task)| words.starts_with(&task.write))
    })?;
    Some((lab.number, task.name.clone()))
}

/// The words without the sequence diagram that the explorer puts behind them, and the diagram.
fn without_diagram(message: &str) -> (String, Option<String>) {
    let parts = message.split_once("```mermaid\n").and_then(|(before, rest)| {
        let (diagram, after) = rest.split_once("```")?;
        // What stands behind the diagram is no part of the table before it.
        let words = format!("{}\n\n{}", before.trim_end(), after.trim_start_matches('\n'));
        Some((words.trim_end().to_string(), Some(diagram.to_string())))
    });
    parts.unwrap_or_else(|| (message.to_string(), None))
}

/// The words without the table of steps among them, and the table: the part between two blank lines that has a rule.
fn without_table(message: &str) -> (String, Option<String>) {
    let is_rule = |line: &str| line.contains('─') && line.chars().all(|c| matches!(c, '─' | '┼' | ' '));
    let (tables, words): (Vec<&str>, Vec<&str>) =
        message.split("\n\n").partition(|part| part.lines().any(is_rule));
    match tables.is_empty() {
        true => (message.to_string(), None),
        false => (words.join("\n"), Some(tables.join("\n\n").trim_matches('\n').to_string())),
    }
}

/// The place and the words of each panic; with proptest all but the last are its search for a small input.
fn panics(stderr: &str) -> Vec<(&str, &str)> {
    let said = stderr.split("\nthread '").skip(1).chain(stderr.strip_prefix("thread '"));
    let panics = said.filter_map(|said| {
        let (place, message) = said.split_once(" panicked at ")?.1.split_once(":\n")?;
        let message = message.split("\nnote: run with `RUST_BACKTRACE").next().unwrap_or(message);
        Some((place, message.trim_end()))
    });
    panics.collect()
}

/// `FILE:LINE:COLUMN`.
fn split_place(place: &str) -> (&str, u32) {
    let mut parts = place.rsplitn(3, ':');
    let (_column, line, file) = (parts.next(), parts.next(), parts.next());
    (file.unwrap_or(place), line.and_then(|line| line.parse().ok()).unwrap_or(0))
}

/// What the `assert!` on this line of a test says must be so. Its words, which Rust prints, do not repeat it.
fn condition(source: &str, line: u32) -> Option<String> {
    let (before, _) = source.match_indices('\n').nth((line as usize).checked_sub(2)?)?;
    let asserted = source[before + 1..].trim_start().strip_prefix("assert!(")?;
    let (mut depth, mut in_text) = (0, false);
    let end = asserted.find(|c| {
        in_text ^= c == '"';
        match c {
            '(' | '[' | '{' if !in_text => depth += 1,
            ')' | ']' | '}' if !in_text => depth -= 1,
            _ => {}
        }
        depth < 0 || depth == 0 && c == ',' && !in_text
    })?;
    Some(asserted[..end].split_whitespace().collect::<Vec<_>>().join(" "))
}

struct Compared {
    expected: Option<String>,
    came: Option<String>,
    message: String,
}

/// The two sides of a comparison, and what was said beside them. By the course's rule the left side is what came, the
/// right one what was expected.
fn compared(message: &str) -> Compared {
    let Some(message) = message.strip_prefix("Test failed: ") else { return assertion(message) };
    let (message, input) = message.split_once("\nminimal failing input: ").unwrap_or((message, ""));
    let mut compared = proptest_assertion(without_place(message));
    let input = input.split("\n\tsuccesses: ").next().unwrap_or_default();
    if !input.is_empty() {
        // On one line: a list of bytes would take one each.
        let input = input.split_whitespace().collect::<Vec<_>>().join(" ");
        compared.message += &format!("\nwith the input {input}");
    }
    compared.message = compared.message.trim().to_string();
    compared
}

/// What `assert_eq!` says: "assertion `left == right` failed: WHY", and the two sides on lines of their own.
fn assertion(message: &str) -> Compared {
    let parts = message.strip_prefix("assertion `left == right` failed").and_then(|rest| {
        let (why, rest) = rest.split_once("\n  left: ")?;
        let (came, expected) = rest.split_once("\n right: ")?;
        Some((why.trim_start_matches(": "), came, expected))
    });
    parts.map_or_else(|| said(message), |(why, came, expected)| sides(came, expected, why))
}

/// What `assert_eq!` says where a CPU of a race made it: "CPU 1: assertion …", its two sides, and behind them the place in
/// brackets and what the explorer adds.
fn of_a_cpu(message: &str) -> Compared {
    let parts = message.split_once("assertion `left == right` failed").and_then(|(who, rest)| {
        let (why, rest) = rest.split_once("\n  left: ")?;
        let (came, rest) = rest.split_once("\n right: ")?;
        let (expected, added) = rest.split_once('\n').unwrap_or((rest, ""));
        let place = expected.rsplit_once(" (").filter(|(_, place)| place.contains(".rs:"));
        let (expected, place) = place.unwrap_or((expected, ""));
        let place = if place.is_empty() { String::new() } else { format!(" ({place}") };
        let why = format!("{who}{}{place}\n{added}", why.trim_start_matches(": "));
        Some((came, expected, why))
    });
    parts.map_or_else(|| said(message), |(came, expected, why)| sides(came, expected, &why))
}

/// What `prop_assert_eq!` says: the two sides between backticks, and behind them why.
fn proptest_assertion(message: &str) -> Compared {
    let parts = message.strip_prefix("assertion failed: `(left == right)`").and_then(|rest| {
        let (came, rest) = rest.trim_start().strip_prefix("left: `")?.split_once("`,")?;
        let (expected, why) = rest.trim_start().strip_prefix("right: `")?.split_once('`')?;
        Some((came, expected, why.trim_start_matches(": ")))
    });
    parts.map_or_else(|| said(message), |(came, expected, why)| sides(came, expected, why))
}

fn sides(came: &str, expected: &str, why: &str) -> Compared {
    let side = |text: &str| Some(text.trim().to_string());
    Compared { expected: side(expected), came: side(came), message: why.trim().to_string() }
}

fn said(message: &str) -> Compared {
    Compared { expected: None, came: None, message: message.trim().to_string() }
}

/// proptest puts ` at FILE:LINE` behind the words.
fn without_place(message: &str) -> &str {
    match message.rsplit_once(" at ") {
        Some((message, place)) if place.contains(".rs:") => message,
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(stderr: &str) -> Failure {
        let root = Root::above(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        match outcome(&root, &Manifest::parse("lab = []").unwrap(), stderr) {
            Some(Outcome::Failed(failure)) => failure,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_left_side_is_what_came_and_the_right_one_what_was_expected() {
        let said = failure(
            "\nthread 'apply::x' (7) panicked at labs/06-relocate/tests/apply.rs:40:5:\n\
             assertion `left == right` failed: S + A - P\n  left: Ok([1, 2])\n right: Err(ENOEXEC)\n\
             note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
        );
        assert_eq!(
            (said.came.as_deref(), said.expected.as_deref()),
            (Some("Ok([1, 2])"), Some("Err(ENOEXEC)"))
        );
        assert_eq!(
            (said.message.as_str(), said.file.as_str(), said.line),
            ("S + A - P", "labs/06-relocate/tests/apply.rs", 40)
        );
    }

    #[test]
    fn a_property_names_the_smallest_input_that_breaks_it() {
        let said = failure(
            "\nthread 'a' (7) panicked at a.rs:1:1:\nearlier\n\nthread 'a' (7) panicked at labs/x/tests/apply.rs:9:1:\n\
             Test failed: assertion failed: `(left == right)` \n  left: `Cut { at: 1 }`, \n right: `None`: why it matters at \
             labs/x/tests/apply.rs:12.\nminimal failing input: name = \"a\"\n\tsuccesses: 3\n\tlocal rejects: 0\n",
        );
        assert_eq!((said.came.as_deref(), said.expected.as_deref()), (Some("Cut { at: 1 }"), Some("None")));
        assert_eq!(said.message, "why it matters\nwith the input name = \"a\"");
    }

    #[test]
    fn a_panic_below_a_property_is_placed_where_the_code_panicked() {
        let said = failure(
            "\nthread 'a' (7) panicked at labs/x/src/lib.rs:3:9:\nindex out of bounds: the len is 4\n\
             \nthread 'a' (7) panicked at labs/x/src/lib.rs:3:9:\nindex out of bounds: the len is 0\n\
             \nthread 'a' (7) panicked at labs/x/tests/apply.rs:9:1:\n\
             Test failed: index out of bounds: the len is 0.\nminimal failing input: bytes = [\n    1,\n    2,\n]\n\tsuccesses: 3\n",
        );
        assert_eq!((said.file.as_str(), said.line), ("labs/x/src/lib.rs", 3));
        assert_eq!(said.message, "index out of bounds: the len is 0.\nwith the input bytes = [ 1, 2, ]");
    }

    const RACE: &str = "\nthread 'put::x' (7) panicked at labs/10-refcount/tests/put.rs:9:14:\n\
        CPU 1 runs in the text of disk, which CPU 0 freed\n\nrmmod against open, 3 steps:\n\n    \
        CPU 0: rmmod                          │ CPU 1: open\n    \
        ──────────────────────────────────────┼──────────────────────────────────────\n  \
        1                                        │ count.load(Relaxed) → 0\n  \
        2 disk is freed                          │\n  \
        3                                        │ runs in disk\n\n\
        ```mermaid\nsequenceDiagram\n    participant P0 as CPU 0: rmmod\n```\n\
        note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";

    #[test]
    fn a_race_is_a_sentence_a_table_as_it_stands_and_a_diagram() {
        let said = failure(RACE);
        assert_eq!(
            said.message,
            "CPU 1 runs in the text of disk, which CPU 0 freed\nrmmod against open, 3 steps:"
        );
        let table = said.table.unwrap();
        assert!(table.starts_with("    CPU 0: rmmod   ") && table.ends_with("│ runs in disk"), "{table}");
        assert_eq!(table.lines().count(), 5);
        assert_eq!(said.diagram.as_deref(), Some("sequenceDiagram\n    participant P0 as CPU 0: rmmod\n"));
        assert_eq!((said.file.as_str(), said.line), ("labs/10-refcount/tests/put.rs", 9));
    }

    #[test]
    fn a_comparison_that_shows_a_race_beside_it_has_its_two_sides() {
        let why = "assertion `left == right` failed: it is to have counted up, and down again\n\nCPU 1 runs";
        let sides = "```\n  left: (0, 0)\n right: (1, 1)\nnote: run with";
        let said = failure(&RACE.replace("CPU 1 runs", why).replace("```\nnote: run with", sides));
        assert_eq!((said.came.as_deref(), said.expected.as_deref()), (Some("(0, 0)"), Some("(1, 1)")));
        assert!(said.message.starts_with("it is to have counted up, and down again\nCPU 1 runs in the text"));
        assert!(said.table.unwrap().ends_with("│ runs in disk"), "the table ends with its last step");
    }

    #[test]
    fn a_task_that_only_a_cpu_of_a_race_reached_is_not_written_yet() {
        let root = Root::above(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let labs = "[[lab]]\nnumber = 1\ncrate = \"elf\"\ntitle = \"t\"\nbuilds = \"b\"\nminutes = 1\n\
                    [[lab.task]]\nname = \"put\"\npoints = 2\nwrite = \"take one off\"\nwhy = \"y\"\n";
        let manifest = Manifest::parse(labs).unwrap();
        let expected = Some(Outcome::NotWritten { lab: 1, task: "put".into() });
        let words = "CPU 1: not yet implemented: take one off";
        // As the explorer says it, and as a test does that compares the explorer's sentence with another.
        for stderr in [
            RACE.replace("CPU 1 runs in the text of disk, which CPU 0 freed", words),
            RACE.replace(
                "CPU 1 runs",
                &format!("not yet implemented: something of their own\n\n{words}\n\nCPU 1 runs"),
            ),
            format!(
                "\nthread 'put::x' (7) panicked at a.rs:1:1:\nassertion `left == right` failed\n  left: \"{words}\"\n right: \"x\"\n"
            ),
        ] {
            assert_eq!(outcome(&root, &manifest, &stderr), expected, "{stderr}");
        }
    }

    #[test]
    fn an_assertion_says_what_must_be_so_as_its_test_has_it() {
        let test = "fn a() {\n    assert!(x);\n    assert!(\n        !put(&[1, 2], \",\"),\n        \"there was none\"\n    );\n}\n";
        assert_eq!(condition(test, 2).as_deref(), Some("x"));
        assert_eq!(condition(test, 3).as_deref(), Some("!put(&[1, 2], \",\")"));
        for elsewhere in [0, 1, 4, 99] {
            assert_eq!(condition(test, elsewhere), None);
        }
    }

    #[test]
    fn a_panic_in_the_learners_code_keeps_its_words_and_its_place() {
        let said = failure(
            "\nthread 'a' (7) panicked at labs/x/src/lib.rs:3:9:\nindex out of bounds: the len is 0\n",
        );
        assert_eq!((said.came, said.expected), (None, None));
        assert_eq!((said.message.as_str(), said.line), ("index out of bounds: the len is 0", 3));
    }
}
