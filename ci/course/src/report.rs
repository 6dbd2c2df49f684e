//! A verdict as a learner reads it, and as a program does.

use serde_json::{Value, json};

use crate::{
    build::Broken,
    check::Checking,
    files::{read, rust_files},
    layout::{Look, beside, ends},
    manifest::{Lab, Manifest, Task},
    originals,
    root::Root,
    verdict::{Failure, LabVerdict, Outcome, TaskState, TaskVerdict, TestVerdict},
};

/// Prints what came of a check: of `task`, if one is named.
pub fn print(root: &Root, lab: &Lab, checking: &Checking, all: bool, task: Option<&str>) {
    match checking {
        Checking::Broken(broken) => broken.print(),
        Checking::Ran(verdict) => print!("{}", text(root, lab, verdict, all, task, &Look::of_stdout())),
    }
}

/// What came of a check, for programs.
pub fn json(lab: &Lab, checking: &Checking) -> Value {
    match checking {
        Checking::Ran(verdict) => {
            json!({ "compiles": true, "solved": verdict.is_solved(), "title": lab.title, "verdict": verdict })
        }
        Checking::Broken(broken) => json!({
            "compiles": false, "solved": false, "title": lab.title, "errors": broken.errors, "cargo": broken.cargo,
            "file": broken.first.as_ref().map(|first| &first.file),
            "line": broken.first.as_ref().map(|first| first.line),
        }),
    }
}

/// The one sentence after rustc's own words.
pub fn broken_sentence(manifest: &Manifest, lab: &Lab, broken: &Broken) -> String {
    let number = lab.number;
    let said = broken.errors.iter().map(String::as_str).chain([broken.cargo.as_str()]);
    if let Some(line) = said.flat_map(str::lines).find(|line| line.contains("No space left on device")) {
        return format!("the tests of lab {number} could not be built: {}", line.trim());
    }
    let Some(first) = &broken.first else {
        return format!("the tests of lab {number} could not be built: cargo's words are above");
    };
    let count = match broken.errors.len() {
        1 => "its error is".to_string(),
        count => format!("the first of its {count} errors is"),
    };
    let other = manifest.starters().find(|other| first.file.starts_with(&format!("{}/", other.starter())));
    match other.filter(|other| other.number != number) {
        Some(other) => format!(
            "lab {}, which lab {number} uses, does not compile: {count} at {first}; mend it, or leave it out of this \
             with `cargo course check {number} --with-reference`",
            other.number
        ),
        None => format!("lab {number} does not compile: {count} at {first}"),
    }
}

/// The verdict for a person: every task, then the failures of the first one that fails (or with `all` of every one),
/// or what to write next.
pub fn text(
    root: &Root,
    lab: &Lab,
    verdict: &LabVerdict,
    all: bool,
    task: Option<&str>,
    look: &Look,
) -> String {
    let title = format!("Lab {} · {}", lab.number, lab.title);
    let count = format!("{} of {} tasks solved", verdict.solved(), verdict.tasks.len());
    let mut text = ends(&look.strong.apply_to(title).to_string(), &count);
    if verdict.with_reference {
        text += "The reference stands in for the other labs.\n";
    }
    text.push('\n');
    verdict.tasks.iter().for_each(|task| text += &task_line(verdict, task, look));
    let failing = verdict.tasks.iter().filter(|task| task.state == TaskState::Failing);
    let mut shown: Vec<&TaskVerdict> = failing.take(if all { verdict.tasks.len() } else { 1 }).collect();
    if let Some(name) = task {
        shown = verdict
            .tasks
            .iter()
            .filter(|task| task.name == name && task.state != TaskState::Solved)
            .collect();
    } else if shown.is_empty() {
        shown.extend(verdict.next());
    }
    for task in &shown {
        text += &failures(root, lab, task, all, look);
        text += &guide(root, lab, task, look);
    }
    if !shown.is_empty() {
        text += &labelled("Hint", &format!("cargo course hint {}", lab.number), look);
    }
    text
}

