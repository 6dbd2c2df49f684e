//! An interleaving written by hand, and what came of it.

use crate::failure::{Failure, Step};

/// Which of a scenario's threads takes each step: the numbers of the columns in a table of steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule(Vec<usize>);

impl Schedule {
    /// The schedule in which `threads` take the steps one after the other. When it ends, each thread goes on to its own
    /// end, the lowest number first.
    pub fn of(threads: &[usize]) -> Schedule {
        Schedule(threads.to_vec())
    }

    /// How many steps it says.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The threads in order.
    pub fn threads(&self) -> &[usize] {
        &self.0
    }
}

/// What came of a [`Schedule`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// What went wrong, if anything did.
    pub failure: Option<Failure>,
    /// All steps that were taken.
    pub steps: Vec<Step>,
    /// How many steps of the schedule could not be taken, because that thread had come to its end, or waited.
    pub ignored: usize,
    /// The scenario's threads: `CPU 0: rmmod`.
    pub actors: Vec<String>,
}

impl Replay {
    /// The steps as a table, a column for each CPU.
    pub fn table(&self) -> String {
        crate::table::table(&self.actors, &self.steps)
    }
}
