//! An attack on a removal that looks first and marks afterwards: the module is idle when `rmmod` looks, and busy when it
//! is freed. Rusty Russell's FAQ says it of the shutdown of two stages: the race lies between deactivating a module and
//! finding that somebody has begun to use it meanwhile.

use explore::{
    Scenario, Schedule, Text,
    model::{AtomicBool, AtomicI32, Ordering},
    note,
};

/// A module whose count and whose mark are two variables.
#[derive(Debug)]
pub struct TwoSteps {
    count: AtomicI32,
    going: AtomicBool,
    text: Text,
}

impl TwoSteps {
    /// Live, and nobody holds it.
    pub fn new() -> TwoSteps {
        TwoSteps { count: AtomicI32::new(0), going: AtomicBool::new(false), text: Text::new("disk") }
    }

    /// Looks, then marks, then frees. No ordering helps it.
    pub fn rmmod(&self) {
        if self.count.load(Ordering::SeqCst) == 0 {
            self.going.store(true, Ordering::SeqCst);
            self.text.free();
        }
    }

    /// Looks, then counts, then enters.
    pub fn open(&self) {
        if !self.going.load(Ordering::SeqCst) {
            self.count.fetch_add(1, Ordering::SeqCst);
            self.text.run(|| note("reads"));
            self.count.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Default for TwoSteps {
    fn default() -> TwoSteps {
        TwoSteps::new()
    }
}

/// CPU 0 removes the module, CPU 1 opens its device.
pub fn scenario() -> Scenario<TwoSteps> {
    Scenario::new("rmmod in two steps against open", TwoSteps::new)
        .cpu("rmmod", TwoSteps::rmmod)
        .cpu("open", TwoSteps::open)
}

/// Which CPU takes each step, so that [`scenario`] ends with CPU 1 in text that CPU 0 has freed *before* CPU 1 came. Say
/// no more steps than it takes: when the schedule ends, both go on to their own ends, CPU 0 first.
///
/// `Schedule::of(&[1, 1, 0])` is two steps of CPU 1 and one of CPU 0.
pub fn between_look_and_mark() -> Schedule {
    todo!("write the schedule that lets a CPU run in freed text")
}
