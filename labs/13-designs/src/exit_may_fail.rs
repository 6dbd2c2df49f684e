//! An exit that may fail: the module itself finds out whether it can go. Roman Zippel asked for it in 2002; Rusty Russell
//! liked it, and did not believe that authors of drivers would get it right.

use super::{
    design::{Design, Facts, Refusal},
    module::{Module, OURS},
    sync::{AtomicI32, Ordering},
};

/// A driver that counts its open files itself, in its own `open` and `release`.
pub struct ExitMayFail {
    module: Module,
    /// Counted inside of the module's text.
    pub open_files: AtomicI32,
}

impl Design for ExitMayFail {
    const FACTS: Facts = Facts {
        name: "exit may fail",
        whose: "Roman Zippel, 2002",
        author: "everything about races: the order of unregistering, waiting, looking, and waiting again",
        unwilling: "is unregistered and registered again at every attempt, unless a rival was faster",
    };

    fn load() -> ExitMayFail {
        ExitMayFail { module: Module::new(), open_files: AtomicI32::new(0) }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        // Relaxed: the service's count of calls, which is given back afterwards, orders it.
        let open = || self.open_files.fetch_add(1, Ordering::Relaxed);
        self.module.service.call(|| self.module.text.run(open)).is_some()
    }

    fn leave(&self, _unit: usize) {
        // Release: pairs with the fence in `synchronize`: who sees this file closed sees the call that closes it.
        let release = || self.open_files.fetch_sub(1, Ordering::Release);
        self.module.service.call_for_file(|| self.module.text.run(release));
    }

    /// The driver's `exit`. It unregisters; the service has [`Service::deregister`](super::module::Service::deregister)
    /// for it, which also waits, and [`Service::synchronize`](super::module::Service::synchronize), which only waits. If
    /// a file is open then, it registers again and is [`Refusal::Busy`], or [`Refusal::Stranded`] where another has
    /// taken the number. At the end the text is freed.
    fn unload(&self) -> Result<(), Refusal> {
        todo!("unregister, wait, look; register again if a file is open; else wait once more and free")
    }
}
