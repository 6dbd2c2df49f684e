//! Look-ups while modules come and go. `kernel/module/main.c`, find_module_all, resolve_symbol, ref_module;
//! `kernel/module/kallsyms.c`, module_address_lookup.

use std::sync::Arc;

use abi::Errno;
use abi::ModuleState;

use super::sync::Mutex;

// ANCHOR: Listed
/// A module in the kernel's list, as look-ups see it.
pub trait Listed {
    /// Its name.
    fn name(&self) -> &str;
    /// Where it is in its life.
    fn state(&self) -> ModuleState;
    /// Whether it exports `symbol`.
    fn exports(&self, symbol: &str) -> bool;
    /// `strong_try_module_get`: takes a reference; `EBUSY` while it is COMING, `ENOENT` once it is GOING.
    fn strong_try_get(&self) -> Result<(), Errno>;
}
// ANCHOR_END: Listed

impl<M: Listed> Listed for Arc<M> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn state(&self) -> ModuleState {
        (**self).state()
    }

    fn exports(&self, symbol: &str) -> bool {
        (**self).exports(symbol)
    }

    fn strong_try_get(&self) -> Result<(), Errno> {
        (**self).strong_try_get()
    }
}

/// `find_module`: the module called `name`. Those that are UNFORMED are not there yet; the ones that are GOING are, so
/// that `rmmod` can say EBUSY of them, `lsmod` can show them, and an oops in their exit has names.
pub fn find_module<M: Listed + Clone>(modules: &Mutex<Vec<M>>, name: &str) -> Option<M> {
    let modules = modules.lock();
    modules.iter().find(|module| module.state() != ModuleState::Unformed && module.name() == name).cloned()
}

/// `resolve_symbol`, `ref_module`: the module that exports `symbol`, with a reference to it, which the user keeps until
/// it goes itself.
///
/// `modules` is `module_mutex` with what it protects. It is held from the look to the reference, as `rmmod` holds it
/// from its first refusal to GOING: between the two a module could go, and what is asked for the reference, the `struct
/// module`, lies in its own memory. Modules that are UNFORMED are passed over; of the others the first that exports it
/// decides.
///
/// # Errors
/// `ENOENT` where nobody exports it, and what `strong_try_get` says.
pub fn resolve_symbol<M: Listed + Clone>(modules: &Mutex<Vec<M>>, symbol: &str) -> Result<M, Errno> {
    // ANCHOR: task_resolve_symbol
    let modules = modules.lock();
    let mut formed = modules.iter().filter(|module| module.state() != ModuleState::Unformed);
    let owner = formed.find(|module| module.exports(symbol)).ok_or(Errno::ENOENT)?;
    owner.strong_try_get()?;
    Ok(owner.clone())
    // ANCHOR_END: task_resolve_symbol
}
