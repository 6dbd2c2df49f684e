//! `delete_module`: the refusals in the kernel's order, then GOING, exit, and the memory back.
//! `kernel/module/main.c, delete_module`.

use std::sync::Arc;

use abi::{Errno, LoadError};
use bstr::BStr;
use machine::{Level, call_module};
use symbols::ModuleState;
use vermagic::{LOCK_DEBUGGING_ENDS, Taint};

use crate::{kernel::Kernel, loaded::LoadedModule, not_done::NotDone};

impl Kernel {
    /// Removes the module called `name`. `force` removes it although somebody holds it, or although it has no
    /// exit (`O_TRUNC`), and taints the kernel.
    ///
    /// # Errors
    /// `ENOENT` where there is no such module; `EWOULDBLOCK` where others use or hold it; `EBUSY` where it is
    /// not LIVE, or has an init and no exit.
    pub fn delete_module(&self, name: &BStr, force: bool) -> Result<(), NotDone> {
        let loaded = self.stop_module(name, force).map_err(NotDone::Refused)?;
        let exit = loaded.formed().and_then(|formed| formed.exit);
        self.in_task("rmmod", || {
            if let Some(exit) = exit {
                // SAFETY: a function without arguments in the text of a module that is still mapped.
                unsafe { call_module(exit, &[0; 6]) };
            }
            self.notify(&loaded, ModuleState::Going);
            // What its code began asynchronously may be in its text, which goes now.
            self.machine.async_synchronize_full();
        })
        .map_err(NotDone::Killed)?;
        self.free_module(&loaded);
        Ok(())
    }

    /// The refusals, in the kernel's order; after them the module is GOING, and nobody can take a reference to it.
    /// All of it with the registry locked, so that nobody who resolves a symbol comes in between.
    ///
    /// | | refused, in silence, with | | unless forced |
    /// |--:|---|---|---|
    /// | 1 | `ENOENT` | no module that is formed has that name | |
    /// | 2 | `EAGAIN` | other modules use it (`modules.uses`) | |
    /// | 3 | `EBUSY` | it is not LIVE: it comes, or goes already | |
    /// | 4 | `EBUSY` | it has an init and no exit: it was never meant to go | yes |
    /// | 5 | `EAGAIN` | somebody holds it (`Refcount::try_release`, which changes nothing then) | yes |
    ///
    /// (`EWOULDBLOCK`, as the manual has it, is the number that is also called `EAGAIN`.) Force is asked of
    /// `try_force_unload`, and only where without it the answer were a refusal: it taints the kernel.
    fn stop_module(&self, name: &BStr, force: bool) -> Result<Arc<LoadedModule>, LoadError> {
        let modules = self.registry.lock();
        todo!("refuse in the order of the kernel, or make the module GOING")
    }

    /// Whether the module goes by force, which the kernel remembers (`try_force_unload`).
    fn try_force_unload(&self, force: bool) -> bool {
        if force {
            if self.registry.taints().lock_debugging_ends_with(Taint::ForcedRmmod) {
                self.machine.printk(Level::WARNING, LOCK_DEBUGGING_ENDS);
            }
            self.registry.add_taint(Taint::ForcedRmmod);
        }
        force
    }
}
