//! Two-stage delete, exposed to modules: `stop`, after which nobody new comes in, and `exit` when all are gone. Rusty
//! Russell built it before the loader that was merged, and gave it up.

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    sync::{AtomicBool, AtomicI32, Ordering, fence},
};

/// A module of four functions: `init`, `start`, `stop`, `exit`.
pub struct TwoStage {
    module: Module,
    /// Between `start` and `stop`.
    pub active: AtomicBool,
    /// Who holds the module: those who call it count.
    pub users: AtomicI32,
}

impl Design for TwoStage {
    const FACTS: Facts = Facts {
        name: "two stages",
        whose: "Rusty Russell's own first try, 2002",
        author: "four functions; start must also undo a stop, and must not fail then",
        unwilling: "is stopped, seen to be busy, and started again at every attempt",
    };

    fn load() -> TwoStage {
        TwoStage { module: Module::new(), active: AtomicBool::new(true), users: AtomicI32::new(0) }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        // Relaxed: the fence orders it.
        self.users.fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `unload`: either we are counted there, or see here that the module has stopped.
        fence(Ordering::SeqCst);
        if !self.active.load(Ordering::Relaxed) {
            // Relaxed: we have not been in the module.
            self.users.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        self.module.text.run(|| ());
        true
    }

    fn leave(&self, _unit: usize) {
        self.module.text.run(|| ());
        // Release: pairs with the fence in `Module::exit`, so that we have left by then.
        self.users.fetch_sub(1, Ordering::Release);
    }

    /// Stage one: nobody new comes in. If somebody is there, it is undone, and the answer is [`Refusal::Busy`]. Stage
    /// two: [`Module::exit`].
    fn unload(&self) -> Result<(), Refusal> {
        todo!("stop the module; if somebody is there, start it again; else let it exit")
    }
}
