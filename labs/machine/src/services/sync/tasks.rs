//! Which task a `struct task_struct *` means: modules hand such pointers back to be woken or stopped.

use std::collections::HashMap;
use std::sync::Arc;

use crate::services::with;
use crate::task::Task;
use crate::{call_module, current};

/// Tasks whose address some module may know.
#[derive(Debug, Default)]
struct Known {
    tasks: HashMap<u64, Arc<Task>>,
}

/// Remembers a task, because a module learns its address.
pub fn remember(task: &Arc<Task>) {
    with(|known: &mut Known| {
        if known.tasks.len() > 1000 {
            known.tasks.retain(|_, task| task.outcome().is_none());
        }
        known.tasks.insert(task.address(), task.clone());
    });
}

/// Remembers the running task: it is about to sleep, and `current` is no secret.
pub fn remember_current() {
    remember(current().task());
}

/// The task at an address.
pub fn find(address: u64) -> Option<Arc<Task>> {
    with(|known: &mut Known| known.tasks.get(&address).cloned())
}

/// Forgets a task that has ended: its address is nobody's any more.
pub fn forget(address: u64) {
    // Dropped outside the lock.
    let task = with(|known: &mut Known| known.tasks.remove(&address));
    drop(task);
}

/// Calls module code from one of the machine's own tasks; the caller holds no lock and nothing to be dropped.
///
/// # Safety
/// As [`call_module`].
pub unsafe fn call(function: u64, arguments: &[u64]) -> u64 {
    let mut all = [0; 6];
    for (slot, argument) in all.iter_mut().zip(arguments) {
        *slot = *argument;
    }
    // SAFETY: the caller's promise.
    unsafe { call_module(function, &all) }
}
