//! Somebody opens what somebody else removes: one scenario for every design.

use abi::ModuleState;
use explore::{Scenario, Text, note};

use super::{broken::Design, refcount::Refcount};

/// A module of a design, and its text.
pub struct Module<D> {
    /// Who keeps it.
    pub design: D,
    /// What must not be freed under somebody.
    pub text: Text,
}

// ANCHOR: Held
/// The caller takes a reference, which can fail.
pub struct Held {
    /// The learner's own.
    pub refcount: Refcount,
}

impl Design for Held {
    fn new() -> Held {
        Held { refcount: Refcount::with(ModuleState::Live, 0) }
    }

    fn open(&self, text: &Text) {
        if self.refcount.try_get() {
            text.run(|| note("sleeps in read"));
            self.refcount.put();
        }
    }

    fn rmmod(&self, text: &Text) {
        if self.refcount.try_release() {
            self.refcount.set_state(ModuleState::Going);
            text.free();
        }
    }
}
// ANCHOR_END: Held

// ANCHOR: rmmod_against_open
/// CPU 0 removes the module once, CPU 1 opens it once.
pub fn rmmod_against_open<D: Design>() -> Scenario<Module<D>> {
    Scenario::new("rmmod against open", || Module { design: D::new(), text: Text::new("disk") })
        .cpu("rmmod", |module: &Module<D>| module.design.rmmod(&module.text))
        .cpu("open", |module| module.design.open(&module.text))
}
// ANCHOR_END: rmmod_against_open
