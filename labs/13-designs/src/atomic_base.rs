//! One atomic count with a base, as Linux has had since 3.19: lab 10's [`Refcount`].

use abi::ModuleState;

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    parts::Refcount,
};

/// A module with a [`Refcount`].
pub struct AtomicBase {
    module: Module,
    refcount: Refcount,
}

impl Design for AtomicBase {
    const FACTS: Facts = Facts {
        name: "one count with a base",
        whose: "Linux 3.19, 2015, to this day",
        author: "nothing: whoever calls takes the reference",
        unwilling: "stays, and nobody notices",
    };

    fn load() -> AtomicBase {
        let refcount = Refcount::new();
        refcount.set_state(ModuleState::Live);
        refcount.put();
        AtomicBase { module: Module::new(), refcount }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        let has_it = self.refcount.try_get();
        if has_it {
            self.module.text.run(|| ());
        }
        has_it
    }

    fn leave(&self, _unit: usize) {
        self.module.text.run(|| ());
        self.refcount.put();
    }

    fn unload(&self) -> Result<(), Refusal> {
        if !self.refcount.try_release() {
            return Err(Refusal::Busy);
        }
        self.refcount.set_state(ModuleState::Going);
        self.module.exit();
        Ok(())
    }
}
