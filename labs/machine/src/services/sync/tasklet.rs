//! Tasklets: work to be done soon, in a task of its own, never twice at once. Linux: kernel/softirq.c.

use std::sync::atomic::{AtomicU64, Ordering};

use abi::offsets::tasklet_struct;

use super::{parking, tasks};
use crate::services::functions;
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; tasklet_init/3, tasklet_setup/2, __tasklet_schedule/1, tasklet_kill/1, tasklet_unlock_wait/1);
    table.alias("__tasklet_hi_schedule", "__tasklet_schedule");
    table.alias("tasklet_unlock_spin_wait", "tasklet_unlock_wait");
}

/// TASKLET_STATE_SCHED and TASKLET_STATE_RUN as masks; the inlined tasklet_schedule() sets the first.
const SCHEDULED: u64 = 1;
const RUNNING: u64 = 2;

unsafe fn state<'a>(tasklet: u64) -> &'a AtomicU64 {
    // SAFETY: the module's struct tasklet_struct; all CPUs touch the state atomically.
    unsafe { AtomicU64::from_ptr((tasklet + tasklet_struct::STATE as u64) as *mut u64) }
}

unsafe fn prepare(tasklet: u64, function: u64, callback: bool, data: u64) {
    // SAFETY: the module's own struct, in no use yet.
    unsafe {
        std::ptr::write_bytes(tasklet as *mut u8, 0, tasklet_struct::SIZE);
        *((tasklet + tasklet_struct::USE_CALLBACK as u64) as *mut bool) = callback;
        *((tasklet + tasklet_struct::FUNC as u64) as *mut u64) = function;
        *((tasklet + tasklet_struct::DATA as u64) as *mut u64) = data;
    }
}

unsafe extern "C" fn tasklet_init(tasklet: u64, function: u64, data: u64) {
    // SAFETY: the module's own struct.
    unsafe { prepare(tasklet, function, false, data) };
}

unsafe extern "C" fn tasklet_setup(tasklet: u64, callback: u64) {
    // SAFETY: the module's own struct.
    unsafe { prepare(tasklet, callback, true, 0) };
}

unsafe extern "C" fn __tasklet_schedule(tasklet: u64) {
    let here = current();
    // Without a machine that accepts tasks nothing runs any more, tasklets included.
    let _ = here.machine().spawn(here.cpu(), "tasklet", move || {
        // SAFETY: the module's tasklet, which tasklet_kill() waits for before its memory goes.
        unsafe { run(tasklet) };
    });
}

unsafe fn run(tasklet: u64) {
    // SAFETY: the module's tasklet. Acquire pairs with the Release below: one run sees what the one before wrote.
    unsafe {
        super::spin::until(|| state(tasklet).fetch_or(RUNNING, Ordering::Acquire) & RUNNING == 0);
        state(tasklet).fetch_and(!SCHEDULED, Ordering::AcqRel);
        let callback = *((tasklet + tasklet_struct::USE_CALLBACK as u64) as *const bool);
        let function = *((tasklet + tasklet_struct::FUNC as u64) as *const u64);
        let data = *((tasklet + tasklet_struct::DATA as u64) as *const u64);
        tasks::call(function, &[if callback { tasklet } else { data }]);
        state(tasklet).fetch_and(!RUNNING, Ordering::Release);
    }
    parking::wake(tasklet);
}

unsafe extern "C" fn tasklet_kill(tasklet: u64) {
    parking::wait(tasklet, None, || {
        // SAFETY: the module's tasklet. Acquire pairs with the Release in run().
        unsafe { state(tasklet) }.load(Ordering::Acquire) & (SCHEDULED | RUNNING) == 0
    });
}

unsafe extern "C" fn tasklet_unlock_wait(tasklet: u64) {
    // SAFETY: as tasklet_kill.
    parking::wait(tasklet, None, || unsafe { state(tasklet) }.load(Ordering::Acquire) & RUNNING == 0);
}
