//! Mutexes: the owner's task_struct in the first word, 0 when free. Linux: kernel/locking/mutex.c.

use std::sync::atomic::{AtomicU64, Ordering};

use abi::offsets;

use super::parking;
use crate::services::functions;
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __mutex_init/3, mutex_lock/1, mutex_unlock/1, mutex_trylock/1, mutex_lock_interruptible/1, mutex_lock_killable/1,
        mutex_is_locked/1, atomic_dec_and_mutex_lock/2, rt_mutex_base_init/1, __rt_mutex_init/3);
    for (name, of) in [
        ("mutex_lock_io", "mutex_lock"),
        ("rt_mutex_lock", "mutex_lock"),
        ("rt_mutex_unlock", "mutex_unlock"),
        ("rt_mutex_trylock", "mutex_trylock"),
        ("refcount_dec_and_mutex_lock", "atomic_dec_and_mutex_lock"),
    ] {
        table.alias(name, of);
    }
}

unsafe fn owner<'a>(mutex: u64) -> &'a AtomicU64 {
    // SAFETY: the module's struct mutex begins with this word, which all CPUs touch atomically.
    unsafe { AtomicU64::from_ptr((mutex + offsets::mutex::OWNER as u64) as *mut u64) }
}

unsafe extern "C" fn __mutex_init(mutex: u64, _name: u64, _key: u64) {
    // SAFETY: the module's own struct, not yet known to others; an empty list points to itself.
    unsafe {
        std::ptr::write_bytes(mutex as *mut u8, 0, offsets::mutex::SIZE);
        let list = mutex + offsets::mutex::WAIT_LIST as u64;
        *(list as *mut [u64; 2]) = [list, list];
    }
}

/// The same struct in size as far as modules embed it; nothing of it is read before it is locked.
unsafe extern "C" fn rt_mutex_base_init(mutex: u64) {
    // SAFETY: the module's own struct rt_mutex_base of 32 bytes.
    unsafe { std::ptr::write_bytes(mutex as *mut u8, 0, offsets::mutex::SIZE) };
}

unsafe extern "C" fn __rt_mutex_init(mutex: u64, _name: u64, _key: u64) {
    // SAFETY: as rt_mutex_base_init.
    unsafe { rt_mutex_base_init(mutex) };
}

/// mutex_trylock().
pub unsafe extern "C" fn mutex_trylock(mutex: u64) -> i32 {
    let me = current().task().address();
    // SAFETY: the module's mutex. Acquire pairs with the Release in mutex_unlock.
    let taken = unsafe { owner(mutex) }.compare_exchange(0, me, Ordering::Acquire, Ordering::Relaxed);
    i32::from(taken.is_ok())
}

/// mutex_lock().
pub unsafe extern "C" fn mutex_lock(mutex: u64) {
    // SAFETY: the module's mutex.
    parking::wait(mutex, None, || unsafe { mutex_trylock(mutex) } != 0);
}

/// No signals reach a task here, so nothing interrupts it.
unsafe extern "C" fn mutex_lock_interruptible(mutex: u64) -> i32 {
    // SAFETY: the module's mutex.
    unsafe { mutex_lock(mutex) };
    0
}

unsafe extern "C" fn mutex_lock_killable(mutex: u64) -> i32 {
    // SAFETY: the module's mutex.
    unsafe { mutex_lock(mutex) };
    0
}

/// mutex_unlock().
pub unsafe extern "C" fn mutex_unlock(mutex: u64) {
    // SAFETY: the module's mutex. Release pairs with the Acquire in mutex_trylock.
    unsafe { owner(mutex) }.store(0, Ordering::Release);
    parking::wake(mutex);
}

unsafe extern "C" fn mutex_is_locked(mutex: u64) -> bool {
    // SAFETY: the module's mutex. Relaxed: the answer is old by the time it is read.
    unsafe { owner(mutex) }.load(Ordering::Relaxed) != 0
}

unsafe extern "C" fn atomic_dec_and_mutex_lock(count: u64, mutex: u64) -> i32 {
    // SAFETY: the module's atomic_t and mutex.
    unsafe {
        let count = std::sync::atomic::AtomicI32::from_ptr(count as *mut i32);
        let unless_one = |value: i32| (value != 1).then(|| value.wrapping_sub(1));
        // AcqRel: whoever drops the last reference sees what the others wrote.
        if count.fetch_update(Ordering::AcqRel, Ordering::Relaxed, unless_one).is_ok() {
            return 0;
        }
        mutex_lock(mutex);
        if count.fetch_sub(1, Ordering::AcqRel) == 1 {
            return 1;
        }
        mutex_unlock(mutex);
    }
    0
}
