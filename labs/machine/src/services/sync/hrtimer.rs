//! Timers in nanoseconds, of which jiffies are all the precision there is here. Linux: kernel/time/hrtimer.c.

use std::collections::HashMap;
use std::sync::Arc;

use abi::offsets::{hrtimer, hrtimer_clock_base};

use super::{parking, tasks};
use crate::services::{field, functions, heap, with};
use crate::task::Task;
use crate::{HZ, Table, TimerId, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; hrtimer_init/3, hrtimer_start_range_ns/4, hrtimer_cancel/1, hrtimer_try_to_cancel/1, hrtimer_active/1,
        hrtimer_forward/3, __hrtimer_get_remaining/2);
}

/// HRTIMER_MODE_REL, HRTIMER_STATE_ENQUEUED, HRTIMER_RESTART.
const RELATIVE: u32 = 1;
const ENQUEUED: u8 = 1;
const RESTART: u64 = 1;
const JIFFY: u64 = 1_000_000_000 / HZ;

/// Timers by the address of their struct hrtimer.
#[derive(Default)]
struct Timers {
    set: HashMap<u64, TimerId>,
    running: HashMap<u64, Arc<Task>>,
    /// The struct hrtimer_clock_base that inlined code asks for the time.
    base: u64,
}

/// The one clock base: its function is ktime_get().
fn base() -> u64 {
    let there = with(|timers: &mut Timers| timers.base);
    if there != 0 {
        return there;
    }
    let new = heap::allocate(hrtimer_clock_base::SIZE as u64, 0);
    let get_time = current().machine().exports().value("ktime_get").unwrap_or(0);
    // SAFETY: a new object of that size.
    unsafe { field::put(new, hrtimer_clock_base::GET_TIME, get_time) };
    with(|timers: &mut Timers| timers.base = new);
    new
}

unsafe extern "C" fn hrtimer_init(timer: u64, _clock: i32, _mode: u32) {
    let base = base();
    // SAFETY: the module's own struct hrtimer; a node in no tree points to itself.
    unsafe {
        std::ptr::write_bytes(timer as *mut u8, 0, hrtimer::SIZE);
        field::put(timer, 0, timer);
        field::put(timer, hrtimer::BASE, base);
    }
}

/// Sets the timer to its expiry.
unsafe fn start(timer: u64) {
    let here = current();
    let machine = here.machine();
    // SAFETY: the module's struct hrtimer.
    let expires: u64 = unsafe { field::get(timer, hrtimer::EXPIRES) };
    let left = expires.saturating_sub(machine.clock().nanoseconds());
    let jiffies = machine.clock().jiffies().wrapping_add(left.div_ceil(JIFFY));
    let id = machine.add_timer(here.cpu(), jiffies, move || fire(timer));
    // SAFETY: as above.
    unsafe { field::put(timer, hrtimer::STATE, ENQUEUED) };
    if let Some(before) = with(|timers: &mut Timers| timers.set.insert(timer, id)) {
        machine.remove_timer(before);
    }
}

/// The time has come: in a task of its own. The function says whether the timer goes on.
fn fire(timer: u64) {
    let me = current().task().clone();
    let due = with(|timers: &mut Timers| {
        let due = timers.set.remove(&timer).is_some();
        if due {
            timers.running.insert(timer, me);
        }
        due
    });
    if !due {
        return;
    }
    // SAFETY: the module's struct hrtimer and its function; nothing on this stack needs dropping.
    unsafe {
        field::put(timer, hrtimer::STATE, 0u8);
        let answer = tasks::call(field::get(timer, hrtimer::FUNCTION), &[timer]) as u32;
        if u64::from(answer) == RESTART && field::get::<u8>(timer, hrtimer::STATE) == 0 {
            start(timer);
        }
    }
    let me = with(|timers: &mut Timers| timers.running.remove(&timer));
    drop(me);
    parking::wake(timer);
}

unsafe extern "C" fn hrtimer_start_range_ns(timer: u64, time: i64, delta: u64, mode: u32) {
    let now = if mode & RELATIVE != 0 { current().machine().clock().nanoseconds() } else { 0 };
    let soft = now.saturating_add(time.max(0) as u64);
    // SAFETY: the module's struct hrtimer.
    unsafe {
        field::put(timer, hrtimer::SOFT_EXPIRES, soft);
        field::put(timer, hrtimer::EXPIRES, soft.saturating_add(delta));
        start(timer);
    }
}

/// 1 when it was set, 0 when not, -1 when its function runs now.
unsafe extern "C" fn hrtimer_try_to_cancel(timer: u64) -> i32 {
    let set = with(|timers: &mut Timers| timers.set.remove(&timer));
    if let Some(id) = set {
        current().machine().remove_timer(id);
        // SAFETY: the module's struct hrtimer.
        unsafe { field::put(timer, hrtimer::STATE, 0u8) };
        return 1;
    }
    if is_running(timer) { -1 } else { 0 }
}

fn is_running(timer: u64) -> bool {
    with(|timers: &mut Timers| timers.running.get(&timer).is_some_and(|task| task.outcome().is_none()))
}

unsafe extern "C" fn hrtimer_cancel(timer: u64) -> i32 {
    loop {
        // SAFETY: the module's struct hrtimer.
        let answer = unsafe { hrtimer_try_to_cancel(timer) };
        if answer >= 0 {
            return answer;
        }
        parking::wait(timer, None, || !is_running(timer));
    }
}

unsafe extern "C" fn hrtimer_active(timer: u64) -> bool {
    with(|timers: &mut Timers| timers.set.contains_key(&timer)) || is_running(timer)
}

/// Moves the expiry on by whole intervals until it lies behind `now`; by how many.
unsafe extern "C" fn hrtimer_forward(timer: u64, now: i64, interval: i64) -> u64 {
    // SAFETY: the module's struct hrtimer.
    unsafe {
        let expires: i64 = field::get(timer, hrtimer::EXPIRES);
        let late = now - expires;
        if late < 0 || interval <= 0 {
            return 0;
        }
        let times = late / interval + 1;
        field::put(timer, hrtimer::EXPIRES, expires + times * interval);
        field::put(timer, hrtimer::SOFT_EXPIRES, expires + times * interval);
        times as u64
    }
}

unsafe extern "C" fn __hrtimer_get_remaining(timer: u64, _adjust: bool) -> i64 {
    // SAFETY: the module's struct hrtimer.
    unsafe { field::get::<i64>(timer, hrtimer::EXPIRES) - current().machine().clock().nanoseconds() as i64 }
}
