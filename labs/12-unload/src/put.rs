//! Letting a module go that somebody may be waiting for. `kernel/module.c, module_put`, as it was from 2.5.48 to 3.12:
//! `if (unlikely(!module_is_live(module))) wake_up_process(module->waiter);`

use abi::ModuleState;

use super::{
    parts::Refcount,
    sync::{Ordering, fence},
    wait::Waiter,
};

/// `module_put`: gives a reference back, and wakes the `waiter` of a module that is GOING; it looks at the count itself.
/// A module that comes or is LIVE has no waiter, and nobody is woken.
///
/// [`Refcount::put`] is Release: it orders what the holder did *before* it. The look at the state must not move above
/// it: that takes a fence. False where there was no reference to give back.
pub fn module_put<W: Waiter + ?Sized>(refcount: &Refcount, waiter: &W) -> bool {
    todo!("give the reference back, and wake who waits for a module that is GOING")
}
