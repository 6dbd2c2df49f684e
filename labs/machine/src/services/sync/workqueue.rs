//! Workqueues: functions to be called later, in a task that may sleep. Linux: kernel/workqueue.c.
//!
//! Each item runs in a task of its own, an ordered queue's one after the other; no item runs twice at once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use abi::offsets::{delayed_work, work_struct};

use super::{parking, tasks, timer};
use crate::format::VaList;
use crate::services::{functions, heap, with};
use crate::task::Task;
use crate::{Machine, Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    table.variadic("alloc_workqueue", alloc_workqueue as *const (), 3);
    functions!(table; destroy_workqueue/1, queue_work_on/3, queue_delayed_work_on/4, mod_delayed_work_on/4, delayed_work_timer_fn/1,
        flush_work/1, flush_delayed_work/1, cancel_work/1, cancel_work_sync/1, cancel_delayed_work/1, cancel_delayed_work_sync/1,
        __flush_workqueue/1, work_busy/1, queue_rcu_work/2, execute_in_process_context/2);
    table.alias("queue_work_node", "queue_work_on");
    table.alias("drain_workqueue", "__flush_workqueue");
    for name in QUEUES {
        let memory = table.memory().object(512, 64);
        table.data(name, 8, 8, &memory.unwrap_or(0).to_le_bytes());
    }
}

/// The kernel's own queues: variables that hold their addresses.
const QUEUES: [&str; 8] = [
    "system_wq",
    "system_highpri_wq",
    "system_long_wq",
    "system_unbound_wq",
    "system_freezable_wq",
    "system_power_efficient_wq",
    "system_freezable_power_efficient_wq",
    "pm_wq",
];

/// WORK_STRUCT_PENDING: the inlined work_pending() looks at it.
const PENDING: u64 = 1;
/// __WQ_ORDERED of alloc_ordered_workqueue().
const ORDERED: u32 = 1 << 17;

/// What is queued and what runs.
#[derive(Debug, Default)]
struct Works {
    /// Items waiting by queue, first come first.
    waiting: HashMap<u64, VecDeque<u64>>,
    /// Items running now, with their queue and their task.
    running: HashMap<u64, (u64, Arc<Task>)>,
    ordered: HashSet<u64>,
}

impl Works {
    /// The next item of a queue that may run now.
    fn next(&mut self, queue: u64) -> Option<u64> {
        let alive = |task: &Arc<Task>| task.outcome().is_none();
        self.running.retain(|_, (_, task)| alive(task));
        if self.ordered.contains(&queue) && self.running.values().any(|(of, _)| *of == queue) {
            return None;
        }
        let waiting = self.waiting.get_mut(&queue)?;
        let index = waiting.iter().position(|item| !self.running.contains_key(item))?;
        waiting.remove(index)
    }

    fn is_waiting(&self, item: u64) -> bool {
        self.waiting.values().any(|waiting| waiting.contains(&item))
    }

    fn is_running(&self, item: u64) -> bool {
        self.running.get(&item).is_some_and(|(_, task)| task.outcome().is_none())
    }

    fn is_idle(&self, queue: u64) -> bool {
        let running = self.running.values().any(|(of, task)| *of == queue && task.outcome().is_none());
        !running && self.waiting.get(&queue).is_none_or(VecDeque::is_empty)
    }
}

unsafe fn data<'a>(item: u64) -> &'a AtomicU64 {
    // SAFETY: the module's struct work_struct; all CPUs touch its first word atomically.
    unsafe { AtomicU64::from_ptr((item + work_struct::DATA as u64) as *mut u64) }
}

/// Sets the pending bit; whether it was clear. AcqRel: what was written before queueing is seen by the function.
unsafe fn claim(item: u64) -> bool {
    // SAFETY: the module's item.
    unsafe { data(item) }.fetch_or(PENDING, Ordering::AcqRel) & PENDING == 0
}

unsafe fn unclaim(item: u64) {
    // SAFETY: the module's item. Release pairs with claim().
    unsafe { data(item) }.fetch_and(!PENDING, Ordering::Release);
}

/// Queues an item whose pending bit the caller has set.
fn insert(queue: u64, item: u64, cpu: usize) {
    with(|works: &mut Works| works.waiting.entry(queue).or_default().push_back(item));
    kick(current().machine(), queue, cpu);
}

/// Starts a worker for a queue; it takes what is there.
fn kick(machine: &Machine, queue: u64, cpu: usize) {
    // A machine that accepts no tasks any more does no work either.
    let _ = machine.spawn(cpu, &format!("kworker/{cpu}:1"), move || work(queue));
}

fn work(queue: u64) {
    let me = current().task().clone();
    loop {
        let me = me.clone();
        let taken = with(|works: &mut Works| {
            let item = works.next(queue)?;
            works.running.insert(item, (queue, me));
            Some(item)
        });
        let Some(item) = taken else { return };
        // SAFETY: the module's item and its function; the item may be gone when the function returns.
        unsafe {
            let function = *((item + work_struct::FUNC as u64) as *const u64);
            unclaim(item);
            tasks::call(function, &[item]);
        }
        let done = with(|works: &mut Works| works.running.remove(&item));
        drop(done);
        parking::wake(item);
        parking::wake(queue);
    }
}

unsafe extern "C" fn alloc_workqueue(_name: *const u8, flags: u32, _most: i32, _list: *mut VaList) -> u64 {
    let queue = heap::allocate(512, 0);
    if flags & ORDERED != 0 {
        with(|works: &mut Works| works.ordered.insert(queue));
    }
    queue
}

