//! The one rule: a shutdown call either does nothing and fails, or takes back all that was registered. Werner Almesberger,
//! linux-kernel, 2002, with his pattern of `busy` and `shutting_down`.

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    sync::{AtomicBool, AtomicI32, Ordering, fence},
};

/// A driver after his pattern.
pub struct ShutdownCall {
    module: Module,
    /// How many files are open or being opened; counted inside of the module's text.
    pub busy: AtomicI32,
    /// It is about to go: nobody shall come any more.
    pub shutting_down: AtomicBool,
}

impl ShutdownCall {
    // ANCHOR: foo_open
    /// The module's `open`.
    fn foo_open(&self) -> bool {
        // Relaxed: the fence orders it.
        self.busy.fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `unload`: either we are seen there, or see here that the module is shutting down.
        fence(Ordering::SeqCst);
        if self.shutting_down.load(Ordering::Relaxed) {
            // Relaxed: nobody waits for this one; the service waits for our return.
            self.busy.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        true
    }
    // ANCHOR_END: foo_open
}

impl Design for ShutdownCall {
    const FACTS: Facts = Facts {
        name: "shutdown call",
        whose: "Werner Almesberger, 2002",
        author: "one rule and one pattern, barriers included; the service must wait for calls under way",
        unwilling: "says so, and stays; while it looks, it turns others away",
    };

    fn load() -> ShutdownCall {
        let shutting_down = AtomicBool::new(false);
        ShutdownCall { module: Module::new(), busy: AtomicI32::new(0), shutting_down }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        let Module { text, service } = &self.module;
        service.call(|| text.run(|| self.foo_open())).unwrap_or(false)
    }

    fn leave(&self, _unit: usize) {
        let Module { text, service } = &self.module;
        // Release: pairs with the fence in `synchronize`: who sees this file closed sees the call that closes it.
        service.call_for_file(|| text.run(|| self.busy.fetch_sub(1, Ordering::Release)));
    }

    /// The module's `foo_shutdown`: says that it is shutting down; if it is busy, takes that back and fails; else takes
    /// back what it has registered. Then its text is freed. [`Module::exit`] does these last two.
    fn unload(&self) -> Result<(), Refusal> {
        // ANCHOR: task_shutdown_call
        // Relaxed: the fence orders it.
        self.shutting_down.store(true, Ordering::Relaxed);
        // Pairs with the fence in `foo_open`.
        fence(Ordering::SeqCst);
        // Relaxed: the fence in `synchronize`, which follows, pairs with the Release in `leave`.
        if self.busy.load(Ordering::Relaxed) != 0 {
            // Relaxed: nothing has changed meanwhile that anybody would have to see first.
            self.shutting_down.store(false, Ordering::Relaxed);
            return Err(Refusal::Busy);
        }
        self.module.exit();
        Ok(())
        // ANCHOR_END: task_shutdown_call
    }
}
