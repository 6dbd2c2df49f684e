//! Completions: "it is done", however many wait for it and whenever they come. Linux: kernel/sched/completion.c.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use abi::offsets;

use super::parking;
use crate::services::functions;
use crate::{HZ, Table};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __init_swait_queue_head/3, complete/1, complete_all/1, completion_done/1, try_wait_for_completion/1,
        wait_for_completion/1, wait_for_completion_interruptible/1, wait_for_completion_timeout/2);
    for (name, of) in [
        ("wait_for_completion_io", "wait_for_completion"),
        ("wait_for_completion_killable", "wait_for_completion_interruptible"),
        ("wait_for_completion_io_timeout", "wait_for_completion_timeout"),
        ("wait_for_completion_interruptible_timeout", "wait_for_completion_timeout"),
        ("wait_for_completion_killable_timeout", "wait_for_completion_timeout"),
    ] {
        table.alias(name, of);
    }
}

/// complete_all(): done for everybody and for ever.
const ALL: u32 = u32::MAX;

unsafe extern "C" fn __init_swait_queue_head(queue: u64, _name: u64, _key: u64) {
    // SAFETY: the module's own struct, not yet known to others; an empty list points to itself.
    unsafe {
        *((queue + offsets::swait_queue_head::LOCK as u64) as *mut u32) = 0;
        let list = queue + offsets::swait_queue_head::TASK_LIST as u64;
        *(list as *mut [u64; 2]) = [list, list];
    }
}

unsafe fn done<'a>(completion: u64) -> &'a AtomicU32 {
    // SAFETY: the module's struct completion; all CPUs touch the count atomically.
    unsafe { AtomicU32::from_ptr((completion + offsets::completion::DONE as u64) as *mut u32) }
}

/// Uses up one completion, unless it is done for everybody; whether there was one.
unsafe fn take(completion: u64) -> bool {
    let one = |count: u32| if count == ALL { Some(ALL) } else { count.checked_sub(1) };
    // SAFETY: the module's completion. Acquire pairs with the Release in complete().
    unsafe { done(completion) }.fetch_update(Ordering::Acquire, Ordering::Relaxed, one).is_ok()
}

/// complete().
pub unsafe extern "C" fn complete(completion: u64) {
    // SAFETY: the module's completion. Release pairs with the Acquire in take().
    let _ = unsafe { done(completion) }
        .fetch_update(Ordering::Release, Ordering::Relaxed, |count| Some(count.saturating_add(1)));
    parking::wake(completion);
}

unsafe extern "C" fn complete_all(completion: u64) {
    // SAFETY: the module's completion. Release as above.
    unsafe { done(completion) }.store(ALL, Ordering::Release);
    parking::wake(completion);
}

unsafe extern "C" fn completion_done(completion: u64) -> bool {
    // SAFETY: the module's completion. Acquire pairs with the Release in complete().
    unsafe { done(completion) }.load(Ordering::Acquire) != 0
}

unsafe extern "C" fn try_wait_for_completion(completion: u64) -> bool {
    // SAFETY: the module's completion.
    unsafe { take(completion) }
}

/// wait_for_completion().
pub unsafe extern "C" fn wait_for_completion(completion: u64) {
    // SAFETY: the module's completion.
    parking::wait(completion, None, || unsafe { take(completion) });
}

/// No signals reach a task here, so nothing interrupts it.
unsafe extern "C" fn wait_for_completion_interruptible(completion: u64) -> i32 {
    // SAFETY: the module's completion.
    unsafe { wait_for_completion(completion) };
    0
}

/// The jiffies that were left, at least 1; 0 when it was not done in time.
unsafe extern "C" fn wait_for_completion_timeout(completion: u64, jiffies: u64) -> u64 {
    let limit = Duration::from_nanos(jiffies.min(1 << 32).saturating_mul(1_000_000_000 / HZ));
    let started = Instant::now();
    // SAFETY: the module's completion.
    if !parking::wait(completion, Some(limit), || unsafe { take(completion) }) {
        return 0;
    }
    let left = limit.saturating_sub(started.elapsed()).as_millis() as u64 * HZ / 1000;
    left.max(1)
}
