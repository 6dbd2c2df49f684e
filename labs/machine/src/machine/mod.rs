//! The machine: boots, runs tasks, shuts down.

mod boot;
mod stopper;

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex, PoisonError, RwLock, Weak,
        atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use abi::symvers::Symvers;

pub use self::stopper::Absent;
use self::stopper::StopCpus;

use crate::{
    Clock, Config, Exports, Killed, Level, Memory, ModuleHooks, NotHere, PerCpu, Place, Task, TimerId,
    cpu::{Cpu, gone},
    hooks::NoModules,
    host,
    inside::Look,
    printk::Log,
    task::Body,
    timer::Action,
};

/// A simulated computer. Several may live in one process.
pub struct Machine {
    config: Config,
    memory: Memory,
    percpu: PerCpu,
    exports: Exports,
    clock: Clock,
    log: Log,
    cpus: Vec<Arc<Cpu>>,
    canary: u64,
    hooks: RwLock<Option<Weak<dyn ModuleHooks>>>,
    states: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    next_task: AtomicU64,
    next_pid: AtomicI32,
    oopses: AtomicU64,
    stopping: Arc<AtomicBool>,
    stop_cpus: StopCpus,
    threads: Mutex<Vec<JoinHandle<()>>>,
    ticker: Mutex<Option<JoinHandle<()>>>,
}

/// The CRCs of the exports that the machine implements, from Debian's 6.1: what [`Config::symvers`] defaults to.
pub fn builtin_symvers() -> Symvers {
    // The file is part of the crate and a test reads it; were it bad, the exports would have no CRCs.
    Symvers::parse(include_str!("../../Module.symvers")).unwrap_or_default()
}

impl Machine {
    /// Starts a machine: its CPUs idle, its exports in place, its clock running.
    ///
    /// # Errors
    /// This computer cannot run module code, or is out of threads or memory.
    pub fn boot(config: Config) -> Result<Arc<Machine>, NotHere> {
        host::check()?;
        host::install_handlers().map_err(|error| NotHere(format!("exceptions cannot be caught: {error}")))?;
        Machine::assemble(config).map_err(|error| NotHere(format!("the machine cannot boot: {error}")))
    }

