//! Spin locks. The lock word is the module's own: 0 is free. CPUs are threads, so the waiting is real.
//! Linux: kernel/locking/spinlock.c, qspinlock.c.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use super::preempt::{self, SOFTIRQ};
use crate::services::functions;
use crate::task::{Killed, kill};
use crate::{Level, Table, current, printk};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; _raw_spin_lock/1, _raw_spin_unlock/1, _raw_spin_trylock/1, _raw_spin_lock_irqsave/1, _raw_spin_unlock_irqrestore/2,
        _raw_spin_lock_bh/1, _raw_spin_unlock_bh/1, _raw_spin_trylock_bh/1, _atomic_dec_and_lock/2, _atomic_dec_and_lock_irqsave/3,
        refcount_dec_and_lock/2);
    for (name, of) in [("_raw_spin_lock_irq", "_raw_spin_lock"), ("_raw_spin_unlock_irq", "_raw_spin_unlock")]
    {
        table.alias(name, of);
    }
}

/// What local_irq_save() reports here: interrupts are always on.
pub const IRQS_ON: u64 = 0x200;

/// The lock word at an address.
unsafe fn word<'a>(lock: u64) -> &'a AtomicU32 {
    // SAFETY: the module's spinlock_t, four aligned bytes that all CPUs touch atomically.
    unsafe { AtomicU32::from_ptr(lock as *mut u32) }
}

/// Spins until `attempt` succeeds. A lock that is not released for as long as the watchdog waits ends the task: its
/// holder is asleep, dead, or the task itself.
pub fn until(attempt: impl Fn() -> bool) {
    let mut rounds = 0u32;
    let mut since = None;
    while !attempt() {
        rounds = rounds.wrapping_add(1);
        if rounds < 128 {
            std::hint::spin_loop();
            continue;
        }
        std::thread::yield_now();
        let started = *since.get_or_insert_with(Instant::now);
        if started.elapsed() > current().machine().config().soft_lockup {
            lockup(started);
        }
    }
}

fn lockup(since: Instant) -> ! {
    let reason = {
        let current = current();
        let (cpu, task) = (current.cpu(), current.task());
        let seconds = since.elapsed().as_secs();
        format!(
            "watchdog: BUG: soft lockup - CPU#{cpu} stuck for {seconds}s! [{}:{}]",
            task.name(),
            task.pid()
        )
    };
    printk(Level::EMERG, &format!("{reason}\n"));
    kill(Killed { reason, missing: None })
}

/// Takes the lock; the preemption count is the caller's matter.
///
/// # Safety
/// A spinlock_t lies at the address.
pub unsafe fn acquire(lock: u64) {
    // SAFETY: the caller's promise.
    let word = unsafe { word(lock) };
    // Acquire pairs with the Release in release(): what the last holder wrote is seen.
    until(|| word.compare_exchange_weak(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok());
}

/// Lets the lock go.
///
/// # Safety
/// As acquire(), and the caller holds it.
pub unsafe fn release(lock: u64) {
    // SAFETY: the caller's promise. Release pairs with the Acquire in acquire().
    unsafe { word(lock) }.store(0, Ordering::Release);
}

/// spin_lock().
pub unsafe extern "C" fn _raw_spin_lock(lock: u64) {
    preempt::add(1);
    // SAFETY: the module's lock.
    unsafe { acquire(lock) };
}

/// spin_unlock().
pub unsafe extern "C" fn _raw_spin_unlock(lock: u64) {
    // SAFETY: the module's lock.
    unsafe { release(lock) };
    preempt::sub(1);
}

unsafe extern "C" fn _raw_spin_trylock(lock: u64) -> i32 {
    // SAFETY: the module's lock. Acquire as in acquire().
    let taken = unsafe { word(lock) }.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok();
    if taken {
        preempt::add(1);
    }
    i32::from(taken)
}

unsafe extern "C" fn _raw_spin_lock_irqsave(lock: u64) -> u64 {
    // SAFETY: the module's lock.
    unsafe { _raw_spin_lock(lock) };
    IRQS_ON
}

unsafe extern "C" fn _raw_spin_unlock_irqrestore(lock: u64, _flags: u64) {
    // SAFETY: the module's lock.
    unsafe { _raw_spin_unlock(lock) };
}

unsafe extern "C" fn _raw_spin_lock_bh(lock: u64) {
    preempt::add(SOFTIRQ + 1);
    // SAFETY: the module's lock.
    unsafe { acquire(lock) };
}

unsafe extern "C" fn _raw_spin_unlock_bh(lock: u64) {
    // SAFETY: the module's lock.
    unsafe { release(lock) };
    preempt::sub(SOFTIRQ + 1);
}

unsafe extern "C" fn _raw_spin_trylock_bh(lock: u64) -> i32 {
    // SAFETY: the module's lock.
    let taken = unsafe { _raw_spin_trylock(lock) };
    if taken != 0 {
        preempt::add(SOFTIRQ);
    }
    taken
}

/// Decrements unless that would make it 0; then takes the lock first.
unsafe extern "C" fn _atomic_dec_and_lock(count: u64, lock: u64) -> i32 {
    // SAFETY: the module's atomic_t and its lock.
    unsafe {
        let count = word(count);
        let unless_one = |value: u32| (value != 1).then(|| value.wrapping_sub(1));
        // AcqRel: whoever drops the last reference must see what the others wrote before they dropped theirs.
        if count.fetch_update(Ordering::AcqRel, Ordering::Relaxed, unless_one).is_ok() {
            return 0;
        }
        _raw_spin_lock(lock);
        if count.fetch_sub(1, Ordering::AcqRel) == 1 {
            return 1;
        }
        _raw_spin_unlock(lock);
    }
    0
}

unsafe extern "C" fn _atomic_dec_and_lock_irqsave(count: u64, lock: u64, flags: *mut u64) -> i32 {
    // SAFETY: as _atomic_dec_and_lock, and the caller's variable.
    unsafe {
        *flags = IRQS_ON;
        _atomic_dec_and_lock(count, lock)
    }
}

unsafe extern "C" fn refcount_dec_and_lock(count: u64, lock: u64) -> bool {
    // SAFETY: a refcount_t is an atomic_t.
    unsafe { _atomic_dec_and_lock(count, lock) != 0 }
}
