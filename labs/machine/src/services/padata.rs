//! Jobs that are done on all CPUs at once and finished in the order in which they came. Linux: kernel/padata.c.

use std::collections::{BTreeMap, HashMap};
use std::mem::offset_of;

use abi::{Errno, offsets};

use super::invoke::invoke;
use super::{fail, functions, heap, kobject, with};
use crate::current;
use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    functions!(table; padata_alloc/1, padata_free/1, padata_alloc_shell/1, padata_free_shell/1, padata_do_parallel/3,
        padata_do_serial/1);
}

/// `struct padata_priv`: a job.
#[repr(C)]
struct Job {
    list: [u64; 2],
    pd: u64,
    /// The CPU on which it is finished.
    cb_cpu: i32,
    seq_nr: u32,
    info: i32,
    parallel: u64,
    serial: u64,
}

const _: () = assert!(
    size_of::<Job>() == offsets::padata_priv::SIZE
        && offset_of!(Job, cb_cpu) == offsets::padata_priv::CB_CPU
        && offset_of!(Job, serial) == offsets::padata_priv::SERIAL
);

/// The jobs of one shell: they are numbered as they come.
#[derive(Debug, Default)]
struct Order {
    next: u64,
    finished: u64,
    /// Done, but not yet finished.
    done: BTreeMap<u64, u64>,
    /// Whether somebody is finishing jobs.
    busy: bool,
}

impl Order {
    /// The next job to finish, if it is done.
    fn take(&mut self) -> Option<u64> {
        let job = self.done.remove(&self.finished)?;
        self.finished += 1;
        Some(job)
    }
}

#[derive(Debug, Default)]
struct Padata {
    shells: HashMap<u64, Order>,
    /// The jobs under way: the shell and the number of each.
    jobs: HashMap<u64, (u64, u64)>,
}

/// An instance is little more than the kobject in it, with whose last reference it goes.
unsafe extern "C" fn padata_alloc(_name: *const u8) -> u64 {
    let instance = heap::allocate(offsets::padata_instance::SIZE as u64, 0);
    if instance != 0 {
        let object = instance + offsets::padata_instance::KOBJ as u64;
        // SAFETY: new memory of that size.
        unsafe { kobject::initialise(object, 0) };
        kobject::adopt(object, kobject::Kind::Owned(instance));
    }
    instance
}

unsafe extern "C" fn padata_free(instance: u64) {
    // SAFETY: what padata_alloc() returned.
    unsafe { kobject::put(instance + offsets::padata_instance::KOBJ as u64) };
}

unsafe extern "C" fn padata_alloc_shell(_instance: u64) -> u64 {
    let shell = heap::allocate(offsets::padata_shell::SIZE as u64, 0);
    if shell != 0 {
        with(|padata: &mut Padata| padata.shells.insert(shell, Order::default()));
    }
    shell
}

unsafe extern "C" fn padata_free_shell(shell: u64) {
    with(|padata: &mut Padata| padata.shells.remove(&shell));
    heap::free(shell);
}

/// Begins a job on some CPU. Its `parallel` says when it is done, by padata_do_serial(), there or later.
unsafe extern "C" fn padata_do_parallel(shell: u64, job: *mut Job, cb_cpu: *mut i32) -> i32 {
    let machine = current().machine().clone();
    let number = with(|padata: &mut Padata| {
        let order = padata.shells.get_mut(&shell)?;
        let number = order.next;
        order.next += 1;
        padata.jobs.insert(job as u64, (shell, number));
        Some(number)
    });
    let Some(number) = number else { return fail(Errno::EINVAL) };
    // SAFETY: the caller's job and variable.
    let parallel = unsafe {
        let cpu = (*cb_cpu).rem_euclid(machine.cpus() as i32);
        *cb_cpu = cpu;
        (*job).cb_cpu = cpu;
        (*job).parallel
    };
    let (cpu, job) = (number as usize % machine.cpus(), job as u64);
    let work = move || {
        // SAFETY: the job's own function, in a worker.
        unsafe { invoke(parallel, [job]) };
    };
    match machine.spawn(cpu, &format!("kworker/{cpu}:1"), work) {
        Ok(_) => 0,
        Err(_) => fail(Errno::EBUSY),
    }
}

/// A job is done. It is finished, with the others that only waited for it, when those before it are.
unsafe extern "C" fn padata_do_serial(job: *mut Job) {
    let shell = with(|padata: &mut Padata| {
        let (shell, number) = padata.jobs.remove(&(job as u64))?;
        let order = padata.shells.get_mut(&shell)?;
        order.done.insert(number, job as u64);
        let turn = order.done.contains_key(&order.finished) && !order.busy;
        order.busy |= turn;
        turn.then_some(shell)
    });
    if let Some(shell) = shell {
        // SAFETY: the caller's job.
        let cpu = unsafe { (*job).cb_cpu }.max(0) as usize;
        // A machine that accepts no tasks any more finishes no jobs either.
        let _ = current().machine().spawn(cpu, &format!("kworker/{cpu}:1"), move || finish(shell));
    }
}

fn finish(shell: u64) {
    loop {
        let job = with(|padata: &mut Padata| {
            let order = padata.shells.get_mut(&shell)?;
            let job = order.take();
            order.busy = job.is_some();
            job
        });
        let Some(job) = job else { return };
        // SAFETY: a job that is done and not finished; it may be gone when its function returns.
        unsafe { invoke((*(job as *const Job)).serial, [job]) };
    }
}
