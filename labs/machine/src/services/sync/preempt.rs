//! The preemption count: how often the running task has asked not to be moved off its CPU. Linux: kernel/sched/core.c,
//! kernel/softirq.c; the count's parts are in include/linux/preempt.h.

use crate::Table;
use crate::services::functions;
use crate::task::{self, with_local};

/// SOFTIRQ_DISABLE_OFFSET: what local_bh_disable() adds.
pub const SOFTIRQ: u32 = 0x200;
/// The top bit says, the other way round, that a task switch is due.
const NEED_RESCHED: u32 = 0x8000_0000;

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __local_bh_enable_ip/2, migrate_disable/0, migrate_enable/0, __cond_resched_lock/1);
    for name in ["__SCT__might_resched", "__SCT__cond_resched", "__cond_resched", "yield"] {
        table.function(name, cond_resched as *const (), 0);
    }
    // Called with every register in use, and only when a task switch is due, which tasks here do of their own accord.
    for name in ["__SCT__preempt_schedule", "__SCT__preempt_schedule_notrace"] {
        table.code(name, &[0xc3]);
    }
}

/// Adds to the count of this CPU.
pub fn add(amount: u32) {
    with_local(|local| local.set_preempt_count(local.preempt_count().wrapping_add(amount)));
}

/// Takes from the count of this CPU.
pub fn sub(amount: u32) {
    with_local(|local| local.set_preempt_count(local.preempt_count().wrapping_sub(amount)));
}

/// preempt_disable().
pub fn preempt_disable() {
    add(1);
}

/// preempt_enable().
pub fn preempt_enable() {
    sub(1);
}

/// Whether the running task may not sleep.
pub fn in_atomic() -> bool {
    with_local(|local| local.preempt_count() & !NEED_RESCHED != 0).unwrap_or(false)
}

unsafe extern "C" fn cond_resched() -> i32 {
    if in_atomic() {
        return 0;
    }
    task::yield_now();
    1
}

unsafe extern "C" fn __cond_resched_lock(_lock: u64) -> i32 {
    // Nothing is due while a spin lock is held.
    0
}

unsafe extern "C" fn __local_bh_enable_ip(_caller: u64, amount: u32) {
    sub(amount);
}

/// A task never leaves its CPU here, so nothing has to be kept from migrating.
unsafe extern "C" fn migrate_disable() {}

unsafe extern "C" fn migrate_enable() {}