    /// The number of the next oops.
    pub(crate) fn count_oops(&self) -> u64 {
        // Relaxed: a ticket.
        self.oopses.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How many oopses there have been.
    pub fn oopses(&self) -> u64 {
        // Relaxed: a count for people.
        self.oopses.load(Ordering::Relaxed)
    }

    /// What it was booted with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The number of CPUs.
    pub fn cpus(&self) -> usize {
        self.cpus.len()
    }

    /// Memory below 2 GiB.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The per-CPU areas.
    pub fn percpu(&self) -> &PerCpu {
        &self.percpu
    }

    /// What modules may link against.
    pub fn exports(&self) -> &Exports {
        &self.exports
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The log: what dmesg shows.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Adds `text` to the log; see [`Log::print`].
    pub fn printk(&self, level: Level, text: &str) {
        self.log.print(self.clock.monotonic(), level, text);
    }

    /// Says who knows about modules. Only a weak handle is kept, so that a loader may own its machine.
    pub fn set_hooks(&self, hooks: Weak<dyn ModuleHooks>) {
        *self.hooks.write().unwrap_or_else(PoisonError::into_inner) = Some(hooks);
    }

    /// Who knows about modules; where nobody does, a stand-in that knows none.
    pub fn hooks(&self) -> Arc<dyn ModuleHooks> {
        let hooks = self.hooks.read().unwrap_or_else(PoisonError::into_inner);
        hooks.as_ref().and_then(Weak::upgrade).unwrap_or_else(|| Arc::new(NoModules))
    }

    /// Names `address`: a module's symbol, or one of the exports.
    pub fn symbolize(&self, address: u64) -> Option<Place> {
        self.hooks().symbolize(address).or_else(|| self.exports.place(address))
    }

    /// The machine's one `T`: where a subsystem keeps its state. It is made when first asked for.
    pub fn state<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let key = TypeId::of::<T>();
        let there = self.states.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let state = there.unwrap_or_else(|| {
            // Made outside the lock, so that it may itself ask for states; the first to be inserted counts.
            let new: Arc<dyn Any + Send + Sync> = Arc::new(T::default());
            self.states.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(new).clone()
        });
        // The key is the value's own type, so this never makes a second one.
        state.downcast().unwrap_or_default()
    }

    /// Runs `body` as a new task called `name` on `cpu` (modulo their number) and waits for its end. From any thread of
    /// the host, also from within a task.
    ///
    /// # Errors
    /// The task was killed: what it borrowed is as it left it, and what it owned is leaked.
    ///
    /// # Panics
    /// When `body` panics, with the same words.
    pub fn run<T: Send, F: FnOnce() -> T + Send>(
        &self,
        cpu: usize,
        name: &str,
        body: F,
    ) -> Result<T, Killed> {
        let result: Mutex<Option<thread::Result<T>>> = Mutex::new(None);
        let task = {
            let work = || {
                let returned = catch_unwind(AssertUnwindSafe(body));
                *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(returned);
            };
            let work: Box<dyn FnOnce() + Send + '_> = Box::new(work);
            // SAFETY: `join` below does not return before the task has run to its end, was killed (its stack is then
            // never touched again) or was dropped unrun, so the borrows last as long as they are used.
            let work: Body = unsafe { std::mem::transmute::<Box<dyn FnOnce() + Send + '_>, Body>(work) };
            self.start(cpu, name, None, work)?
        };
        if let Some(limit) = self.config.hung_task
            && !task.join_for(limit)
        {
            task.doom();
        }
        task.join()?;
        match result.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(Ok(value)) => Ok(value),
            Some(Err(panic)) => resume_unwind(panic),
            None => Err(gone()),
        }
    }

    /// Starts `body` as a new task called `name` on `cpu` and does not wait: a kernel thread. A panic in it ends the task.
    ///
    /// # Errors
    /// The machine is shutting down.
    pub fn spawn(
        &self,
        cpu: usize,
        name: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> Result<Arc<Task>, Killed> {
        self.start(cpu, name, None, guarded(body))
    }

    /// As [`Machine::spawn`], but it does not run before somebody wakes it (`kthread_create`).
    ///
    /// # Errors
    /// The machine is shutting down.
    pub fn create(
        &self,
        cpu: usize,
        name: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> Result<Arc<Task>, Killed> {
        let task = self.new_task(cpu, name, None, guarded(body));
        task.set_state(crate::task::state::UNINTERRUPTIBLE);
        Ok(task)
    }

    /// Has a CPU answer between two tasks; false when the machine is shutting down.
    pub(crate) fn look(&self, cpu: usize, look: Look) -> bool {
        self.cpus.get(cpu).is_some_and(|cpu| cpu.look(look))
    }

    pub(crate) fn spawn_softirq(&self, cpu: &Cpu, body: Body) {
        // A machine that is shutting down runs no timers.
        let _ = self.start(cpu.number, &format!("ksoftirqd/{}", cpu.number), Some(13), body);
    }

    fn start(&self, cpu: usize, name: &str, pid: Option<i32>, body: Body) -> Result<Arc<Task>, Killed> {
        let task = self.new_task(cpu, name, pid, body);
        if task.cpu.start(&task) { Ok(task) } else { Err(gone()) }
    }

    /// Starts a task that runs before all others of its CPU; false when the machine is shutting down.
    fn start_stopper(&self, cpu: usize, body: Body) -> bool {
        let task = self.new_task(cpu, &format!("migration/{cpu}"), None, body);
        task.cpu.start_first(&task)
    }

    fn new_task(&self, cpu: usize, name: &str, pid: Option<i32>, body: Body) -> Arc<Task> {
        let cpu = self.cpus[cpu % self.cpus.len()].clone();
        // Relaxed: tickets.
        let id = self.next_task.fetch_add(1, Ordering::Relaxed);
        let pid = pid.unwrap_or_else(|| self.next_pid.fetch_add(1, Ordering::Relaxed));
        Task::new(id, pid, name, cpu, self.canary, body)
    }

    /// Calls `callback` in a task of its own on `cpu` once jiffies have reached `expires` (`add_timer_on`).
    pub fn add_timer(&self, cpu: usize, expires: u64, callback: impl FnOnce() + Send + 'static) -> TimerId {
        let at = Instant::now() + self.clock.until(expires);
        self.cpus[cpu % self.cpus.len()].add_timer(at, Action::Run(guarded(callback)))
    }

    /// Takes a timer back; false when it has run or runs now (`del_timer`).
    pub fn remove_timer(&self, timer: TimerId) -> bool {
        self.cpus.get(timer.cpu).is_some_and(|cpu| cpu.remove_timer(timer))
    }

    /// Ends every CPU and waits for them. Tasks that have not ended never will. Also done by dropping the machine.
    pub fn shutdown(&self) {
        // Release: pairs with the Acquire in the clock's thread; it does not look at the machine afterwards.
        self.stopping.store(true, Ordering::Release);
        for cpu in &self.cpus {
            cpu.stop();
        }
        // First the clock's, because the watchdog looks at the other threads.
        let ticker = self.ticker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ticker) = &ticker {
            ticker.thread().unpark();
        }
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in ticker.into_iter().chain(threads) {
            // The last handle may be dropped by a task, on a thread that cannot wait for itself. A panic of a CPU's
            // thread has been reported by the thread.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Machine with {} CPUs", self.cpus.len())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// A panic in `body` must not unwind into the root of its stack: the panic hook has said what it was.
fn guarded(body: impl FnOnce() + Send + 'static) -> Body {
    Box::new(move || drop(catch_unwind(AssertUnwindSafe(body))))
}
