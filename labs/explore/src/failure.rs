//! What exploration found: a failure with the steps that lead to it, or how much was explored without one.

use std::fmt;

use serde::Serialize;

use crate::table;

/// One step of one CPU.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Step {
    /// Which of the scenario's threads took it, counted from 0: the column in the table.
    pub actor: usize,
    /// On which CPU.
    pub cpu: usize,
    /// What it did: `refcnt.fetch_add(1, Relaxed) → 1`.
    pub text: String,
    /// The source file of the step, as the compiler knew it.
    pub file: String,
    /// The line in it.
    pub line: u32,
    /// A remark and not a step: nobody could come before it.
    pub is_note: bool,
}

/// An interleaving that ends badly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The scenario.
    pub scenario: String,
    /// The scenario's threads: `CPU 0: rmmod`.
    pub actors: Vec<String>,
    /// What went wrong, in one sentence.
    pub sentence: String,
    /// The steps up to there.
    pub steps: Vec<Step>,
    /// How many executions were tried: every one, where it is the shortest that ends badly; with stale values loom's up to
    /// this one, which comes first there.
    pub executions: usize,
    /// Which of them was the first that ended badly, counted from 1. It need not be this one.
    pub first_bad: usize,
    /// Whether it takes memory that does not show a store to everyone at once.
    pub needs_weak_memory: bool,
}

impl Failure {
    /// How many steps it takes.
    pub fn length(&self) -> usize {
        self.steps.iter().filter(|step| !step.is_note).count()
    }

    /// The schedule that leads there: the column of every step.
    pub fn schedule(&self) -> Vec<usize> {
        self.steps.iter().filter(|step| !step.is_note).map(|step| step.actor).collect()
    }

    /// The steps as a table, a column for each CPU, 80 characters wide.
    pub fn table(&self) -> String {
        table::table(&self.actors, &self.steps)
    }

    /// The steps as a mermaid sequence diagram.
    pub fn mermaid(&self) -> String {
        table::mermaid(&self.actors, &self.steps, &self.sentence)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.sentence)?;
        let memory = if self.needs_weak_memory {
            ", on a machine that reorders memory as the orderings allow"
        } else {
            ""
        };
        writeln!(f, "{}, {} steps{memory}:\n", self.scenario, self.length())?;
        writeln!(f, "{}", self.table())?;
        write!(f, "```mermaid\n{}```", self.mermaid())
    }
}

/// What was explored without a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explored {
    /// How many states there are, when every step takes effect at once.
    pub states: usize,
    /// How many interleavings of steps there are then.
    pub interleavings: u128,
    /// How many executions loom tried, stale values included.
    pub executions: usize,
    /// The scenario's CPUs.
    pub cpus: usize,
    /// How often loom took a CPU away from a thread that could have gone on, at most; `None` is without a bound.
    pub preemptions: Option<usize>,
}