/// The failures of one task, one of them in full, or with `all` each.
fn failures(root: &Root, lab: &Lab, task: &TaskVerdict, all: bool, look: &Look) -> String {
    let mut open: Vec<_> =
        task.open().filter(|test| !matches!(test.outcome, Outcome::NotWritten { .. })).collect();
    // The test that hung says more than those that were not begun because of it.
    open.sort_by_key(|test| test.outcome == Outcome::NotRun);
    let shown = if all { open.len() } else { 1 };
    let mut text: String = open.iter().take(shown).map(|test| failure(root, lab, task, test, look)).collect();
    if let hidden @ 1.. = open.len().saturating_sub(shown) {
        let number = lab.number;
        text +=
            &beside("  ", &format!("… and {hidden} more: `cargo course check {number} --all` shows them"));
    }
    text
}

fn task_line(verdict: &LabVerdict, task: &TaskVerdict, look: &Look) -> String {
    let (tests, passed) = (task.tests.len(), task.passed());
    let (sign, said) = match task.state {
        TaskState::Solved => (look.good.apply_to("✓"), format!("{tests} tests pass")),
        TaskState::Failing => (look.bad.apply_to("✗"), format!("{passed} of {tests} tests pass")),
        TaskState::NotWritten => (look.faint.apply_to("·"), "not written yet".to_string()),
        TaskState::Waits => (look.faint.apply_to("·"), waits_for(verdict, task)),
    };
    format!("  {sign} {:<28} {said}\n", task.name)
}

fn waits_for(verdict: &LabVerdict, task: &TaskVerdict) -> String {
    let other = task.tests.iter().find_map(|test| match &test.outcome {
        Outcome::NotWritten { lab, task } if *lab == verdict.number => Some(format!("waits for {task}")),
        Outcome::NotWritten { lab, task } => Some(format!("waits for {task} of lab {lab}")),
        _ => None,
    });
    other.unwrap_or_default()
}

/// One test that does not pass, in full.
fn failure(root: &Root, lab: &Lab, task: &TaskVerdict, test: &TestVerdict, look: &Look) -> String {
    let name = format!("{}: {}", task.name, test.name.replace('_', " "));
    let mut text = String::from("\n");
    beside("", &name).lines().for_each(|line| text += &format!("{}\n", look.strong.apply_to(line)));
    match &test.outcome {
        Outcome::Failed(failure) => text += &compared(lab, failure),
        Outcome::TimedOut { seconds } => {
            text += &beside("  ", &format!("stopped after {seconds} seconds: does a loop never end?"));
        }
        Outcome::Died { how } => text += &beside("  ", how),
        Outcome::NotRun => {
            text += &beside("  ", "not begun, because another test of this task had to be stopped")
        }
        Outcome::Passed | Outcome::NotWritten { .. } => {}
    }
    if !test.printed.is_empty() {
        text += &beside("  printed   ", &test.printed);
    }
    let in_tests = format!("{}/tests/", lab.starter());
    if !matches!(&test.outcome, Outcome::Failed(failure) if failure.file.starts_with(&in_tests)) {
        text += &beside("  test      ", &place_of(root, lab, &task.name, &test.name));
    }
    text
}

/// Where a test is.
fn place_of(root: &Root, lab: &Lab, task: &str, test: &str) -> String {
    let path = format!("{}/tests/{task}.rs", lab.starter());
    let text = read(&root.join(&path)).unwrap_or_default();
    match text.lines().position(|line| line.contains(&format!("fn {test}("))) {
        Some(line) => format!("{path}:{}", line + 1),
        None => path,
    }
}

fn compared(lab: &Lab, failure: &Failure) -> String {
    let mut text = String::new();
    for (label, value) in [("  expected  ", &failure.expected), ("  came      ", &failure.came)] {
        if let Some(value) = value {
            text += &beside(label, &by_element(value));
        }
    }
    let in_tests = failure.file.starts_with(&format!("{}/tests/", lab.starter()));
    let (said, place) = match in_tests {
        true => ("  because   ", "  test      "),
        false => ("  panicked  ", "  at        "),
    };
    if !failure.message.is_empty() {
        text += &beside(said, &failure.message);
    }
    if let Some(table) = &failure.table {
        // As wide as it is: its columns are what it says.
        text += &format!("\n{table}\n\n");
    }
    text + &beside(place, &format!("{}:{}", failure.file, failure.line))
}

