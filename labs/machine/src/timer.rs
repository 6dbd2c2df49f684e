//! Timers: callbacks that run on their CPU when their time has come (kernel/time/timer.c, in softirq there; here in a
//! task of their own, so that one that faults ends nothing but itself).

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use crate::task::Task;

/// A timer that has been set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId {
    pub(crate) cpu: usize,
    pub(crate) at: Instant,
    pub(crate) number: u64,
}

/// What happens when the time has come.
pub(crate) enum Action {
    /// A sleeper's time is up.
    Wake(Arc<Task>),
    /// A callback, in a new task.
    Run(Box<dyn FnOnce() + Send>),
}

/// The timers of one CPU, the next first.
#[derive(Default)]
pub(crate) struct Timers {
    pending: BTreeMap<(Instant, u64), Action>,
    next: u64,
}

impl Timers {
    /// Adds one; its number.
    pub(crate) fn add(&mut self, at: Instant, action: Action) -> u64 {
        self.next += 1;
        self.pending.insert((at, self.next), action);
        self.next
    }

    /// Takes one out; `None` when it is due already.
    pub(crate) fn remove(&mut self, at: Instant, number: u64) -> Option<Action> {
        self.pending.remove(&(at, number))
    }

    /// When the next is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.pending.keys().next().map(|key| key.0)
    }

    /// Takes out the first that is due at `now`.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Action> {
        let first = self.pending.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
