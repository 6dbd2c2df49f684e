//! The solution with some of its tasks open: what fails then, and what passes.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Proof, Variant, Workshop};
use crate::{
    lab_tests::LabTests,
    starter,
    verdict::{Ended, Outcome},
};

/// The fewest tests that a task may have.
const FEWEST: usize = 5;

/// The starter, the solution, and two variants for each task.
pub fn of<'v>(workshop: &'v Workshop) -> Result<Vec<Variant<'v>>> {
    let variant = |what: String, is_open: &dyn Fn(&str) -> bool, judge| {
        let sources = starter::sources(workshop.root, workshop.lab, is_open)?;
        anyhow::Ok(Variant { what, sources, judge })
    };
    let mut variants = vec![
        variant("the starter".into(), &|_| true, Box::new(|tests, proof| starter(workshop, tests, proof)))?,
        variant(
            "the solution".into(),
            &|_| false,
            Box::new(|tests, proof| {
                passes("the solution", &workshop.run(tests, |_| true)?, proof);
                Ok(())
            }),
        )?,
    ];
    for (at, task) in workshop.lab.tasks.iter().enumerate() {
        let of_task = |test: &str| task_of(test) == task.name;
        let alone = format!("with {} alone still open", task.name);
        let what = alone.clone();
        let judge = move |tests: &LabTests, proof: &mut Proof| {
            fails(&what, &workshop.run(tests, of_task)?, proof);
            Ok(())
        };
        variants.push(variant(alone, &|open| open == task.name, Box::new(judge))?);
        let solved = &workshop.lab.tasks[..=at];
        let so_far = format!("with everything up to {} solved", task.name);
        let what = so_far.clone();
        let judge = move |tests: &LabTests, proof: &mut Proof| {
            passes(&what, &workshop.run(tests, of_task)?, proof);
            Ok(())
        };
        let is_open = |name: &str| !solved.iter().any(|solved| solved.name == name);
        variants.push(variant(so_far, &is_open, Box::new(judge))?);
    }
    Ok(variants)
}

/// Every test of the starter fails, every task has tests enough, and every test has a task.
fn starter(workshop: &Workshop, tests: &LabTests, proof: &mut Proof) -> Result<()> {
    let lab = workshop.lab;
    let outcomes = workshop.run(tests, |_| true)?;
    proof.tests = outcomes.len();
    fails("the starter", &outcomes, proof);
    for task in &lab.tasks {
        let tests = outcomes.keys().filter(|test| task_of(test) == task.name).count();
        proof.holds(tests >= FEWEST, || format!("{} has {tests} tests, fewer than {FEWEST}", task.name));
    }
    for test in outcomes.keys().filter(|test| lab.task(task_of(test)).is_none()) {
        proof.breach(format!("the test {test} belongs to no task"));
    }
    Ok(())
}

/// The task that a test is named for.
fn task_of(test: &str) -> &str {
    test.split("::").next().unwrap_or_default()
}

fn fails(what: &str, outcomes: &BTreeMap<String, Ended>, proof: &mut Proof) {
    for (test, ended) in outcomes {
        match &ended.outcome {
            Outcome::NotWritten { .. } => {}
            Outcome::Passed => proof.breach(format!("{what}, {test} passes")),
            other => proof.breach(format!("{what}, {test} does not say what to write: {other:?}")),
        }
    }
}

fn passes(what: &str, outcomes: &BTreeMap<String, Ended>, proof: &mut Proof) {
    for (test, Ended { outcome, .. }) in outcomes.iter().filter(|(_, ended)| ended.outcome != Outcome::Passed)
    {
        proof.breach(format!("{what}, {test} does not pass: {outcome:?}"));
    }
}
