//! The kernel's own large locks, of which modules take the network's. Linux: net/core/rtnetlink.c, kernel/module/main.c.

use super::mutex::{mutex_lock, mutex_trylock, mutex_unlock};
use crate::Table;
use crate::services::{functions, heap, list, with};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; rtnl_lock/0, rtnl_unlock/0, rtnl_trylock/0, rtnl_is_locked/0, rtnl_lock_killable/0);
    // The namespaces of the network: none, until somebody registers for them.
    let list = table.data("net_namespace_list", 16, 8, &[]);
    if list != 0 {
        // SAFETY: sixteen bytes that nobody else knows yet.
        unsafe { list::init(list) };
    }
}

/// The struct mutex that stands for the lock.
#[derive(Debug, Default)]
struct Rtnl(u64);

fn lock() -> u64 {
    let there = with(|rtnl: &mut Rtnl| rtnl.0);
    if there != 0 {
        return there;
    }
    let new = heap::allocate(abi::offsets::mutex::SIZE as u64, 0);
    let kept = with(|rtnl: &mut Rtnl| {
        if rtnl.0 == 0 {
            rtnl.0 = new;
        }
        rtnl.0
    });
    if kept != new {
        heap::free(new);
    }
    kept
}

unsafe extern "C" fn rtnl_lock() {
    // SAFETY: a struct mutex of our own, zeroed, which is free.
    unsafe { mutex_lock(lock()) };
}

unsafe extern "C" fn rtnl_lock_killable() -> i32 {
    // SAFETY: as above.
    unsafe { mutex_lock(lock()) };
    0
}

unsafe extern "C" fn rtnl_trylock() -> i32 {
    // SAFETY: as above.
    unsafe { mutex_trylock(lock()) }
}

unsafe extern "C" fn rtnl_unlock() {
    // SAFETY: as above; the caller holds it.
    unsafe { mutex_unlock(lock()) };
}

unsafe extern "C" fn rtnl_is_locked() -> i32 {
    // SAFETY: the first word of a struct mutex of our own is its owner.
    i32::from(unsafe { *(lock() as *const u64) } != 0)
}
