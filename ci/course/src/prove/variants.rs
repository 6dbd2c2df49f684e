//! The solution with some of its tasks open: what fails then, and what passes.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Proof, Workshop};
use crate::{
    progress::Progress,
    starter,
    verdict::{Ended, Outcome},
};

/// The fewest tests that a task may have.
const FEWEST: usize = 5;

/// Builds the starter, the solution, and two variants for each task, and looks at what their tests say.
pub fn check(workshop: &Workshop, proof: &mut Proof) -> Result<()> {
    let lab = workshop.lab;
    let name_of = |test: &str| test.split("::").next().unwrap_or_default().to_string();
    if let Some(outcomes) = outcomes(workshop, "the starter", |_| true, |_| true, proof)? {
        proof.tests = outcomes.len();
        fails("the starter", &outcomes, proof);
        for task in &lab.tasks {
            let tests = outcomes.keys().filter(|test| name_of(test) == task.name).count();
            proof.holds(tests >= FEWEST, || format!("{} has {tests} tests, fewer than {FEWEST}", task.name));
        }
        for test in outcomes.keys().filter(|test| lab.task(&name_of(test)).is_none()) {
            proof.breach(format!("the test {test} belongs to no task"));
        }
    }
    if let Some(outcomes) = outcomes(workshop, "the solution", |_| false, |_| true, proof)? {
        passes("the solution", &outcomes, proof);
    }
    for (at, task) in lab.tasks.iter().enumerate() {
        let of_task = |test: &str| name_of(test) == task.name;
        let alone = format!("with {} alone still open", task.name);
        if let Some(outcomes) = outcomes(workshop, &alone, |open| open == task.name, of_task, proof)? {
            fails(&alone, &outcomes, proof);
        }
        let solved = &lab.tasks[..=at];
        let so_far = format!("with everything up to {} solved", task.name);
        let is_open = |name: &str| !solved.iter().any(|solved| solved.name == name);
        if let Some(outcomes) = outcomes(workshop, &so_far, is_open, of_task, proof)? {
            passes(&so_far, &outcomes, proof);
        }
    }
    Ok(())
}

fn outcomes(
    workshop: &Workshop,
    what: &str,
    is_open: impl Fn(&str) -> bool,
    wanted: impl Fn(&str) -> bool,
    proof: &mut Proof,
) -> Result<Option<BTreeMap<String, Ended>>> {
    let sources = starter::sources(workshop.root, workshop.lab, is_open)?;
    let tests = workshop.build(&sources, what, proof)?;
    tests.map(|tests| tests.run(workshop.root, workshop.manifest, &Progress::within(), wanted)).transpose()
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
