//! What the explorer of races says when it finds one is what `cargo course check` takes apart.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::atomic::Ordering,
};

use course::{
    layout::{Look, WIDTH},
    manifest::Manifest,
    panic_message, report,
    root::Root,
    verdict::{LabVerdict, Outcome, TaskVerdict, TestVerdict},
};
use explore::{Scenario, model};

const LABS: &str = "[[lab]]\nnumber = 1\ncrate = \"refcount\"\ntitle = \"The golden rule\"\nbuilds = \"b\"\nminutes = 1\n\
                    [[lab.task]]\nname = \"put\"\npoints = 2\nwrite = \"take one off\"\nwhy = \"it is counted\"\n";

fn root() -> Root {
    Root::above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What comes of a test in which `scenario` must never fail.
fn outcome<W: Send + Sync + 'static>(scenario: &Scenario<W>) -> Outcome {
    let panic = catch_unwind(AssertUnwindSafe(|| scenario.never_fails("every put must count"))).unwrap_err();
    let words = panic.downcast_ref::<String>().expect("the explorer panics with a text");
    let place = "labs/01-refcount/tests/put.rs:7:14";
    let note = "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace";
    let stderr = format!("\nthread 'put::x' (7) panicked at {place}:\n{words}\n{note}\n");
    panic_message::outcome(&root(), &Manifest::parse(LABS).unwrap(), &stderr).expect("there is a panic")
}

fn two_cpus(put: fn(&model::AtomicU32)) -> Scenario<model::AtomicU32> {
    Scenario::new("put against put", || model::AtomicU32::new(2)).cpu("one", put).cpu("two", put).finally(
        |count| {
            assert_eq!(count.load(Ordering::Relaxed), 0, "both have put");
        },
    )
}

#[test]
fn a_failed_race_is_shown_with_its_sentence_its_table_and_why_within_eighty_columns() {
    let outcome =
        outcome(&two_cpus(|count| count.store(count.load(Ordering::Relaxed) - 1, Ordering::Relaxed)));
    let Outcome::Failed(failure) = &outcome else { panic!("{outcome:?}") };
    assert!(
        failure.message.starts_with("At the end: both have put (ci/course/tests/races.rs:"),
        "{}",
        failure.message
    );
    assert!(failure.message.contains("put against put, 4 steps"), "{}", failure.message);
    assert_eq!((failure.came.as_deref(), failure.expected.as_deref()), (Some("1"), Some("0")));
    assert!(failure.message.ends_with("every put must count"), "{}", failure.message);
    assert!(!failure.message.contains(['│', '`']), "{}", failure.message);
    let table = failure.table.as_deref().expect("a race has a table");
    assert!(table.trim_start().starts_with("CPU 0: one"), "{table}");
    assert!(failure.diagram.as_deref().is_some_and(|diagram| diagram.starts_with("sequenceDiagram")));

    let manifest = Manifest::parse(LABS).unwrap();
    let test = TestVerdict { name: "x".into(), outcome: outcome.clone(), printed: String::new() };
    let tasks = vec![TaskVerdict::new(1, "put", 2, vec![test])];
    let verdict = LabVerdict { number: 1, library: "refcount".into(), with_reference: false, tasks };
    let text = report::text(&root(), &manifest.labs[0], &verdict, false, None, &Look::plain());
    assert!(text.contains(table) && !text.contains("sequenceDiagram"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
}

#[test]
fn a_race_that_reaches_what_is_not_written_yet_says_so() {
    // The words of the starter, without a macro that would mark this file as unfinished.
    let outcome = outcome(&two_cpus(|_| panic!("not yet implemented: take one off")));
    assert_eq!(outcome, Outcome::NotWritten { lab: 1, task: "put".into() });
}
