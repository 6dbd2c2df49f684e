//! Timers in module memory: a function to be called when jiffies reach a value. Linux: kernel/time/timer.c.

use std::collections::HashMap;
use std::sync::Arc;

use abi::offsets::timer_list;

use super::{parking, tasks};
use crate::services::{functions, with};
use crate::task::Task;
use crate::{HZ, Table, TimerId, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; init_timer_key/5, add_timer/1, add_timer_on/2, mod_timer/2, mod_timer_pending/2, timer_delete/1,
        timer_delete_sync/1, round_jiffies/1, __round_jiffies/2);
    for (name, of) in [
        ("timer_reduce", "mod_timer"),
        ("try_to_del_timer_sync", "timer_delete"),
        ("timer_shutdown", "timer_delete"),
        ("timer_shutdown_sync", "timer_delete_sync"),
        ("round_jiffies_up", "round_jiffies"),
        ("round_jiffies_relative", "round_jiffies"),
        ("__round_jiffies_relative", "__round_jiffies"),
    ] {
        table.alias(name, of);
    }
}

/// Timers by the address of their struct timer_list.
#[derive(Default)]
struct Pending {
    set: HashMap<u64, TimerId>,
    running: HashMap<u64, Arc<Task>>,
}

/// timer_pending() looks whether `entry.pprev` is NULL.
unsafe fn mark(timer: u64, pending: bool) {
    // SAFETY: the module's struct timer_list.
    unsafe {
        *((timer + timer_list::ENTRY as u64 + 8) as *mut u64) = if pending { timer } else { 0 };
    }
}

unsafe extern "C" fn init_timer_key(timer: u64, function: u64, flags: u32, _name: u64, _key: u64) {
    // SAFETY: the module's own struct, in no use yet.
    unsafe {
        mark(timer, false);
        *((timer + timer_list::FUNCTION as u64) as *mut u64) = function;
        *((timer + timer_list::FLAGS as u64) as *mut u32) = flags;
    }
}

/// Sets the timer to its `expires`, on a CPU; whether it had been set before.
pub unsafe fn start(timer: u64, expires: u64, cpu: usize) -> bool {
    // SAFETY: the module's struct timer_list.
    unsafe {
        *((timer + timer_list::EXPIRES as u64) as *mut u64) = expires;
        mark(timer, true);
    }
    let machine = current().machine().clone();
    let id = machine.add_timer(cpu, expires, move || fire(timer));
    let before = with(|pending: &mut Pending| pending.set.insert(timer, id));
    before.is_some_and(|id| machine.remove_timer(id))
}

/// The time has come: in a task of its own.
fn fire(timer: u64) {
    let me = current().task().clone();
    let due = with(|pending: &mut Pending| {
        let due = pending.set.remove(&timer).is_some();
        if due {
            pending.running.insert(timer, me);
        }
        due
    });
    if !due {
        return;
    }
    super::preempt::add(0x100);
    // SAFETY: the module's struct timer_list and its function; nothing on this stack needs dropping.
    unsafe {
        mark(timer, false);
        let function = *((timer + timer_list::FUNCTION as u64) as *const u64);
        tasks::call(function, &[timer]);
    }
    super::preempt::sub(0x100);
    let me = with(|pending: &mut Pending| pending.running.remove(&timer));
    drop(me);
    parking::wake(timer);
}

unsafe extern "C" fn add_timer(timer: u64) {
    // SAFETY: the module's struct timer_list.
    unsafe { start(timer, *((timer + timer_list::EXPIRES as u64) as *const u64), current().cpu()) };
}

unsafe extern "C" fn add_timer_on(timer: u64, cpu: i32) {
    // SAFETY: the module's struct timer_list.
    unsafe { start(timer, *((timer + timer_list::EXPIRES as u64) as *const u64), cpu.max(0) as usize) };
}

unsafe extern "C" fn mod_timer(timer: u64, expires: u64) -> i32 {
    // SAFETY: the module's struct timer_list.
    i32::from(unsafe { start(timer, expires, current().cpu()) })
}

unsafe extern "C" fn mod_timer_pending(timer: u64, expires: u64) -> i32 {
    if !with(|pending: &mut Pending| pending.set.contains_key(&timer)) {
        return 0;
    }
    // SAFETY: the module's struct timer_list.
    i32::from(unsafe { start(timer, expires, current().cpu()) })
}

/// Takes the timer back; whether it was set.
pub unsafe extern "C" fn timer_delete(timer: u64) -> i32 {
    let Some(id) = with(|pending: &mut Pending| pending.set.remove(&timer)) else { return 0 };
    // SAFETY: the module's struct timer_list.
    unsafe { mark(timer, false) };
    current().machine().remove_timer(id);
    1
}

/// As timer_delete(), and its function does not run any more when this returns.
pub unsafe extern "C" fn timer_delete_sync(timer: u64) -> i32 {
    // SAFETY: the module's struct timer_list.
    let was_set = unsafe { timer_delete(timer) };
    // A callback that oopsed will never come back; its task says so.
    parking::wait(timer, None, || {
        with(|pending: &mut Pending| pending.running.get(&timer).is_none_or(|task| task.outcome().is_some()))
    });
    was_set
}

/// Jiffies of a whole second.
unsafe extern "C" fn round_jiffies(jiffies: u64) -> u64 {
    jiffies.next_multiple_of(HZ)
}

unsafe extern "C" fn __round_jiffies(jiffies: u64, _cpu: i32) -> u64 {
    jiffies.next_multiple_of(HZ)
}
