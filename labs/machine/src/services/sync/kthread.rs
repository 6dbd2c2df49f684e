//! Kernel threads of a module's own. Linux: kernel/kthread.c.

use std::collections::HashMap;

use abi::Errno;

use super::tasks;
use crate::format::{self, VaList};
use crate::services::{err_ptr, functions, text, with};
use crate::task::{self, state};
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    table.variadic("kthread_create_on_node", kthread_create_on_node as *const (), 4);
    functions!(table; kthread_create_on_cpu/4, kthread_stop/1, kthread_should_stop/0, kthread_should_park/0, kthread_bind/2,
        kthread_complete_and_exit/2, kthread_park/1, kthread_unpark/1, kthread_parkme/0, kthread_freezable_should_stop/1,
        set_user_nice/2, sched_set_fifo/1, sched_set_normal/2, __put_task_struct/1, set_freezable/0, freezing_slow_path/1,
        __refrigerator/1);
    table.data("freezer_active", 16, 8, &[]);
}

/// What each thread's function returned.
#[derive(Debug, Default)]
struct Results(HashMap<u64, i32>);

/// A thread that runs `function(data)` once somebody wakes it.
fn create(function: u64, data: u64, cpu: usize, name: &str) -> u64 {
    let machine = current().machine().clone();
    let body = move || {
        // Stopped before it was ever woken: the function is never called.
        if current().task().should_stop() {
            return;
        }
        // SAFETY: the module's thread function, of one argument; nothing on this stack needs dropping.
        let result = unsafe { tasks::call(function, &[data]) } as i32;
        finish(result);
    };
    match machine.create(cpu, name, body) {
        Ok(task) => {
            tasks::remember(&task);
            with(|results: &mut Results| results.0.insert(task.address(), fail_unless_run()));
            task.address()
        }
        Err(_) => err_ptr(Errno::ENOMEM),
    }
}

/// kthread_stop()'s answer for a thread whose function never ran, or never returned.
fn fail_unless_run() -> i32 {
    Errno::EINTR.to_return() as i32
}

/// Keeps the running thread's result for kthread_stop().
fn finish(result: i32) {
    let me = current().task().address();
    with(|results: &mut Results| results.0.insert(me, result));
}

unsafe extern "C" fn kthread_create_on_node(
    function: u64,
    data: u64,
    _node: i32,
    format: *const u8,
    list: *mut VaList,
) -> u64 {
    // SAFETY: a format and its arguments.
    let name = unsafe { format::format(format, list) };
    let here = current();
    // New threads go round the CPUs, so that two of them run at once.
    let cpu = with(|results: &mut Results| results.0.len()) + here.cpu() + 1;
    create(function, data, cpu, &String::from_utf8_lossy(&name))
}

unsafe extern "C" fn kthread_create_on_cpu(function: u64, data: u64, cpu: u32, format: *const u8) -> u64 {
    // SAFETY: a format whose only conversion is the CPU's number.
    let format = unsafe { text::bytes(format) };
    let name =
        String::from_utf8_lossy(format).replace("%u", &cpu.to_string()).replace("%d", &cpu.to_string());
    create(function, data, cpu as usize, &name)
}

/// Asks the thread to end, waits until it has, and gives its result.
unsafe extern "C" fn kthread_stop(address: u64) -> i32 {
    let Some(task) = tasks::find(address) else { return fail_unless_run() };
    task.request_stop();
    let outcome = task.join();
    let result = with(|results: &mut Results| results.0.remove(&address));
    drop(task);
    tasks::forget(address);
    match outcome {
        Ok(()) => result.unwrap_or_else(fail_unless_run),
        Err(_) => fail_unless_run(),
    }
}

unsafe extern "C" fn kthread_should_stop() -> bool {
    current().task().should_stop()
}

unsafe extern "C" fn kthread_should_park() -> bool {
    current().task().should_park()
}

unsafe extern "C" fn kthread_freezable_should_stop(_was_frozen: u64) -> bool {
    current().task().should_stop()
}

/// A thread stays on the CPU that it was made for: there is no other for it to go to.
unsafe extern "C" fn kthread_bind(_task: u64, _cpu: u32) {}

unsafe extern "C" fn kthread_complete_and_exit(completion: u64, code: i64) {
    exit(completion, code);
}

/// Ends the running thread with a result, after telling those who wait for the completion, if there is one.
pub fn exit(completion: u64, code: i64) -> ! {
    finish(code as i32);
    if completion != 0 {
        // SAFETY: the module's completion.
        unsafe { super::completion::complete(completion) };
    }
    current().task().end(Ok(()));
    loop {
        task::schedule();
    }
}

unsafe extern "C" fn kthread_park(address: u64) -> i32 {
    if let Some(task) = tasks::find(address) {
        task.request_park(true);
    }
    0
}

unsafe extern "C" fn kthread_unpark(address: u64) {
    if let Some(task) = tasks::find(address) {
        task.request_park(false);
    }
}

unsafe extern "C" fn kthread_parkme() {
    let here = current();
    while here.task().should_park() {
        here.task().set_state(state::INTERRUPTIBLE);
        if here.task().should_park() {
            task::schedule();
        }
    }
    here.task().set_state(state::RUNNING);
}

/// Priorities are all the same here.
unsafe extern "C" fn set_user_nice(_task: u64, _nice: i64) {}

unsafe extern "C" fn sched_set_fifo(_task: u64) {}

unsafe extern "C" fn sched_set_normal(_task: u64, _nice: i32) {}

unsafe extern "C" fn __put_task_struct(address: u64) {
    tasks::forget(address);
}

/// The machine is never suspended, so nothing freezes.
unsafe extern "C" fn set_freezable() -> bool {
    false
}

unsafe extern "C" fn freezing_slow_path(_task: u64) -> bool {
    false
}

unsafe extern "C" fn __refrigerator(_check: bool) -> bool {
    false
}
