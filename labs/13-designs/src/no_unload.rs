//! No unloading at all: `CONFIG_MODULE_UNLOAD=n`. What comes stays until the machine is switched off.

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    sync::{AtomicBool, Ordering},
};

/// `try_module_get` without a count.
pub struct NoUnload {
    module: Module,
    live: AtomicBool,
}

impl Design for NoUnload {
    const FACTS: Facts = Facts {
        name: "no unloading",
        whose: "CONFIG_MODULE_UNLOAD=n, to this day",
        author: "nothing: exit is never called",
        unwilling: "is like all the others",
    };

    fn load() -> NoUnload {
        NoUnload { module: Module::new(), live: AtomicBool::new(true) }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        // Relaxed: here it is live from the beginning. Where somebody makes it so, he releases, and this acquires.
        let is_live = self.live.load(Ordering::Relaxed);
        if is_live {
            self.module.text.run(|| ());
        }
        is_live
    }

    fn leave(&self, _unit: usize) {
        self.module.text.run(|| ());
    }

    fn unload(&self) -> Result<(), Refusal> {
        Err(Refusal::NotSupported)
    }
}
