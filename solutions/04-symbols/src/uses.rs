//! Who uses whom: a module that uses another's symbol holds one reference to it until it is itself
//! unloaded. `kernel/module/main.c`, already_uses, add_module_usage, ref_module, module_unload_free.

use abi::Errno;

use crate::{Kernel, ModuleId};

/// Which loaded module uses which.
#[derive(Debug, Clone, Default)]
pub struct ModuleUses {
    /// User and used, in the order in which they got together.
    pairs: Vec<(ModuleId, ModuleId)>,
}

impl ModuleUses {
    /// Whether `user` uses `used` already.
    pub fn already_uses(&self, user: ModuleId, used: ModuleId) -> bool {
        self.pairs.contains(&(user, used))
    }

    /// Notes that `user` uses `used`.
    pub fn add_module_usage(&mut self, user: ModuleId, used: ModuleId) {
        self.pairs.push((user, used));
    }

    /// The modules that use `used`, the latest first, as `/proc/modules` lists them.
    pub fn users(&self, used: ModuleId) -> impl Iterator<Item = ModuleId> {
        self.pairs.iter().rev().filter(move |pair| pair.1 == used).map(|pair| pair.0)
    }

    /// The modules that `user` uses, the latest first.
    pub fn used_by(&self, user: ModuleId) -> impl Iterator<Item = ModuleId> {
        self.pairs.iter().rev().filter(move |pair| pair.0 == user).map(|pair| pair.1)
    }

    /// Forgets all that `user` uses, and says what it was, the latest first: for each of them the caller
    /// gives back a reference.
    pub fn module_unload_free(&mut self, user: ModuleId) -> Vec<ModuleId> {
        let used = self.used_by(user).collect();
        self.pairs.retain(|pair| pair.0 != user);
        used
    }
}

/// Makes `user` a user of `owner`.
///
/// - vmlinux (`None`) cannot be unloaded: there is nothing to do.
/// - An owner that `user` uses already is not asked again, whatever its state: the reference taken then still
///   holds.
/// - Otherwise a reference is taken ([`strong_try_module_get`](Kernel::strong_try_module_get)), and only who
///   got one is entered in the books ([`Kernel::uses`]). So there is one reference for each entry, as
///   [`module_unload_free`](ModuleUses::module_unload_free) expects.
///
/// # Errors
/// That of `strong_try_module_get`: `EBUSY` where the owner is still COMING, `ENOENT` where it is GOING.
pub fn ref_module(kernel: &mut impl Kernel, user: ModuleId, owner: Option<ModuleId>) -> Result<(), Errno> {
    // ANCHOR: task_ref_module
    let Some(owner) = owner else { return Ok(()) };
    if kernel.uses().already_uses(user, owner) {
        return Ok(());
    }
    kernel.strong_try_module_get(owner)?;
    kernel.uses().add_module_usage(user, owner);
    Ok(())
    // ANCHOR_END: task_ref_module
}
