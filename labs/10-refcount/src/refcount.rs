//! Who holds a module, and where it is in its life: the two things that decide whether its code may be
//! entered. `kernel/module/main.c`, try_module_get, module_put and try_release_module_ref, as they are since
//! 3.19: one atomic count with a base.

use abi::{Errno, ModuleState};

use super::sync::{AtomicI32, AtomicU32, Ordering};

/// What the count holds while the module may be entered: zero is the end, and nothing leads back from it.
const MODULE_REF_BASE: i32 = 1;

/// A count from here on is not changed any more: there are more holders than it can tell, so the module stays for
/// ever. Memory that is lost is better than memory that is freed under somebody.
const PINNED: i32 = 1 << 30;
/// Where a count goes that has reached `PINNED`: so far up that no unloader who takes the base for a moment leads it back
/// (`REFCOUNT_SATURATED`, include/linux/refcount.h, is as far from both its ends).
const SATURATED: i32 = PINNED + PINNED / 2;

/// A count with one more holder.
fn one_more(count: i32) -> i32 {
    if count >= PINNED - 1 { SATURATED } else { count + 1 }
}

/// A count with one holder less.
fn one_less(count: i32) -> i32 {
    if count >= PINNED { count } else { count - 1 }
}

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
        Refcount::with(ModuleState::Unformed, 1)
    }

    /// In this state, held by so many besides the base.
    pub fn with(state: ModuleState, holders: i32) -> Refcount {
        let state = AtomicU32::new(state as u32);
        let refcnt = AtomicI32::new(holders.saturating_add(MODULE_REF_BASE));
        Refcount { state, refcnt }
    }

    /// Where it is in its life.
    pub fn state(&self) -> ModuleState {
        // Acquire: pairs with the Release of `set_state`, so that whoever sees COMING or LIVE sees what was formed.
        self.state.load(Ordering::Acquire).into()
    }

    /// Moves it on.
    pub fn set_state(&self, state: ModuleState) {
        // Release: pairs with the Acquire of `state`.
        self.state.store(state as u32, Ordering::Release);
    }

    /// `module_refcount`: how many hold it, besides the kernel itself. -1 once it can no longer be held. A number to
    /// show: before you have read it, it may be another.
    pub fn count(&self) -> i32 {
        // Relaxed: nothing may be decided by it.
        self.refcnt.load(Ordering::Relaxed) - MODULE_REF_BASE
    }

    /// `module_put`: gives a reference back. False where there was none to give: the kernel warns then, and the count
    /// stays at zero.
    ///
    /// All that the holder did in the module must be over before anybody can see the new count.
    pub fn put(&self) -> bool {
        todo!("count one holder less, in one step, unless there is nothing left to count")
    }

    /// `try_module_get`: takes a reference, unless the module is GOING or the count says that its end has come. Looking
    /// at the count and taking the reference is one step.
    pub fn try_get(&self) -> bool {
        todo!("refuse what is GOING or whose count is at its end; else count one holder more, in one step")
    }

    /// `__module_get`: takes a reference where the caller knows of one already.
    pub fn get(&self) {
        // Relaxed: the reference that the caller knows of orders everything.
        let _ = self.refcnt.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| Some(one_more(count)));
    }

    /// `try_release_module_ref`: takes the base away, which nobody can come back from; or says that somebody
    /// holds the module, and leaves things as they were.
    ///
    /// True: nobody is in the module by its count, nobody can come in, and all that anybody did there is over. A holder
    /// who lets go while you put the base back has decided it: true.
    ///
    /// False: whoever lets go from now on, and looks round after that, sees all that you did before you asked.
    pub fn try_release(&self) -> bool {
        todo!("take the base away; put it back where somebody holds on, unless the last lets go meanwhile")
    }

    /// `strong_try_module_get`: takes a reference to a module whose `init` has returned. For those who call what it
    /// exports: they are bound to it before it may be ready.
    ///
    /// # Errors
    /// `EBUSY` while it is COMING, `ENOENT` once it is GOING, and where it is UNFORMED, of which nobody knows yet (the
    /// kernel has a BUG_ON there).
    pub fn strong_try_get(&self) -> Result<(), Errno> {
        todo!("ask first where the module is in its life, then take a plain reference")
    }
}

/// [`Refcount::try_get`] of an owner. What is built into the kernel has none, and may always be entered.
pub fn try_module_get(owner: Option<&Refcount>) -> bool {
    owner.is_none_or(Refcount::try_get)
}

/// [`Refcount::put`] of an owner.
pub fn module_put(owner: Option<&Refcount>) -> bool {
    owner.is_none_or(Refcount::put)
}