unsafe extern "C" fn destroy_workqueue(queue: u64) {
    // SAFETY: the module's queue.
    unsafe { __flush_workqueue(queue) };
    with(|works: &mut Works| {
        works.ordered.remove(&queue);
        works.waiting.remove(&queue);
    });
    heap::free(queue);
}

/// WORK_CPU_UNBOUND is no CPU's number: the work runs where it was queued.
fn cpu(wanted: i32) -> usize {
    let here = current();
    usize::try_from(wanted).ok().filter(|&cpu| cpu < here.machine().cpus()).unwrap_or(here.cpu())
}

unsafe extern "C" fn queue_work_on(wanted: i32, queue: u64, item: u64) -> bool {
    // SAFETY: the module's item.
    let new = unsafe { claim(item) };
    if new {
        insert(queue, item, cpu(wanted));
    }
    new
}

/// Fills in what delayed_work_timer_fn() needs, and sets the timer.
unsafe fn delay(wanted: i32, queue: u64, item: u64, jiffies: u64) {
    // SAFETY: the module's struct delayed_work, whose pending bit the caller has set.
    unsafe {
        if jiffies == 0 {
            return insert(queue, item, cpu(wanted));
        }
        *((item + delayed_work::WQ as u64) as *mut u64) = queue;
        *((item + delayed_work::CPU as u64) as *mut i32) = wanted;
        let now = current().machine().clock().jiffies();
        timer::start(item + delayed_work::TIMER as u64, now.wrapping_add(jiffies), cpu(wanted));
    }
}

unsafe extern "C" fn queue_delayed_work_on(wanted: i32, queue: u64, item: u64, jiffies: u64) -> bool {
    // SAFETY: the module's struct delayed_work.
    unsafe {
        let new = claim(item);
        if new {
            delay(wanted, queue, item, jiffies);
        }
        new
    }
}

unsafe extern "C" fn mod_delayed_work_on(wanted: i32, queue: u64, item: u64, jiffies: u64) -> bool {
    // SAFETY: the module's struct delayed_work.
    unsafe {
        let was_pending = cancel_delayed_work(item);
        claim(item);
        delay(wanted, queue, item, jiffies);
        was_pending
    }
}

unsafe extern "C" fn delayed_work_timer_fn(timer: u64) {
    let item = timer - delayed_work::TIMER as u64;
    // SAFETY: the timer of a struct delayed_work that delay() filled in.
    unsafe {
        let queue = *((item + delayed_work::WQ as u64) as *const u64);
        insert(queue, item, cpu(*((item + delayed_work::CPU as u64) as *const i32)));
    }
}

unsafe extern "C" fn flush_work(item: u64) -> bool {
    let busy = || with(|works: &mut Works| works.is_waiting(item) || works.is_running(item));
    let was_busy = busy();
    parking::wait(item, None, || !busy());
    was_busy
}

unsafe extern "C" fn flush_delayed_work(item: u64) -> bool {
    // SAFETY: the module's struct delayed_work: what is delayed is queued now.
    unsafe {
        let timer = item + delayed_work::TIMER as u64;
        if timer::timer_delete(timer) != 0 {
            delayed_work_timer_fn(timer);
        }
        flush_work(item)
    }
}

/// Takes an item out of its queue; whether it was in one.
unsafe extern "C" fn cancel_work(item: u64) -> bool {
    let was_waiting = with(|works: &mut Works| {
        works.waiting.values_mut().any(|waiting| match waiting.iter().position(|other| *other == item) {
            Some(index) => waiting.remove(index).is_some(),
            None => false,
        })
    });
    if was_waiting {
        // SAFETY: the module's item.
        unsafe { unclaim(item) };
        parking::wake(item);
    }
    was_waiting
}

unsafe extern "C" fn cancel_work_sync(item: u64) -> bool {
    // SAFETY: the module's item.
    let was_waiting = unsafe { cancel_work(item) };
    parking::wait(item, None, || !with(|works: &mut Works| works.is_running(item)));
    was_waiting
}

unsafe extern "C" fn cancel_delayed_work(item: u64) -> bool {
    // SAFETY: the module's struct delayed_work.
    unsafe {
        if timer::timer_delete(item + delayed_work::TIMER as u64) != 0 {
            unclaim(item);
            return true;
        }
        cancel_work(item)
    }
}

unsafe extern "C" fn cancel_delayed_work_sync(item: u64) -> bool {
    // SAFETY: the module's struct delayed_work.
    unsafe {
        let delayed = timer::timer_delete_sync(item + delayed_work::TIMER as u64) != 0;
        if delayed {
            unclaim(item);
        }
        cancel_work_sync(item) | delayed
    }
}

/// Waits until everything in the queue is done.
pub unsafe extern "C" fn __flush_workqueue(queue: u64) {
    parking::wait(queue, None, || with(|works: &mut Works| works.is_idle(queue)));
}

unsafe extern "C" fn work_busy(item: u64) -> u32 {
    with(|works: &mut Works| u32::from(works.is_waiting(item)) | u32::from(works.is_running(item)) << 1)
}

unsafe extern "C" fn queue_rcu_work(queue: u64, item: u64) -> bool {
    super::rcu::synchronize();
    // SAFETY: a struct rcu_work begins with its work_struct.
    unsafe { queue_work_on(-1, queue, item) }
}

unsafe extern "C" fn execute_in_process_context(function: u64, item: u64) -> i32 {
    // SAFETY: the module's function and its struct execute_work; a task may always sleep here.
    unsafe { tasks::call(function, &[item]) };
    0
}