/// A list of texts that does not fit on a line, one text a line.
fn by_element(value: &str) -> String {
    if value.chars().count() <= 60 { value.to_string() } else { value.replace("\", \"", "\",\n\"") }
}

/// What belongs to a task that is not solved: where to write, what has to be done first, why, and what to read.
fn guide(root: &Root, lab: &Lab, verdict: &TaskVerdict, look: &Look) -> String {
    let Some(task) = lab.task(&verdict.name) else { return String::new() };
    let number = lab.number;
    let mut text = String::from("\n");
    if verdict.state == TaskState::NotWritten {
        text += &labelled("Next", &format!("{}: {}", task.name, task.write), look);
        if let Some(place) = todo(root, lab, task) {
            text += &labelled("", &place, look);
        }
    }
    let elsewhere = verdict.tests.iter().find_map(|test| match &test.outcome {
        Outcome::NotWritten { lab, .. } if *lab != number => Some(lab),
        _ => None,
    });
    if let Some(other) = elsewhere {
        let mut sentence = format!("lab {other} is not finished: `cargo course watch {other}`");
        if originals::has_solutions(root) {
            sentence += &format!(
                "; or take the reference for everything but this lab: `cargo course check {number} --with-reference`"
            );
        }
        text += &labelled("First", &sentence, look);
    }
    text += &labelled("Why", &task.why, look);
    text + &labelled(
        "Read",
        &format!("{}#{} (`cargo course book` serves it)", lab.chapter(), task.name),
        look,
    )
}

/// Text beside a label that stands back.
fn labelled(label: &str, text: &str, look: &Look) -> String {
    beside(&look.faint.apply_to(format!("  {label:<8}")).to_string(), text)
}

