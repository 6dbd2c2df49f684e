//! The watchdog: a task that keeps its CPU for too long is ended (kernel/watchdog.c).
//!
//! What counts is the CPU time that the thread has used, so that a busy computer does not make tasks look stuck.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use crate::{cpu::Cpu, host::Thread};

/// Looks at every CPU with each tick.
pub(crate) struct Watchdog {
    watched: Vec<Watched>,
    limit: u64,
}

struct Watched {
    cpu: Arc<Cpu>,
    thread: Thread,
    /// The count of switches seen last, and the thread's CPU time when it was first seen.
    switches: u64,
    since: u64,
}

impl Watchdog {
    /// A watchdog over `cpus`, which run on `threads` in no particular order of theirs: each says which CPU it is.
    pub(crate) fn new(cpus: &[Arc<Cpu>], threads: &[(usize, Thread)], limit: Duration) -> Watchdog {
        let watch = |&(number, thread): &(usize, Thread)| {
            let cpu = cpus.get(number)?.clone();
            Some(Watched { cpu, thread, switches: 0, since: 0 })
        };
        let limit = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        Watchdog { watched: threads.iter().filter_map(watch).collect(), limit }
    }

    /// Ends, or tries again to end, what has run for too long.
    pub(crate) fn look(&mut self) {
        for watched in &mut self.watched {
            // Relaxed: it is enough that a change is seen some time.
            let switches = watched.cpu.switches.load(Ordering::Relaxed);
            let idle = switches.is_multiple_of(2);
            if idle {
                watched.switches = switches;
                continue;
            }
            // SAFETY: CPU threads are joined after the clock's thread, which runs this, has ended.
            let now = unsafe { watched.thread.cpu_time() };
            if switches != watched.switches {
                (watched.switches, watched.since) = (switches, now);
            } else if now.saturating_sub(watched.since) > self.limit {
                // Relaxed: the handler runs after the signal below.
                watched.cpu.locked_up.store(switches, Ordering::Relaxed);
                // SAFETY: as above.
                unsafe { watched.thread.interrupt() };
            }
        }
    }
}
