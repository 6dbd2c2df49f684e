//! Who holds a module, and where it is in its life: the two things that decide whether its code may be
//! entered. `kernel/module/main.c`, try_module_get, module_put and try_release_module_ref, as they are since
//! 3.19: one atomic count with a base.

use abi::{Errno, ModuleState};

use super::sync::{AtomicI32, AtomicU32, Ordering};

/// What the count holds while the module may be entered: zero is the end, and nothing leads back from it.
const MODULE_REF_BASE: i32 = 1;

/// A module's state and count.
#[derive(Debug)]
pub struct Refcount {
    state: AtomicU32,
    refcnt: AtomicI32,
}

impl Default for Refcount {
    /// UNFORMED, with one reference for `init` besides the base (`module_unload_init`).
    fn default() -> Refcount {
        Refcount::new()
    }
}

impl Refcount {
    /// UNFORMED, with one reference for `init` besides the base (`module_unload_init`).
    pub fn new() -> Refcount {
        let state = AtomicU32::new(ModuleState::Unformed as u32);
        let refcnt = AtomicI32::new(MODULE_REF_BASE + 1);
        Refcount { state, refcnt }
    }

    /// Where it is in its life.
    pub fn state(&self) -> ModuleState {
        // Acquire: pairs with the Release of `set_state`, so that whoever sees COMING or LIVE sees what was formed.
        match self.state.load(Ordering::Acquire) {
            0 => ModuleState::Live,
            1 => ModuleState::Coming,
            2 => ModuleState::Going,
            _ => ModuleState::Unformed,
        }
    }

    /// Moves it on.
    pub fn set_state(&self, state: ModuleState) {
        // Release: pairs with the Acquire of `state`.
        self.state.store(state as u32, Ordering::Release);
    }

    /// `module_refcount`: how many hold it, besides the kernel itself. -1 once it can no longer be held.
    pub fn count(&self) -> i32 {
        // Relaxed: a number to show; nothing is decided by it.
        self.refcnt.load(Ordering::Relaxed) - MODULE_REF_BASE
    }

    /// `try_module_get`: takes a reference unless the module is on its way out.
    pub fn try_get(&self) -> bool {
        if self.state() == ModuleState::Going {
            return false;
        }
        // inc_not_zero. Acquire: pairs with the Release in `put`, so that a holder sees what earlier holders did.
        let taken = self.refcnt.fetch_update(Ordering::Acquire, Ordering::Relaxed, |count| {
            (count != 0).then(|| count.saturating_add(1))
        });
        taken.is_ok()
    }

    /// `strong_try_module_get`: takes a reference to a module whose `init` has returned.
    ///
    /// # Errors
    /// `EBUSY` while it is COMING, `ENOENT` once it is GOING.
    pub fn strong_try_get(&self) -> Result<(), Errno> {
        match self.state() {
            ModuleState::Coming => Err(Errno::EBUSY),
            _ if self.try_get() => Ok(()),
            _ => Err(Errno::ENOENT),
        }
    }

    /// `__module_get`: takes a reference where the caller knows of one already.
    pub fn get(&self) {
        // Relaxed: the reference that the caller knows of orders everything.
        self.refcnt.fetch_add(1, Ordering::Relaxed);
    }

    /// `module_put`: gives a reference back. False where there was none to give: the count stays at zero then.
    pub fn put(&self) -> bool {
        // Release: pairs with the Acquire of `try_release`, so that all that the holder did is over by then.
        let put = self
            .refcnt
            .fetch_update(Ordering::Release, Ordering::Relaxed, |count| (count > 0).then(|| count - 1));
        put.is_ok()
    }

    /// `try_release_module_ref`: takes the base away, which nobody can come back from; or says that somebody
    /// holds the module, and leaves things as they were.
    pub fn try_release(&self) -> bool {
        // AcqRel: Acquire pairs with the Release of `put`; Release so that a later failing `try_get` is after us.
        let left = self.refcnt.fetch_sub(MODULE_REF_BASE, Ordering::AcqRel) - MODULE_REF_BASE;
        if left == 0 {
            return true;
        }
        // Put the base back, unless the last holder has let go meanwhile: then the count is zero, and stays.
        let back = self.refcnt.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| {
            (count != 0).then_some(count + MODULE_REF_BASE)
        });
        back.is_err()
    }
}