/// Where the learner's `todo!` of a task is.
fn todo(root: &Root, lab: &Lab, task: &Task) -> Option<String> {
    let files = rust_files(&root.join(lab.starter()).join("src")).ok()?;
    files.iter().find_map(|path| {
        let text = read(path).ok()?;
        let line = text.lines().position(|line| line.contains(&task.write))?;
        Some(format!("{}:{}", root.short(path), line + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab() -> (Root, Manifest) {
        let root = Root::above(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let text = "[[lab]]\nnumber = 1\ncrate = \"elf\"\ntitle = \"The file\"\nbuilds = \"b\"\nminutes = 1\n\
                    [[lab.task]]\nname = \"header\"\npoints = 2\nwrite = \"check it\"\nwhy = \"it must be sound\"\n\
                    [[lab.task]]\nname = \"names\"\npoints = 2\nwrite = \"find them\"\nwhy = \"they end\"\n";
        (root, Manifest::parse(text).unwrap())
    }

    fn verdict(first: Outcome, second: Outcome) -> LabVerdict {
        let test = |outcome| {
            vec![TestVerdict { name: "a_short_file_is_refused".into(), outcome, printed: String::new() }]
        };
        let tasks = vec![
            TaskVerdict::new(1, "header", 2, test(first)),
            TaskVerdict::new(1, "names", 2, test(second)),
        ];
        LabVerdict { number: 1, library: "elf".into(), with_reference: false, tasks }
    }

    fn said(verdict: &LabVerdict) -> String {
        let (root, manifest) = lab();
        text(&root, &manifest.labs[0], verdict, false, None, &Look::plain())
    }

    fn not_written(lab: u8, task: &str) -> Outcome {
        Outcome::NotWritten { lab, task: task.into() }
    }

    #[test]
    fn a_failing_test_says_what_was_expected_what_came_why_and_where_to_read() {
        let failed = Outcome::Failed(Failure {
            expected: Some("Err(ENOEXEC)".into()),
            came: Some("Ok(())".into()),
            message: "the kernel refuses it".into(),
            file: "labs/01-elf/tests/header.rs".into(),
            line: 7,
            ..Failure::default()
        });
        let text = said(&verdict(failed, not_written(1, "names")));
        for line in [
            "  ✗ header                       0 of 1 tests pass",
            "  · names                        not written yet",
            "header: a short file is refused",
            "  expected  Err(ENOEXEC)",
            "  came      Ok(())",
            "  because   the kernel refuses it",
            "  test      labs/01-elf/tests/header.rs:7",
            "  Why     it must be sound",
            "  Read    book/01-elf.md#header (`cargo course book` serves it)",
            "  Hint    cargo course hint 1",
        ] {
            assert!(text.lines().any(|said| said == line), "'{line}' is missing:\n{text}");
        }
        assert!(text.lines().all(|line| console::measure_text_width(line) <= 80), "{text}");
    }

    #[test]
    fn a_race_shows_its_table_as_it_is_and_its_diagram_to_programs_only() {
        let cell = "state.compare_exchange(LIVE, GOING, AcqRel, Relaxed)";
        let table = format!("    CPU 0: rmmod\n    {}\n  1 {cell:<70}  │\n  2 disk is freed", "─".repeat(76));
        let failed = Failure {
            message:
                "CPU 1 runs in the text of disk, which CPU 0 freed, although somebody holds a reference to it"
                    .into(),
            table: Some(table.clone()),
            diagram: Some("sequenceDiagram\n".into()),
            file: "labs/01-elf/tests/header.rs".into(),
            line: 7,
            ..Failure::default()
        };
        let verdict = verdict(Outcome::Failed(failed), not_written(1, "names"));
        let text = said(&verdict);
        let (sentence, at) = (text.find("because   CPU 1 runs").unwrap(), text.find(&table).unwrap());
        assert!(sentence < at && at < text.find("labs/01-elf/tests/header.rs:7").unwrap(), "{text}");
        assert!(text.lines().all(|line| console::measure_text_width(line) <= 80), "{text}");
        assert!(!text.contains("sequenceDiagram"), "{text}");
        let (_, manifest) = lab();
        let json = json(&manifest.labs[0], &Checking::Ran(verdict)).to_string();
        assert!(json.contains("\"diagram\":\"sequenceDiagram") && json.contains("\"table\":"), "{json}");
    }

    #[test]
    fn the_title_of_every_lab_fits_beside_the_count() {
        let root = Root::above(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        for lab in Manifest::read(&root).unwrap().starters() {
            let tasks =
                lab.tasks.iter().map(|task| TaskVerdict::new(lab.number, &task.name, task.points, vec![]));
            let verdict = LabVerdict {
                number: lab.number,
                library: lab.library.clone(),
                with_reference: true,
                tasks: tasks.collect(),
            };
            let text = text(&root, lab, &verdict, false, None, &Look::plain());
            assert!(text.lines().all(|line| console::measure_text_width(line) <= 80), "{text}");
        }
    }

    #[test]
    fn what_waits_for_another_lab_says_how_to_go_on_without_it() {
        let text = said(&verdict(not_written(2, "same_magic"), Outcome::Passed));
        assert!(text.contains("waits for same_magic of lab 2"), "{text}");
        assert!(text.contains("cargo course check 1 --with-reference"), "{text}");
    }

    #[test]
    fn a_compile_error_elsewhere_is_not_blamed_on_the_lab_at_hand() {
        let (_, manifest) = lab();
        let place = crate::build::Place { file: "labs/01-elf/src/a.rs".into(), line: 3, column: 5 };
        let broken = Broken { errors: vec!["e".into()], first: Some(place), cargo: String::new() };
        let sentence = broken_sentence(&manifest, &manifest.labs[0], &broken);
        assert_eq!(sentence, "lab 1 does not compile: its error is at labs/01-elf/src/a.rs:3:5");
    }
}
