//! A formed module comes to life: notifiers, parameters, init, LIVE; or everything is undone in reverse.
//! `kernel/module/main.c`, prepare_coming_module, do_init_module, do_free_init.

use std::sync::Arc;

use abi::{Errno, LoadError};
use machine::{Killed, Level, call_module, try_current};
use symbols::ModuleState;

use crate::{kernel::Kernel, load::protect, loaded::LoadedModule, not_done::NotDone};

impl Kernel {
    /// Runs `work` as a task of the simulated kernel, unless the caller is one already.
    pub(crate) fn in_task<T: Send>(&self, name: &str, work: impl FnOnce() -> T + Send) -> Result<T, Killed> {
        if try_current().is_some() { Ok(work()) } else { self.machine.run(0, name, work) }
    }

    /// From COMING to LIVE, or back out of the kernel.
    pub(crate) fn start(&self, loaded: &Arc<LoadedModule>, arguments: &str) -> Result<(), NotDone> {
        let outcome = self.in_task("insmod", || {
            self.prepare_coming_module(loaded)?;
            let parsed = self.parse_args(loaded, arguments);
            parsed.and_then(|()| self.do_init_module(loaded)).inspect_err(|_| self.going(loaded))
        });
        match outcome {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refusal)) => {
                self.free_module(loaded);
                Err(NotDone::Refused(refusal))
            }
            Err(killed) => Err(NotDone::Killed(killed)),
        }
    }

    /// Tells everyone who wants to know that a module comes. A veto is the answer; those who have been told
    /// already are told that it goes.
    fn prepare_coming_module(&self, loaded: &LoadedModule) -> Result<(), LoadError> {
        let (coming, going) = (ModuleState::Coming as u64, ModuleState::Going as u64);
        self.machine.propose_module_state(loaded.this_module, coming, going).map_err(|errno| {
            loaded.set_state(ModuleState::Going);
            LoadError::silent(errno)
        })
    }

    /// Runs init. What it refuses is refused in silence.
    fn do_init_module(&self, loaded: &Arc<LoadedModule>) -> Result<(), LoadError> {
        let init = loaded.formed().and_then(|formed| formed.init);
        // SAFETY: a function without arguments in the text of a module that was just linked and protected.
        let returned = init.map_or(0, |init| unsafe { call_module(init, &[0; 6]) } as i32);
        if returned < 0 {
            let errno = Errno::from_return(returned.into()).unwrap_or(Errno::EINVAL);
            return Err(LoadError::silent(errno));
        }
        if returned > 0 {
            let name = &loaded.name;
            self.machine.printk(
                Level::WARNING,
                &format!(
                    "do_init_module: '{name}'->init suspiciously returned {returned}, it should follow 0/-E convention\n\
                     do_init_module: loading module anyway..."
                ),
            );
        }
        loaded.set_state(ModuleState::Live);
        self.notify(loaded, ModuleState::Live);
        // What init began asynchronously may be in init's own text, which goes now.
        self.machine.async_synchronize_full();
        loaded.refcount.put(); // init's own reference
        self.free_init(loaded);
        self.registry.module_wq.wake_all();
        Ok(())
    }

    /// Tells everyone that `loaded` has come to `state`; nobody can object any more.
    pub(crate) fn notify(&self, loaded: &LoadedModule, state: ModuleState) {
        self.machine.notify_module_state(loaded.this_module, state as u64);
    }

    /// A module whose init or parameters failed is on its way out; its exit is not called.
    fn going(&self, loaded: &LoadedModule) {
        loaded.set_state(ModuleState::Going);
        loaded.refcount.put(); // init's own reference
        self.notify(loaded, ModuleState::Going);
    }

    /// What only init needed is freed, and what only init wrote becomes read-only.
    fn free_init(&self, loaded: &LoadedModule) {
        let mut memory = loaded.memory.write();
        if let Some(memory) = &mut *memory {
            memory.init = None;
            memory.kallsyms.free_init();
            if protect(&mut memory.core, loaded.layout.core.groups(), true).is_err() {
                let name = &loaded.name;
                self.machine
                    .printk(Level::ERR, &format!("{name}: the host refused to protect the module's data"));
            }
        }
    }

    /// `free_module`: gives back everything a module has. Nobody can find it any more.
    pub(crate) fn free_module(&self, loaded: &LoadedModule) {
        self.destroy_params(loaded);
        self.registry.remove(loaded);
        if let Some(offset) = loaded.percpu() {
            self.machine.percpu().free(offset);
        }
        *loaded.memory.write() = None;
    }
}
