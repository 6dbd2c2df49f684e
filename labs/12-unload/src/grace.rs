//! A grace period: readers that take no lock and no reference, and a writer that waits until those are gone who may
//! still see what it took away. `include/linux/rcupdate.h`, rcu_read_lock_sched; `synchronize_rcu`.

use super::sync::{AtomicU32, Ordering, fence, spin_until};

/// How many CPUs there are.
pub const CPUS: usize = 2;

/// Which CPUs are in a section that only reads: a count for each, odd while it is inside. A section is entered with
/// preemption off, so that there is one at most on each CPU, and none of them sleeps.
#[derive(Debug)]
pub struct Readers {
    inside: [AtomicU32; CPUS],
}

impl Default for Readers {
    fn default() -> Readers {
        Readers::new()
    }
}

impl Readers {
    /// Nobody reads.
    pub fn new() -> Readers {
        Readers { inside: [AtomicU32::new(0), AtomicU32::new(0)] }
    }

    /// Calls `section` on `cpu`: what it finds is not freed before it is over.
    pub fn read<R>(&self, cpu: usize, section: impl FnOnce() -> R) -> R {
        let inside = &self.inside[cpu % CPUS];
        // Relaxed: only this CPU writes it.
        let before = inside.load(Ordering::Relaxed);
        inside.store(before.wrapping_add(1), Ordering::Relaxed);
        // SeqCst: pairs with the fence in `synchronize`. Either it sees that we are inside, or we see what it did before.
        fence(Ordering::SeqCst);
        let came = section();
        // Release: pairs with the Acquire in `synchronize`, so that all that we did inside is over by then.
        inside.store(before.wrapping_add(2), Ordering::Release);
        came
    }

    /// Returns when every section that had begun is over. Those that begin later see all that the caller did before, and
    /// are not waited for, or this might take for ever: a count that was even, or has changed, is enough.
    pub fn synchronize(&self) {
        todo!("wait until every reader who was inside has left once")
    }
}
