//! Tasks: stackful coroutines, each bound to one CPU for life (kernel/sched/core.c, kernel/fork.c).
//!
//! The functions here are for code that runs inside a task: exports, and closures given to [`crate::Machine::run`].

mod calls;
mod current;
mod local;
mod structure;
mod trap_state;

pub use crate::fault::relax;
pub(crate) use calls::Calls;
pub use current::{Current, current, try_current};
pub(crate) use local::{Local, trap_state, with_local};
pub(crate) use structure::Structure;
pub(crate) use trap_state::TrapState;

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{WaitQueue, cpu::Cpu, host, timer::Action};

/// `task_struct.__state` (include/linux/sched.h).
pub mod state {
    /// `TASK_RUNNING`.
    pub const RUNNING: u32 = 0;
    /// `TASK_INTERRUPTIBLE`.
    pub const INTERRUPTIBLE: u32 = 1;
    /// `TASK_UNINTERRUPTIBLE`.
    pub const UNINTERRUPTIBLE: u32 = 2;
    /// `TASK_NORMAL`: what `wake_up` wakes.
    pub const NORMAL: u32 = 3;
    /// `TASK_DEAD`.
    pub const DEAD: u32 = 0x80;
}

/// Why a task did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Killed {
    /// The first line of the oops.
    pub reason: String,
    /// The export that was called and is not implemented, where that was the reason.
    pub missing: Option<Arc<str>>,
}

impl fmt::Display for Killed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Killed {}

/// What a new task does.
pub(crate) type Body = Box<dyn FnOnce() + Send>;

/// A task.
pub struct Task {
    /// Unlike a pid, never used twice.
    pub(crate) id: u64,
    pid: i32,
    name: String,
    pub(crate) cpu: Arc<Cpu>,
    structure: Structure,
    pub(crate) body: Mutex<Option<Body>>,
    /// `__preempt_count` while another task has the CPU.
    pub(crate) preempt_count: AtomicU32,
    /// How many calls into module code are on its stack.
    pub(crate) depth: AtomicU32,
    /// Which calls those are.
    pub(crate) calls: Calls,
    /// How far down its stack was in use when it was left.
    pub(crate) left_at: AtomicU64,
    should_stop: AtomicBool,
    should_park: AtomicBool,
    doomed: AtomicBool,
    outcome: Mutex<Option<Result<(), Killed>>>,
    ended: WaitQueue,
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.pid)
    }
}

impl Task {
    pub(crate) fn new(id: u64, pid: i32, name: &str, cpu: Arc<Cpu>, canary: u64, body: Body) -> Arc<Task> {
        let structure = Structure::new(pid, name, cpu.number, canary);
        Arc::new(Task {
            id,
            pid,
            name: name.to_owned(),
            cpu,
            structure,
            body: Mutex::new(Some(body)),
            preempt_count: AtomicU32::new(crate::cpu::PREEMPT_ENABLED),
            depth: AtomicU32::new(0),
            calls: Calls::default(),
            left_at: AtomicU64::new(0),
            should_stop: AtomicBool::new(false),
            should_park: AtomicBool::new(false),
            doomed: AtomicBool::new(false),
            outcome: Mutex::new(None),
            ended: WaitQueue::default(),
        })
    }

    /// Its process number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Its name (`comm`, not cut at 15 characters).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The CPU that it runs on.
    pub fn cpu(&self) -> usize {
        self.cpu.number
    }

    /// The address of its `struct task_struct`, which lives as long as this `Task`.
    pub fn address(&self) -> u64 {
        self.structure.address()
    }

    /// Its `__state`, which module code also writes.
    pub fn state(&self) -> u32 {
        // SeqCst: pairs with `set_state` and with the modules' own xchg; whoever wakes must not see an old state after
        // having made the condition true.
        self.structure.state().load(Ordering::SeqCst)
    }

    /// `set_current_state`: takes effect with the next [`schedule`].
    pub fn set_state(&self, state: u32) {
        // SeqCst: the store must not move below the look at the condition that follows.
        self.structure.state().store(state, Ordering::SeqCst);
    }

    /// `wake_up_process`: makes it runnable; false when it was already.
    pub fn wake(self: &Arc<Self>) -> bool {
        self.wake_state(state::NORMAL)
    }

    /// `try_to_wake_up`: makes it runnable if its state is one of the bits in `mask`.
    pub fn wake_state(self: &Arc<Self>, mask: u32) -> bool {
        self.cpu.wake(self, mask)
    }

