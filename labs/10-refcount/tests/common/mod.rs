//! What the tests of several tasks share: a module under exploration.

use abi::ModuleState;
use explore::{Plain, Text, note};
use refcount::model::refcount::Refcount;

/// A module, and something in it that is not atomic.
pub struct World {
    pub refcount: Refcount,
    pub text: Text,
    pub formed: Plain<i32>,
}

impl World {
    /// A module that so many hold.
    pub fn held(state: ModuleState, holders: i32) -> World {
        World { refcount: Refcount::with(state, holders), text: Text::new("disk"), formed: Plain::new(0) }
    }

    /// Somebody calls the module, as the golden rule has it.
    pub fn open(&self) {
        if self.refcount.try_get() {
            self.sleep_inside();
            self.refcount.put();
        }
    }

    /// A holder is in the text.
    pub fn sleep_inside(&self) {
        self.text.run(|| note("sleeps in read"));
    }

    /// Somebody removes it.
    pub fn rmmod(&self) {
        if self.refcount.try_release() {
            self.refcount.set_state(ModuleState::Going);
            self.text.free();
        }
    }
}

impl World {
    /// Somebody removes it without asking anybody.
    pub fn rmmod_regardless(&self) {
        self.text.free();
    }
}
