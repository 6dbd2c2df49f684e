//! Locks and waiting: what keeps CPUs, tasks and interrupts apart. Linux: kernel/locking/, kernel/sched/, kernel/rcu/.

mod async_call;
mod big;
mod completion;
mod hrtimer;
mod kthread;
mod mutex;
pub(super) mod parking;
mod preempt;
mod rcu;
mod rwlock;
mod semaphore;
mod sleep;
mod spin;
mod tasklet;
pub(super) mod tasks;
mod timer;
mod wait;
mod worker;
mod workqueue;

use crate::Table;

pub use kthread::exit;
pub use preempt::{preempt_disable, preempt_enable};
pub use rcu::synchronize;
pub use semaphore::{down_read, down_write, init_rwsem, up_read, up_write};
pub use spin::{_raw_spin_lock, _raw_spin_unlock};

pub(super) fn register(table: &mut Table<'_>) {
    async_call::register(table);
    preempt::register(table);
    spin::register(table);
    rwlock::register(table);
    mutex::register(table);
    semaphore::register(table);
    completion::register(table);
    wait::register(table);
    sleep::register(table);
    kthread::register(table);
    timer::register(table);
    workqueue::register(table);
    rcu::register(table);
    tasklet::register(table);
    hrtimer::register(table);
    worker::register(table);
    big::register(table);
}