    /// Asks it to end: what `kthread_stop` does before it waits. Wakes it.
    pub fn request_stop(self: &Arc<Self>) {
        // SeqCst: pairs with `should_stop`, which the task calls after setting its state and before it sleeps.
        self.should_stop.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// `kthread_should_stop`, for this task.
    pub fn should_stop(&self) -> bool {
        // SeqCst: see `request_stop`.
        self.should_stop.load(Ordering::SeqCst)
    }

    /// Sets or clears what `kthread_should_park` says. Wakes it.
    pub fn request_park(self: &Arc<Self>, park: bool) {
        // SeqCst: as `request_stop`.
        self.should_park.store(park, Ordering::SeqCst);
        self.wake();
    }

    /// `kthread_should_park`, for this task.
    pub fn should_park(&self) -> bool {
        // SeqCst: see `request_stop`.
        self.should_park.load(Ordering::SeqCst)
    }

    /// How it ended; `None` while it lives.
    pub fn outcome(&self) -> Option<Result<(), Killed>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits, as a task or as a host thread, until it has ended.
    ///
    /// # Errors
    /// It was killed.
    pub fn join(&self) -> Result<(), Killed> {
        let mut outcome = None;
        self.ended.wait(|| {
            outcome = self.outcome();
            outcome.is_some()
        });
        outcome.unwrap_or(Ok(()))
    }

    /// As [`Task::join`], for at most `limit`; whether it has ended.
    pub(crate) fn join_for(&self, limit: Duration) -> bool {
        self.ended.wait_timeout(limit, || self.outcome().is_some())
    }

    /// Has its CPU end it, at the latest when it would run next: the CPU alone knows that nobody is on its stack.
    pub(crate) fn doom(self: &Arc<Self>) {
        // SeqCst: pairs with `is_doomed`, which the CPU asks after the waking below.
        self.doomed.store(true, Ordering::SeqCst);
        self.wake_state(u32::MAX);
    }

    pub(crate) fn is_doomed(&self) -> bool {
        // SeqCst: see `doom`.
        self.doomed.load(Ordering::SeqCst)
    }

    /// Records how it ended and tells those who wait. The first to say so counts.
    pub(crate) fn end(&self, outcome: Result<(), Killed>) {
        self.set_state(state::DEAD);
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(outcome);
        self.ended.wake_all();
    }
}

/// Calls the module code at `address`.
///
/// Callers hold no lock and keep nothing on their stack that must be dropped: where the code faults, the task ends here
/// and its stack is never unwound.
///
/// # Safety
/// `address` is 0, or was text of a module linked for this machine at some time, for a function of at most six integer
/// arguments of which `arguments` fits. Called within a task.
pub unsafe fn call_module(address: u64, arguments: &[u64; 6]) -> u64 {
    let current = current();
    let (depth, calls) = (&current.task().depth, &current.task().calls);
    // The function's own frame lies below this word.
    let above = 0u64;
    calls.enter(address, &raw const above as u64);
    // Relaxed: written and read by this task's own thread only.
    depth.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller vouches for the code.
    let returned = unsafe { host::call(address, arguments) };
    depth.fetch_sub(1, Ordering::Relaxed);
    calls.leave();
    returned
}

/// Runs code of the loader's that a module may be waiting for. A panic cannot unwind a module's frames: where there are
/// any below, it ends the task, with the panic's words as the reason; elsewhere it goes on like any other.
pub fn answer<T>(work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        // Relaxed: written and read by this task's own thread only.
        let in_module = |current: Current| current.task().depth.load(Ordering::Relaxed) > 0;
        if !try_current().is_some_and(in_module) {
            resume_unwind(panic);
        }
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|&words| words.to_owned()));
        kill(Killed { reason: words.unwrap_or_else(|| "a panic without words".to_owned()), missing: None })
    })
}

/// `schedule`: gives the CPU to the next task. Comes back at once where the state is RUNNING and nobody else waits;
/// otherwise when somebody has woken this one.
pub fn schedule() {
    let suspender = with_local(|local| {
        local.check_atomic();
        local.save();
        local.suspender()
    });
    if let Some(suspender) = suspender.flatten() {
        // What lies below this word is no module's.
        let left_at = 0u64;
        // Relaxed: read by this thread, when it has left this stack.
        current().task().left_at.store(&raw const left_at as u64, Ordering::Relaxed);
        // SAFETY: the local of this thread belongs to the running fiber, which is the one executing this.
        unsafe { suspender.suspend() };
    }
}

/// Sleeps in the state set before until woken, or until `deadline` (never, where it is `None`).
pub fn schedule_until(deadline: Option<Instant>) {
    let Some(deadline) = deadline else { return schedule() };
    let current = current();
    let cpu = current.task().cpu.clone();
    let timer = cpu.add_timer(deadline, Action::Wake(current.task().clone()));
    schedule();
    cpu.remove_timer(timer);
}

/// `schedule_timeout`: sleeps in the state set before for at most `limit`; what was left of it when woken.
pub fn schedule_timeout(limit: Duration) -> Duration {
    let deadline = Instant::now() + limit.min(Duration::from_secs(1 << 32));
    schedule_until(Some(deadline));
    deadline.saturating_duration_since(Instant::now())
}

/// `msleep`: sleeps for `milliseconds` at least, whoever wakes it.
pub fn sleep_ms(milliseconds: u64) {
    let mut left = Duration::from_millis(milliseconds);
    while !left.is_zero() {
        current().task().set_state(state::UNINTERRUPTIBLE);
        left = schedule_timeout(left);
    }
}

/// `cond_resched`: lets others run, if the task may be preempted at all.
pub fn yield_now() {
    schedule();
}

/// Ends the running task, without unwinding its stack: `make_task_dead`, and the end of every oops.
pub(crate) fn kill(killed: Killed) -> ! {
    current().task().end(Err(killed));
    loop {
        schedule();
    }
}
