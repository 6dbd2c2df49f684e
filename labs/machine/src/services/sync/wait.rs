//! Wait queues: lists in module memory of those to be woken, each with the function that wakes it.
//! Linux: kernel/sched/wait.c.

use abi::offsets;

use super::spin::{_raw_spin_lock, _raw_spin_unlock};
use super::tasks;
use crate::services::{functions, list};
use crate::task::state;
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __init_waitqueue_head/3, init_wait_entry/2, prepare_to_wait/3, prepare_to_wait_exclusive/3, prepare_to_wait_event/3,
        finish_wait/2, add_wait_queue/2, add_wait_queue_exclusive/2, add_wait_queue_priority/2, remove_wait_queue/2, __wake_up/4,
        __wake_up_locked/3, __wake_up_sync_key/3, wake_up_process/1, woken_wake_function/4, wait_woken/3,
        autoremove_wake_function/4, default_wake_function/4);
    table.function("__wake_up_sync", __wake_up_sync_key as *const (), 3);
}

/// WQ_FLAG_EXCLUSIVE, WQ_FLAG_WOKEN, WQ_FLAG_PRIORITY of include/linux/wait.h.
const EXCLUSIVE: u32 = 1;
const WOKEN: u32 = 2;
const PRIORITY: u32 = 0x10;

/// A wait queue's list head.
fn head(queue: u64) -> u64 {
    queue + offsets::wait_queue_head::HEAD as u64
}

/// An entry's node in that list.
fn node(entry: u64) -> u64 {
    entry + offsets::wait_queue_entry::ENTRY as u64
}

unsafe fn flags(entry: u64) -> *mut u32 {
    (entry + offsets::wait_queue_entry::FLAGS as u64) as *mut u32
}

/// Runs with the queue's own spin lock, the first word of it, held.
unsafe fn locked<R>(queue: u64, work: impl FnOnce() -> R) -> R {
    // SAFETY: the module's struct wait_queue_head.
    unsafe {
        _raw_spin_lock(queue);
        let result = work();
        _raw_spin_unlock(queue);
        result
    }
}

unsafe extern "C" fn __init_waitqueue_head(queue: u64, _name: u64, _key: u64) {
    // SAFETY: the module's own struct, not yet known to others.
    unsafe {
        *((queue + offsets::wait_queue_head::LOCK as u64) as *mut u32) = 0;
        list::init(head(queue));
    }
}

/// The stub's address of one of our own exports, which is what module code compares with and stores.
fn export(name: &str) -> u64 {
    current().machine().exports().value(name).unwrap_or(0)
}

unsafe extern "C" fn init_wait_entry(entry: u64, entry_flags: u32) {
    let me = current().task().address();
    // SAFETY: the module's own struct wait_queue_entry, on its stack.
    unsafe {
        *flags(entry) = entry_flags;
        *((entry + offsets::wait_queue_entry::PRIVATE as u64) as *mut u64) = me;
        *((entry + offsets::wait_queue_entry::FUNC as u64) as *mut u64) = export("autoremove_wake_function");
        list::init(node(entry));
    }
}

/// Puts an entry into its queue: exclusive waiters last, priority ones first.
unsafe fn enqueue(queue: u64, entry: u64, exclusive: bool) {
    // SAFETY: the module's queue, locked, and its entry.
    unsafe {
        if exclusive {
            *flags(entry) |= EXCLUSIVE;
            list::add_tail(node(entry), head(queue));
        } else {
            *flags(entry) &= !EXCLUSIVE;
            list::add(node(entry), head(queue));
        }
    }
}

unsafe fn prepare(queue: u64, entry: u64, new_state: u32, exclusive: bool) {
    tasks::remember_current();
    // SAFETY: the module's queue and entry.
    unsafe {
        locked(queue, || {
            if list::is_empty(node(entry)) {
                enqueue(queue, entry, exclusive);
            }
            current().task().set_state(new_state);
        });
    }
}

unsafe extern "C" fn prepare_to_wait(queue: u64, entry: u64, state: i32) {
    // SAFETY: the module's queue and entry.
    unsafe { prepare(queue, entry, state as u32, false) };
}

unsafe extern "C" fn prepare_to_wait_exclusive(queue: u64, entry: u64, state: i32) -> bool {
    // SAFETY: the module's queue and entry.
    unsafe {
        let was_empty = list::is_empty(head(queue));
        prepare(queue, entry, state as u32, true);
        was_empty
    }
}

unsafe extern "C" fn prepare_to_wait_event(queue: u64, entry: u64, state: i32) -> i64 {
    // SAFETY: the module's queue and entry. No signals reach a task here, so it is never -ERESTARTSYS.
    unsafe { prepare(queue, entry, state as u32, *flags(entry) & EXCLUSIVE != 0) };
    0
}

