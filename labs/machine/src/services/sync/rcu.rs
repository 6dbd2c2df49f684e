//! Read-copy-update. Readers do not sleep, so once every CPU has changed tasks all of them are done.
//! Linux: kernel/rcu/tree.c, srcutree.c.

use std::collections::HashMap;

use super::{parking, tasks};
use crate::services::{functions, heap, with};
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __rcu_read_lock/0, __rcu_read_unlock/0, call_rcu/2, kvfree_call_rcu/2, synchronize_rcu/0, rcu_barrier/0,
        init_srcu_struct/1, cleanup_srcu_struct/1, __srcu_read_lock/1, __srcu_read_unlock/2, synchronize_srcu/1, call_srcu/3,
        get_state_synchronize_rcu/0, cond_synchronize_rcu/1);
    for (name, of) in [
        ("synchronize_rcu_expedited", "synchronize_rcu"),
        ("synchronize_net", "synchronize_rcu"),
        ("synchronize_rcu_tasks", "synchronize_rcu"),
        ("synchronize_srcu_expedited", "synchronize_srcu"),
        ("srcu_barrier", "synchronize_srcu"),
        ("rcu_barrier_tasks", "rcu_barrier"),
    ] {
        table.alias(name, of);
    }
}

/// Callbacks that have not run yet, and a count of sleepable readers by their struct srcu_struct.
#[derive(Debug, Default)]
struct Outstanding {
    callbacks: u64,
    sleepable: HashMap<u64, u64>,
}

/// Where rcu_barrier() sleeps; no module has anything there.
const BARRIER: u64 = 1;

/// A task keeps its CPU while it reads, whatever the count says.
unsafe extern "C" fn __rcu_read_lock() {}

unsafe extern "C" fn __rcu_read_unlock() {}

/// Waits until every CPU has changed tasks at least once.
pub fn synchronize() {
    let machine = current().machine().clone();
    let tasks: Vec<_> =
        (0..machine.cpus()).filter_map(|cpu| machine.spawn(cpu, "rcu_gp", || {}).ok()).collect();
    for task in tasks {
        // An empty task cannot be killed but by the machine's end.
        let _ = task.join();
    }
}

/// Does something after a grace period, in a task of its own.
fn later(work: impl FnOnce() + Send + 'static) {
    with(|outstanding: &mut Outstanding| outstanding.callbacks += 1);
    let machine = current().machine().clone();
    let started = machine.spawn(current().cpu(), "rcuc", move || {
        synchronize();
        work();
        with(|outstanding: &mut Outstanding| outstanding.callbacks -= 1);
        parking::wake(BARRIER);
    });
    if started.is_err() {
        with(|outstanding: &mut Outstanding| outstanding.callbacks -= 1);
    }
}

unsafe extern "C" fn call_rcu(head: u64, function: u64) {
    later(move || {
        // SAFETY: the module's rcu_head and its function, which stay until rcu_barrier() returns.
        unsafe { tasks::call(function, &[head]) };
    });
}

/// kfree_rcu(): a function below 4096 is the offset of the head in the object to be freed.
unsafe extern "C" fn kvfree_call_rcu(head: u64, function: u64) {
    let object = if head == 0 { function } else { head.wrapping_sub(function) };
    later(move || heap::free_any(object));
}

unsafe extern "C" fn synchronize_rcu() {
    synchronize();
}

unsafe extern "C" fn get_state_synchronize_rcu() -> u64 {
    0
}

unsafe extern "C" fn cond_synchronize_rcu(_state: u64) {
    synchronize();
}

unsafe extern "C" fn rcu_barrier() {
    parking::wait(BARRIER, None, || with(|outstanding: &mut Outstanding| outstanding.callbacks == 0));
}

unsafe extern "C" fn init_srcu_struct(_srcu: u64) -> i32 {
    0
}

unsafe extern "C" fn cleanup_srcu_struct(srcu: u64) {
    with(|outstanding: &mut Outstanding| outstanding.sleepable.remove(&srcu));
}

unsafe extern "C" fn __srcu_read_lock(srcu: u64) -> i32 {
    with(|outstanding: &mut Outstanding| *outstanding.sleepable.entry(srcu).or_default() += 1);
    0
}

unsafe extern "C" fn __srcu_read_unlock(srcu: u64, _index: i32) {
    with(|outstanding: &mut Outstanding| {
        if let Some(readers) = outstanding.sleepable.get_mut(&srcu) {
            *readers = readers.saturating_sub(1);
        }
    });
    parking::wake(srcu);
}

unsafe extern "C" fn synchronize_srcu(srcu: u64) {
    parking::wait(srcu, None, || {
        with(|outstanding: &mut Outstanding| {
            outstanding.sleepable.get(&srcu).is_none_or(|&readers| readers == 0)
        })
    });
}

unsafe extern "C" fn call_srcu(srcu: u64, head: u64, function: u64) {
    later(move || {
        // SAFETY: the module's srcu_struct, its rcu_head and its function.
        unsafe {
            synchronize_srcu(srcu);
            tasks::call(function, &[head]);
        }
    });
}
