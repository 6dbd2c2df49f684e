//! Counting semaphores and reader-writer semaphores. Linux: kernel/locking/semaphore.c, rwsem.c.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use abi::{Errno, offsets};

use super::parking;
use crate::services::{fail, functions};
use crate::{HZ, Table};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; down/1, down_trylock/1, down_timeout/2, up/1, __init_rwsem/3, down_read_trylock/1, down_write_trylock/1,
        down_read/1, down_write/1, up_read/1, up_write/1, downgrade_write/1, down_interruptible/1);
    table.alias("down_killable", "down_interruptible");
    table.function("down_read_interruptible", down_read_killable as *const (), 1);
    table.function("down_read_killable", down_read_killable as *const (), 1);
    table.function("down_write_killable", down_write_killable as *const (), 1);
}

unsafe fn count<'a>(semaphore: u64) -> &'a AtomicU32 {
    // SAFETY: the module's struct semaphore; all CPUs touch the count atomically.
    unsafe { AtomicU32::from_ptr((semaphore + offsets::semaphore::COUNT as u64) as *mut u32) }
}

/// Takes one if there is one; Acquire pairs with the Release in up().
unsafe fn take(semaphore: u64) -> bool {
    // SAFETY: the module's semaphore.
    unsafe { count(semaphore) }
        .fetch_update(Ordering::Acquire, Ordering::Relaxed, |count| count.checked_sub(1))
        .is_ok()
}

unsafe extern "C" fn down(semaphore: u64) {
    // SAFETY: the module's semaphore.
    parking::wait(semaphore, None, || unsafe { take(semaphore) });
}

unsafe extern "C" fn down_interruptible(semaphore: u64) -> i32 {
    // SAFETY: the module's semaphore.
    unsafe { down(semaphore) };
    0
}

/// Nought when it was taken: the other way round than mutex_trylock().
unsafe extern "C" fn down_trylock(semaphore: u64) -> i32 {
    // SAFETY: the module's semaphore.
    i32::from(!unsafe { take(semaphore) })
}

unsafe extern "C" fn down_timeout(semaphore: u64, jiffies: i64) -> i32 {
    let limit = Duration::from_millis(jiffies.max(0) as u64 * 1000 / HZ);
    // SAFETY: the module's semaphore.
    let taken = parking::wait(semaphore, Some(limit), || unsafe { take(semaphore) });
    if taken { 0 } else { fail(Errno::ETIME) }
}

unsafe extern "C" fn up(semaphore: u64) {
    // SAFETY: the module's semaphore. Release pairs with the Acquire in take().
    unsafe { count(semaphore) }.fetch_add(1, Ordering::Release);
    parking::wake(semaphore);
}

/// RWSEM_WRITER_LOCKED and RWSEM_READER_BIAS.
const WRITER: u64 = 1;
const READER: u64 = 0x100;

unsafe fn holders<'a>(semaphore: u64) -> &'a AtomicU64 {
    // SAFETY: the module's struct rw_semaphore begins with this word.
    unsafe { AtomicU64::from_ptr((semaphore + offsets::rw_semaphore::COUNT as u64) as *mut u64) }
}

unsafe extern "C" fn __init_rwsem(semaphore: u64, _name: u64, _key: u64) {
    // SAFETY: the module's own struct, not yet known to others.
    unsafe { init_rwsem(semaphore) };
}

/// Makes the memory at `semaphore` a struct rw_semaphore that nobody holds.
pub unsafe fn init_rwsem(semaphore: u64) {
    // SAFETY: the caller's own struct, not yet known to others.
    unsafe {
        std::ptr::write_bytes(semaphore as *mut u8, 0, offsets::rw_semaphore::SIZE);
        let list = semaphore + offsets::rw_semaphore::WAIT_LIST as u64;
        *(list as *mut [u64; 2]) = [list, list];
    }
}

unsafe extern "C" fn down_read_trylock(semaphore: u64) -> i32 {
    let reader = |holders: u64| (holders & WRITER == 0).then(|| holders + READER);
    // SAFETY: the module's semaphore. Acquire pairs with the Release in up_write().
    i32::from(
        unsafe { holders(semaphore) }.fetch_update(Ordering::Acquire, Ordering::Relaxed, reader).is_ok(),
    )
}

unsafe extern "C" fn down_write_trylock(semaphore: u64) -> i32 {
    // SAFETY: the module's semaphore. Acquire pairs with the Release in up_read() and up_write().
    i32::from(
        unsafe { holders(semaphore) }
            .compare_exchange(0, WRITER, Ordering::Acquire, Ordering::Relaxed)
            .is_ok(),
    )
}

/// down_read().
pub unsafe extern "C" fn down_read(semaphore: u64) {
    // SAFETY: the module's semaphore.
    parking::wait(semaphore, None, || unsafe { down_read_trylock(semaphore) } != 0);
}

/// down_write().
pub unsafe extern "C" fn down_write(semaphore: u64) {
    // SAFETY: the module's semaphore.
    parking::wait(semaphore, None, || unsafe { down_write_trylock(semaphore) } != 0);
}

unsafe extern "C" fn down_read_killable(semaphore: u64) -> i32 {
    // SAFETY: the module's semaphore.
    unsafe { down_read(semaphore) };
    0
}

unsafe extern "C" fn down_write_killable(semaphore: u64) -> i32 {
    // SAFETY: the module's semaphore.
    unsafe { down_write(semaphore) };
    0
}

/// up_read().
pub unsafe extern "C" fn up_read(semaphore: u64) {
    // SAFETY: the module's semaphore. Release pairs with the Acquire of writers.
    unsafe { holders(semaphore) }.fetch_sub(READER, Ordering::Release);
    parking::wake(semaphore);
}

/// up_write().
pub unsafe extern "C" fn up_write(semaphore: u64) {
    // SAFETY: the module's semaphore. Release pairs with the Acquire of everybody.
    unsafe { holders(semaphore) }.fetch_and(!WRITER, Ordering::Release);
    parking::wake(semaphore);
}

unsafe extern "C" fn downgrade_write(semaphore: u64) {
    // SAFETY: the module's semaphore, held for writing. Release as up_write().
    unsafe { holders(semaphore) }.fetch_add(READER - WRITER, Ordering::Release);
    parking::wake(semaphore);
}
