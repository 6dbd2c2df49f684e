//! Reader-writer spin locks: 0xff in the lowest byte is a writer, each reader adds 0x200. Linux: kernel/locking/qrwlock.c.

use std::sync::atomic::{AtomicU32, Ordering};

use super::preempt::{self, SOFTIRQ};
use super::spin::{IRQS_ON, until};
use crate::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; _raw_read_lock/1, _raw_read_unlock/1, _raw_write_lock/1, _raw_write_unlock/1, _raw_read_lock_irqsave/1,
        _raw_read_unlock_irqrestore/2, _raw_write_lock_irqsave/1, _raw_write_unlock_irqrestore/2, _raw_read_lock_bh/1,
        _raw_read_unlock_bh/1, _raw_write_lock_bh/1, _raw_write_unlock_bh/1, _raw_write_trylock/1, _raw_read_trylock/1);
    for (name, of) in [
        ("_raw_read_lock_irq", "_raw_read_lock"),
        ("_raw_read_unlock_irq", "_raw_read_unlock"),
        ("_raw_write_lock_irq", "_raw_write_lock"),
        ("_raw_write_unlock_irq", "_raw_write_unlock"),
    ] {
        table.alias(name, of);
    }
}

const WRITER: u32 = 0xff;
const READER: u32 = 0x200;

unsafe fn word<'a>(lock: u64) -> &'a AtomicU32 {
    // SAFETY: the module's rwlock_t begins with this word, which all CPUs touch atomically.
    unsafe { AtomicU32::from_ptr(lock as *mut u32) }
}

/// One attempt to read; Acquire pairs with the writers' Release.
fn try_read(word: &AtomicU32) -> bool {
    let reader = |count: u32| (count & WRITER == 0).then(|| count + READER);
    word.fetch_update(Ordering::Acquire, Ordering::Relaxed, reader).is_ok()
}

/// One attempt to write; Acquire pairs with the Release of readers and writers.
fn try_write(word: &AtomicU32) -> bool {
    word.compare_exchange(0, WRITER, Ordering::Acquire, Ordering::Relaxed).is_ok()
}

unsafe fn read(lock: u64, count: u32) {
    preempt::add(count);
    // SAFETY: the module's lock.
    let word = unsafe { word(lock) };
    until(|| try_read(word));
}

unsafe fn read_done(lock: u64, count: u32) {
    // SAFETY: the module's lock, held for reading. Release pairs with the Acquire of a writer.
    unsafe { word(lock) }.fetch_sub(READER, Ordering::Release);
    preempt::sub(count);
}

unsafe fn write(lock: u64, count: u32) {
    preempt::add(count);
    // SAFETY: the module's lock.
    let word = unsafe { word(lock) };
    until(|| try_write(word));
}

unsafe fn write_done(lock: u64, count: u32) {
    // SAFETY: the module's lock, held for writing. Release pairs with the Acquire of all others.
    unsafe { word(lock) }.fetch_and(!WRITER, Ordering::Release);
    preempt::sub(count);
}

macro_rules! locks {
    ($($name:ident = $work:ident($count:expr);)*) => { $(
        unsafe extern "C" fn $name(lock: u64) {
            // SAFETY: the module's lock.
            unsafe { $work(lock, $count) };
        }
    )* };
}

locks! {
    _raw_read_lock = read(1);
    _raw_read_unlock = read_done(1);
    _raw_write_lock = write(1);
    _raw_write_unlock = write_done(1);
    _raw_read_lock_bh = read(SOFTIRQ + 1);
    _raw_read_unlock_bh = read_done(SOFTIRQ + 1);
    _raw_write_lock_bh = write(SOFTIRQ + 1);
    _raw_write_unlock_bh = write_done(SOFTIRQ + 1);
}

unsafe extern "C" fn _raw_read_lock_irqsave(lock: u64) -> u64 {
    // SAFETY: the module's lock.
    unsafe { read(lock, 1) };
    IRQS_ON
}

unsafe extern "C" fn _raw_read_unlock_irqrestore(lock: u64, _flags: u64) {
    // SAFETY: the module's lock.
    unsafe { read_done(lock, 1) };
}

unsafe extern "C" fn _raw_write_lock_irqsave(lock: u64) -> u64 {
    // SAFETY: the module's lock.
    unsafe { write(lock, 1) };
    IRQS_ON
}

unsafe extern "C" fn _raw_write_unlock_irqrestore(lock: u64, _flags: u64) {
    // SAFETY: the module's lock.
    unsafe { write_done(lock, 1) };
}

unsafe extern "C" fn _raw_write_trylock(lock: u64) -> i32 {
    // SAFETY: the module's lock.
    let taken = try_write(unsafe { word(lock) });
    preempt::add(u32::from(taken));
    i32::from(taken)
}

unsafe extern "C" fn _raw_read_trylock(lock: u64) -> i32 {
    // SAFETY: the module's lock.
    let taken = try_read(unsafe { word(lock) });
    preempt::add(u32::from(taken));
    i32::from(taken)
}
