//! Threads that do one piece of work after the other. Linux: kernel/kthread.c, kthread_worker_fn.

use std::collections::{HashMap, VecDeque};

use abi::offsets::{kthread_work, kthread_worker};

use super::{parking, tasks};
use crate::format::VaList;
use crate::services::{field, functions, heap, list, with};
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    table.variadic("kthread_create_worker", kthread_create_worker as *const (), 2);
    table.variadic("kthread_create_worker_on_cpu", kthread_create_worker_on_cpu as *const (), 3);
    functions!(table; __kthread_init_worker/3, kthread_queue_work/2, kthread_flush_work/1, kthread_flush_worker/1,
        kthread_cancel_work_sync/1, kthread_destroy_worker/1);
}

/// What each worker has to do, first come first, and what it does.
#[derive(Debug, Default)]
struct Workers {
    waiting: HashMap<u64, VecDeque<u64>>,
    running: HashMap<u64, u64>,
}

impl Workers {
    fn is_busy(&self, work: u64) -> bool {
        self.running.values().any(|running| *running == work)
            || self.waiting.values().any(|queue| queue.contains(&work))
    }
}

/// An idle worker: it has no thread of its own before it has something to do.
unsafe fn initialise(worker: u64) {
    // SAFETY: the module's own struct kthread_worker.
    unsafe {
        std::ptr::write_bytes(worker as *mut u8, 0, kthread_worker::SIZE);
        list::init(worker + kthread_worker::WORK_LIST as u64);
        list::init(worker + kthread_worker::DELAYED_WORK_LIST as u64);
    }
}

unsafe extern "C" fn __kthread_init_worker(worker: u64, _name: u64, _key: u64) {
    // SAFETY: the module's own struct kthread_worker.
    unsafe { initialise(worker) };
}

fn create() -> u64 {
    let worker = heap::allocate(kthread_worker::SIZE as u64, 0);
    // SAFETY: a new object of that size.
    unsafe { initialise(worker) };
    // Inlined code sets the priority of its thread: the current one stands for it.
    // SAFETY: as above.
    unsafe { field::put(worker, kthread_worker::TASK, current().task().address()) };
    worker
}

unsafe extern "C" fn kthread_create_worker(_flags: u32, _format: *const u8, _list: *mut VaList) -> u64 {
    create()
}

unsafe extern "C" fn kthread_create_worker_on_cpu(
    _cpu: i32,
    _flags: u32,
    _format: *const u8,
    _list: *mut VaList,
) -> u64 {
    create()
}

unsafe extern "C" fn kthread_queue_work(worker: u64, work: u64) -> bool {
    let new = with(|workers: &mut Workers| {
        let queue = workers.waiting.entry(worker).or_default();
        let new = !queue.contains(&work);
        if new {
            queue.push_back(work);
        }
        new && !workers.running.contains_key(&worker)
    });
    if new {
        let here = current();
        // A machine that accepts no tasks any more does no work either.
        let _ = here.machine().spawn(here.cpu(), "kworker", move || run(worker));
    }
    new
}

fn run(worker: u64) {
    loop {
        let next = with(|workers: &mut Workers| {
            if workers.running.contains_key(&worker) {
                return None;
            }
            let work = workers.waiting.get_mut(&worker)?.pop_front()?;
            workers.running.insert(worker, work);
            Some(work)
        });
        let Some(work) = next else { return };
        // SAFETY: the module's work and its function; nothing on this stack needs dropping.
        unsafe { tasks::call(field::get(work, kthread_work::FUNC), &[work]) };
        with(|workers: &mut Workers| workers.running.remove(&worker));
        parking::wake(work);
        parking::wake(worker);
    }
}

unsafe extern "C" fn kthread_flush_work(work: u64) {
    parking::wait(work, None, || !with(|workers: &mut Workers| workers.is_busy(work)));
}

unsafe extern "C" fn kthread_flush_worker(worker: u64) {
    parking::wait(worker, None, || {
        with(|workers: &mut Workers| {
            !workers.running.contains_key(&worker)
                && workers.waiting.get(&worker).is_none_or(VecDeque::is_empty)
        })
    });
}

unsafe extern "C" fn kthread_cancel_work_sync(work: u64) -> bool {
    let waiting = with(|workers: &mut Workers| {
        workers.waiting.values_mut().any(|queue| {
            let before = queue.len();
            queue.retain(|other| *other != work);
            queue.len() < before
        })
    });
    // SAFETY: no requirements.
    unsafe { kthread_flush_work(work) };
    waiting
}

unsafe extern "C" fn kthread_destroy_worker(worker: u64) {
    // SAFETY: no requirements.
    unsafe { kthread_flush_worker(worker) };
    with(|workers: &mut Workers| workers.waiting.remove(&worker));
    heap::free(worker);
}
