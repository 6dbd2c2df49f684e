//! The same rule with the waiting pushed into the service: a `try_deregister` that says no where it would have to wait.
//! Werner Almesberger, linux-kernel, 2002.

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    sync::{AtomicI32, Ordering},
};

/// What the count holds while the module is registered.
const REGISTERED: i32 = 1;

/// A service that counts for its clients: open files and calls under way.
pub struct CountingService {
    /// So many, and `REGISTERED` besides; zero once nobody is registered.
    pub users: AtomicI32,
}

impl CountingService {
    /// Somebody comes, if the module is registered: one step, so that nobody is counted in a module that has gone.
    pub fn get(&self) -> bool {
        // Relaxed: the count is all that is handed over.
        let come = |users| (users != 0).then_some(users + 1);
        self.users.fetch_update(Ordering::Relaxed, Ordering::Relaxed, come).is_ok()
    }

    /// Somebody has gone.
    pub fn put(&self) {
        // Release: pairs with the Acquire in `try_deregister`, so that all that he did is over by then.
        self.users.fetch_sub(1, Ordering::Release);
    }

    // ANCHOR: try_deregister
    /// Takes the registration away, for good, if nobody is there; in one step, so that nobody comes between the look and
    /// the deed. It never waits.
    ///
    /// # Errors
    /// Somebody is there. Then nothing has changed, and nobody has noticed anything.
    pub fn try_deregister(&self) -> Result<(), Refusal> {
        // ANCHOR: task_try_deregister
        // Acquire: pairs with the Release in `put`.
        let came = self.users.compare_exchange(REGISTERED, 0, Ordering::Acquire, Ordering::Relaxed);
        came.map(drop).map_err(|_| Refusal::Busy)
        // ANCHOR_END: task_try_deregister
    }
    // ANCHOR_END: try_deregister
}

/// A driver that leaves everything to the service.
pub struct TryDeregister {
    module: Module,
    /// Where it is registered.
    pub service: CountingService,
}

impl Design for TryDeregister {
    const FACTS: Facts = Facts {
        name: "try_deregister",
        whose: "Werner Almesberger, 2002",
        author: "one call; but every service of the kernel has to be rewritten first",
        unwilling: "stays, and nobody notices",
    };

    fn load() -> TryDeregister {
        let service = CountingService { users: AtomicI32::new(REGISTERED) };
        TryDeregister { module: Module::new(), service }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        let is_there = self.service.get();
        if is_there {
            self.module.text.run(|| ());
        }
        is_there
    }

    fn leave(&self, _unit: usize) {
        self.module.text.run(|| ());
        self.service.put();
    }

    fn unload(&self) -> Result<(), Refusal> {
        self.service.try_deregister()?;
        self.module.text.free();
        Ok(())
    }

    fn callback(&self) {
        if self.service.get() {
            self.module.text.run(|| ());
            self.service.put();
        }
    }
}
