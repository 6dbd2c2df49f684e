//! A formed module comes to life: notifiers, parameters, init, LIVE; or everything is undone in reverse.
//! `kernel/module/main.c`, prepare_coming_module, do_init_module, do_free_init.

use std::sync::Arc;

use abi::{Errno, LoadError};
use lifecycle::{Fate, Step, bring_up};
use machine::{Killed, Level, call_module, try_current};
use symbols::ModuleState;

use crate::{form::protect, kernel::Kernel, loaded::LoadedModule, not_done::NotDone, sysfs::mod_sysfs_setup};

/// A module that comes, with the parameters it was given: what the steps of [`Kernel::start`] are about.
struct Coming<'k> {
    kernel: &'k Kernel,
    loaded: &'k LoadedModule,
    arguments: &'k str,
}

impl Kernel {
    /// Runs `work` as a task of the simulated kernel, unless the caller is one already.
    pub(crate) fn in_task<T: Send>(&self, name: &str, work: impl FnOnce() -> T + Send) -> Result<T, Killed> {
        if try_current().is_some() { Ok(work()) } else { self.machine.run(0, name, work) }
    }

    /// From COMING to LIVE, or back out of the kernel: the second half of `load_module`.
    ///
    /// Within one task called `insmod`, so that the module's code has a stack and an oops has somebody to kill:
    /// everyone is told that the module comes (`prepare_coming_module`), its parameters are set from `arguments`
    /// (`parse_args`), it gets a directory in /sys/module (`mod_sysfs_setup`), its init runs ([`Kernel::do_init_module`]).
    /// These are four steps for [`bring_up`], on a `Coming`. Each may refuse, and has undone its own part then; the later ones are not tried, and the earlier ones
    /// are undone:
    ///
    /// | step | is undone by |
    /// |---|---|
    /// | `prepare_coming_module` | GOING, so that nobody enters it any more; init's own reference is given back; everyone is told that it is GOING |
    /// | `parse_args` | nothing that would have to be done here |
    /// | `mod_sysfs_setup` | nothing either |
    /// | `do_init_module` | |
    ///
    /// All that happens in the task. Outside of it, a module that has been refused is given to `init_failed`. Where the
    /// task is killed by an oops, nothing is undone: nobody knows how far it came. The module stays COMING for ever.
    ///
    /// # Errors
    /// [`NotDone::Refused`] with the refusal, [`NotDone::Killed`] for the oops.
    pub fn start(&self, loaded: &Arc<LoadedModule>, arguments: &str) -> Result<(), NotDone> {
        // ANCHOR: task_start
        let steps: [Step<Coming, LoadError>; 4] = [
            Step {
                run: |it| it.kernel.prepare_coming_module(it.loaded),
                undo: Some(|it| {
                    it.loaded.set_state(ModuleState::Going);
                    it.loaded.put(); // init's own reference
                    it.kernel.notify(it.loaded, ModuleState::Going);
                }),
            },
            Step { run: |it| it.kernel.parse_args(it.loaded, it.arguments), undo: None },
            Step { run: |it| it.kernel.mod_sysfs_setup(it.loaded), undo: None },
            Step { run: |it| it.kernel.do_init_module(it.loaded), undo: None },
        ];
        let coming = Coming { kernel: self, loaded, arguments };
        match self.in_task("insmod", || bring_up(&steps, &coming)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refusal)) => {
                self.init_failed(loaded);
                Err(NotDone::Refused(refusal))
            }
            Err(killed) => Err(NotDone::Killed(killed)),
        }
        // ANCHOR_END: task_start
    }

    /// What becomes of a module that did not make it: mostly it is freed. In the loader of January 2003, one whose disk
    /// has been added stays where it is (`sys_init_module`: `module is now stuck!`).
    fn init_failed(&self, loaded: &LoadedModule) {
        match loaded.entrance.init_failed() {
            Fate::Freed => self.free_module(loaded),
            Fate::Stuck => {
                self.print(Level::ERR, &format!("{}: module is now stuck!", loaded.name));
                self.registry.module_wq.wake_all();
            }
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

    /// Whether the module can have a directory in /sys/module; a refusal has been printed.
    fn mod_sysfs_setup(&self, loaded: &LoadedModule) -> Result<(), LoadError> {
        mod_sysfs_setup(loaded.name.as_ref())
            .inspect_err(|refusal| self.print(Level::WARNING, &refusal.message))
    }

    /// Runs init, and makes the module LIVE. Called in a task, with the module COMING.
    ///
    /// What init returns counts as an `int`, the lower half of the register. Below zero, it is the refusal, in
    /// silence: the errno ([`Errno::from_return`]), or `EINVAL` where no errno has that number; nothing else is done
    /// here then. A module without init is as good as one that returned 0. Above zero, init was written by somebody
    /// who thought in true and false; the kernel complains at WARNING in two lines, and goes on:
    ///
    /// ```text
    /// do_init_module: 'NAME'->init suspiciously returned NUMBER, it should follow 0/-E convention
    /// do_init_module: loading module anyway...
    /// ```
    ///
    /// Then, in this order: the module is LIVE; everyone is told (`notify`); we wait for what init began
    /// asynchronously (`machine.async_synchronize_full`), which may be in init's own text; init's own reference, the
    /// one that the module was born with, is given back (`loaded.put`, because an `rmmod --wait` may sleep already); the
    /// init part is freed (`free_init`); and those are woken who wait on `registry.module_wq`.
    ///
    /// # Errors
    /// What init returned.
    pub fn do_init_module(&self, loaded: &LoadedModule) -> Result<(), LoadError> {
        let init = loaded.formed().and_then(|formed| formed.init);
        // SAFETY: a function without arguments in the text of a module that was just linked and protected.
        let call_init = || init.map_or(0, |init| unsafe { call_module(init, &[0; 6]) });
        // ANCHOR: task_do_init_module
        let returned = call_init() as i32;
        if returned < 0 {
            let errno = Errno::from_return(returned.into()).unwrap_or(Errno::EINVAL);
            return Err(LoadError::silent(errno));
        }
        if returned > 0 {
            let name = &loaded.name;
            self.print(
                Level::WARNING,
                &format!(
                    "do_init_module: '{name}'->init suspiciously returned {returned}, it should follow 0/-E convention\n\
                     do_init_module: loading module anyway..."
                ),
            );
        }
        loaded.set_state(ModuleState::Live);
        self.notify(loaded, ModuleState::Live);
        self.machine.async_synchronize_full();
        loaded.put();
        self.free_init(loaded);
        self.registry.module_wq.wake_all();
        Ok(())
        // ANCHOR_END: task_do_init_module
    }

    /// Tells everyone that `loaded` has come to `state`; nobody can object any more.
    pub(crate) fn notify(&self, loaded: &LoadedModule, state: ModuleState) {
        self.machine.notify_module_state(loaded.this_module, state as u64);
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

    /// `free_module` of one that never lived: gives back everything it has. Nobody can find it any more.
    pub(crate) fn free_module(&self, loaded: &LoadedModule) {
        self.unlink(loaded);
        self.free_memory(loaded);
    }

    /// Takes a module out of the list, and gives back what it held of others.
    pub(crate) fn unlink(&self, loaded: &LoadedModule) {
        self.destroy_params(loaded);
        self.registry.remove(loaded);
    }

    /// Gives back a module's memory, poisoned: nobody is in it.
    pub(crate) fn free_memory(&self, loaded: &LoadedModule) {
        if let Some(offset) = loaded.percpu() {
            self.machine.percpu().free(offset);
        }
        *loaded.memory.write() = None;
    }
}