unsafe extern "C" fn finish_wait(queue: u64, entry: u64) {
    current().task().set_state(state::RUNNING);
    // SAFETY: the module's queue and entry.
    unsafe {
        if !list::is_empty(node(entry)) {
            locked(queue, || list::del_init(node(entry)));
        }
    }
}

unsafe extern "C" fn add_wait_queue(queue: u64, entry: u64) {
    tasks::remember_current();
    // SAFETY: the module's queue and entry.
    unsafe { locked(queue, || enqueue(queue, entry, false)) };
}

unsafe extern "C" fn add_wait_queue_exclusive(queue: u64, entry: u64) {
    tasks::remember_current();
    // SAFETY: the module's queue and entry.
    unsafe { locked(queue, || enqueue(queue, entry, true)) };
}

unsafe extern "C" fn add_wait_queue_priority(queue: u64, entry: u64) {
    tasks::remember_current();
    // SAFETY: the module's queue and entry.
    unsafe {
        *flags(entry) |= EXCLUSIVE | PRIORITY;
        locked(queue, || list::add(node(entry), head(queue)));
    }
}

unsafe extern "C" fn remove_wait_queue(queue: u64, entry: u64) {
    // SAFETY: the module's queue and entry.
    unsafe { locked(queue, || list::del(node(entry))) };
}

/// Calls the wake functions of everybody in the queue until enough exclusive ones were woken.
unsafe fn wake(queue: u64, mode: u32, exclusive: i32, key: u64) {
    // SAFETY: the module's queue, locked. A wake function may take its own entry out, so the next is read before.
    unsafe {
        let mut left = exclusive;
        let mut at = list::next(head(queue));
        while at != head(queue) {
            let next = list::next(at);
            let entry = at - offsets::wait_queue_entry::ENTRY as u64;
            let exclusive = *flags(entry) & EXCLUSIVE != 0;
            let function = *((entry + offsets::wait_queue_entry::FUNC as u64) as *const u64);
            let woken = tasks::call(function, &[entry, u64::from(mode), 0, key]) as i32;
            if woken < 0 {
                break;
            }
            if woken != 0 && exclusive {
                left -= 1;
                if left == 0 {
                    break;
                }
            }
            at = next;
        }
    }
}

unsafe extern "C" fn __wake_up(queue: u64, mode: u32, exclusive: i32, key: u64) {
    // SAFETY: the module's queue.
    unsafe { locked(queue, || wake(queue, mode, exclusive, key)) };
}

unsafe extern "C" fn __wake_up_sync_key(queue: u64, mode: u32, key: u64) {
    // SAFETY: the module's queue.
    unsafe { locked(queue, || wake(queue, mode, 1, key)) };
}

unsafe extern "C" fn __wake_up_locked(queue: u64, mode: u32, exclusive: i32) {
    // SAFETY: the module's queue, locked by the caller.
    unsafe { wake(queue, mode, exclusive, 0) };
}

/// try_to_wake_up() for a task_struct's address.
fn wake_task(task: u64, mask: u32) -> i32 {
    i32::from(tasks::find(task).is_some_and(|task| task.wake_state(mask)))
}

unsafe extern "C" fn wake_up_process(task: u64) -> i32 {
    wake_task(task, state::NORMAL)
}

unsafe extern "C" fn default_wake_function(entry: u64, mode: u32, _sync: i32, _key: u64) -> i32 {
    // SAFETY: an entry of a queue, whose private word is its task.
    wake_task(unsafe { *((entry + offsets::wait_queue_entry::PRIVATE as u64) as *const u64) }, mode)
}

unsafe extern "C" fn autoremove_wake_function(entry: u64, mode: u32, sync: i32, key: u64) -> i32 {
    // SAFETY: as default_wake_function; the queue is locked.
    unsafe {
        let woken = default_wake_function(entry, mode, sync, key);
        if woken != 0 {
            list::del_init(node(entry));
        }
        woken
    }
}

unsafe extern "C" fn woken_wake_function(entry: u64, mode: u32, sync: i32, key: u64) -> i32 {
    // SAFETY: as default_wake_function.
    unsafe {
        *flags(entry) |= WOKEN;
        default_wake_function(entry, mode, sync, key)
    }
}

unsafe extern "C" fn wait_woken(entry: u64, state: u32, timeout: i64) -> i64 {
    // SAFETY: the module's entry, which is in a queue with woken_wake_function.
    unsafe {
        tasks::remember_current();
        current().task().set_state(state);
        let left = if *flags(entry) & WOKEN == 0 { super::sleep::schedule_timeout(timeout) } else { timeout };
        current().task().set_state(state::RUNNING);
        *flags(entry) &= !WOKEN;
        left
    }
}
