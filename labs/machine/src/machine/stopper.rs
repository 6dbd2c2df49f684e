//! Every CPU at once: the stopper tasks, which run before any other (kernel/stop_machine.c, cpu_stop_queue_work and
//! stop_cpus; the threads called migration/N).

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::Machine;
use crate::{Level, WaitQueue};

/// A CPU that did not come when all were called, and why nobody waits for it any longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent(String);

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Absent {}

/// Whose turn it is to call the CPUs (`stop_cpus_mutex`): two callers at once could each hold half of them for ever.
#[derive(Debug, Default)]
pub(super) struct StopCpus {
    taken: AtomicBool,
    given_back: WaitQueue,
}

impl StopCpus {
    /// Waits for the turn, as a task or as a host thread, for at most `limit`.
    fn lock(&self, limit: Duration) -> Option<Turn<'_>> {
        // Acquire: pairs with the Release of the turn's end.
        self.given_back
            .wait_timeout(limit, || !self.taken.swap(true, Ordering::Acquire))
            .then_some(Turn(self))
    }
}

struct Turn<'s>(&'s StopCpus);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Release: pairs with the Acquire of `StopCpus::lock`.
        self.0.taken.store(false, Ordering::Release);
        self.0.given_back.wake_all();
    }
}

/// Where the stoppers wait until all of them have their CPU. No work begins before, so that none waits for a CPU that
/// never comes.
#[derive(Debug)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
    /// Woken when the last stopper has ended, and when the gate will not open any more.
    over: WaitQueue,
    deadline: Instant,
    stopping: Arc<AtomicBool>,
}

#[derive(Debug)]
struct GateState {
    /// The CPUs that have not come.
    missing: Vec<usize>,
    /// How many stoppers have not ended.
    running: usize,
    /// Nobody waits any longer: whoever comes now goes again.
    is_cancelled: bool,
}

impl Gate {
    fn new(cpus: usize, deadline: Instant, stopping: Arc<AtomicBool>) -> Arc<Gate> {
        let state = GateState { missing: (0..cpus).collect(), running: cpus, is_cancelled: false };
        Arc::new(Gate {
            state: Mutex::new(state),
            changed: Condvar::new(),
            over: WaitQueue::default(),
            deadline,
            stopping,
        })
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stopper has its CPU, and keeps it; whether all have theirs.
    fn arrive(&self, cpu: usize) -> bool {
        let mut state = self.state();
        if state.is_cancelled {
            return false;
        }
        state.missing.retain(|&missing| missing != cpu);
        self.changed.notify_all();
        while !state.missing.is_empty() && !state.is_cancelled {
            state = self.changed.wait_timeout(state, SLICE).unwrap_or_else(PoisonError::into_inner).0;
            self.look(&mut state);
        }
        !state.is_cancelled
    }

    /// A stopper has done its work.
    fn leave(&self) {
        self.state().running -= 1;
        self.over.wake_all();
    }

    /// Waits until all have done their work; the CPUs that did not come in time, where nobody has done any.
    fn wait(&self) -> Result<(), Vec<usize>> {
        loop {
            let is_over = self.over.wait_timeout(SLICE, || {
                let state = self.state();
                state.is_cancelled || state.running == 0
            });
            let mut state = self.state();
            self.look(&mut state);
            if state.is_cancelled {
                return Err(state.missing.clone());
            }
            if is_over {
                return Ok(());
            }
        }
    }

    /// Gives up where the time has come.
    fn look(&self, state: &mut GateState) {
        // Acquire: pairs with the Release in `shutdown`.
        let is_over = Instant::now() >= self.deadline || self.stopping.load(Ordering::Acquire);
        if is_over && !state.missing.is_empty() {
            self.cancel(state);
        }
    }

    fn cancel(&self, state: &mut GateState) {
        state.is_cancelled = true;
        self.changed.notify_all();
    }
}

/// How often those who wait look whether it is still worth while.
const SLICE: Duration = Duration::from_millis(20);

/// What every CPU is to do: borrowed from the caller of [`Machine::on_each_cpu`], who stays while it is used.
#[derive(Clone, Copy)]
struct Work(*const (dyn Fn(usize) + Sync));

// SAFETY: what it points at is Sync, and lives as long as it is used; see `on_each_cpu`.
unsafe impl Send for Work {}

impl Machine {
    /// Runs `work` on every CPU at the same time, each call with its CPU's number: in a task `migration/N`, which runs
    /// before all others, and next to which no timer runs, so that to the CPU it is as if interrupts were off. `work`
    /// begins once every CPU has come, and must not sleep. Comes back when it has ended everywhere. From any thread of
    /// the host, and from tasks that may sleep.
    ///
    /// Tasks change only where they sleep, so what has not come yet is a CPU whose task goes on running. Where it is in
    /// an endless loop, the watchdog ends it after `Config::soft_lockup`, and its CPU comes then.
    ///
    /// # Errors
    /// A CPU has not come for twice that time, or the machine is shut down. `work` has not run anywhere then.
    ///
    /// # Panics
    /// When `work` panics, with the same words.
    pub fn on_each_cpu(&self, work: &(dyn Fn(usize) + Sync)) -> Result<(), Absent> {
        let patience = self.config().soft_lockup.saturating_mul(2);
        let Some(_turn) = self.stop_cpus.lock(patience) else {
            return Err(Absent("somebody else has stopped the machine, and does not let it go".to_owned()));
        };
        let panic = Arc::new(Mutex::new(None));
        let gate = Gate::new(self.cpus(), Instant::now() + patience, self.stopping.clone());
        // SAFETY: only the lifetime changes. The pointer is used by stoppers only for which the gate has opened, and for
        // them `wait` below stays until each has left; where it comes back earlier, the gate opens for nobody any more.
        let work = Work(unsafe {
            std::mem::transmute::<*const (dyn Fn(usize) + Sync + '_), *const (dyn Fn(usize) + Sync)>(work)
        });
        for cpu in 0..self.cpus() {
            let (at, panic) = (gate.clone(), panic.clone());
            let stopper = move || {
                let work = work;
                if at.arrive(cpu) {
                    // SAFETY: the gate has opened, see above.
                    let work = unsafe { &*work.0 };
                    if let Err(words) = catch_unwind(AssertUnwindSafe(|| work(cpu))) {
                        *panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
                    }
                    at.leave();
                }
            };
            if !self.start_stopper(cpu, Box::new(stopper)) {
                gate.cancel(&mut gate.state());
            }
        }
        let came = gate.wait();
        if let Some(words) = panic.lock().unwrap_or_else(PoisonError::into_inner).take() {
            resume_unwind(words);
        }
        came.map_err(|missing| self.absent(&missing, patience))
    }

    fn absent(&self, missing: &[usize], patience: Duration) -> Absent {
        // Acquire: pairs with the Release in `shutdown`.
        if self.stopping.load(Ordering::Acquire) {
            return Absent("the machine was shut down".to_owned());
        }
        let cpus: Vec<String> = missing.iter().map(usize::to_string).collect();
        let (cpus, seconds) = (cpus.join(", "), patience.as_secs_f32());
        let absent = Absent(format!(
            "CPU {cpus} has not come for {seconds} seconds: a task there does not let go of it"
        ));
        self.printk(Level::ERR, &format!("stop_machine: {absent}\n"));
        absent
    }
}
