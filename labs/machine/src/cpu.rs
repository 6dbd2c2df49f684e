//! A simulated CPU: a thread of the host with a run queue, timers, and a GS base of its own (kernel/sched/core.c).

use std::{
    collections::{HashMap, VecDeque},
    fmt, io,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    Level, Machine,
    host::{self, Fiber, HandlerStack, Thread},
    inside::Look,
    task::{Killed, Local, Task, state, with_local},
    timer::{Action, TimerId, Timers},
};

/// `PREEMPT_ENABLED` on x86: the top bit says that no rescheduling is needed.
pub(crate) const PREEMPT_ENABLED: u32 = 0x8000_0000;

/// The part of a CPU that everyone may reach.
pub(crate) struct Cpu {
    pub(crate) number: usize,
    queue: Mutex<Queue>,
    work: Condvar,
    /// Odd while a task runs; changes with every switch. The watchdog looks at it.
    pub(crate) switches: AtomicU64,
    /// The value of `switches` whose task the watchdog has given up.
    pub(crate) locked_up: AtomicU64,
}

#[derive(Default)]
struct Queue {
    runnable: VecDeque<Arc<Task>>,
    /// By id: tasks that are in `runnable` or running.
    queued: std::collections::HashSet<u64>,
    timers: Timers,
    /// Questions to be answered between two tasks.
    looks: Vec<Look>,
    stopping: bool,
}

impl fmt::Debug for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CPU {}", self.number)
    }
}

impl Cpu {
    pub(crate) fn new(number: usize) -> Arc<Cpu> {
        Arc::new(Cpu {
            number,
            queue: Mutex::default(),
            work: Condvar::new(),
            switches: AtomicU64::new(0),
            locked_up: AtomicU64::new(u64::MAX),
        })
    }

    /// Puts a new task into the run queue; false when the machine is shutting down.
    pub(crate) fn start(&self, task: &Arc<Task>) -> bool {
        self.add(task, VecDeque::push_back)
    }

    /// The same, before all others: the class of the stoppers (kernel/sched/stop_task.c).
    pub(crate) fn start_first(&self, task: &Arc<Task>) -> bool {
        self.add(task, VecDeque::push_front)
    }

    fn add(&self, task: &Arc<Task>, push: impl FnOnce(&mut VecDeque<Arc<Task>>, Arc<Task>)) -> bool {
        let mut queue = self.queue();
        if queue.stopping {
            return false;
        }
        queue.queued.insert(task.id);
        push(&mut queue.runnable, task.clone());
        self.work.notify_one();
        true
    }

    /// `try_to_wake_up`.
    pub(crate) fn wake(&self, task: &Arc<Task>, mask: u32) -> bool {
        let mut queue = self.queue();
        if task.state() & mask == 0 {
            return false;
        }
        task.set_state(state::RUNNING);
        if queue.queued.insert(task.id) {
            queue.runnable.push_back(task.clone());
            self.work.notify_one();
        }
        true
    }

    /// Has the CPU answer between two tasks; false when the machine is shutting down.
    pub(crate) fn look(&self, look: Look) -> bool {
        let mut queue = self.queue();
        if queue.stopping {
            return false;
        }
        queue.looks.push(look);
        self.work.notify_one();
        true
    }

    pub(crate) fn add_timer(&self, at: Instant, action: Action) -> TimerId {
        let mut queue = self.queue();
        let number = queue.timers.add(at, action);
        self.work.notify_one();
        TimerId { cpu: self.number, at, number }
    }

    pub(crate) fn remove_timer(&self, timer: TimerId) -> bool {
        // The action is dropped outside the lock: it may hold the last handle to something that wakes.
        let removed = self.queue().timers.remove(timer.at, timer.number);
        removed.is_some()
    }

    /// Ends the CPU's loop as soon as no task runs.
    pub(crate) fn stop(&self) {
        self.queue().stopping = true;
        self.work.notify_one();
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next thing to do: a due timer, a task; `None` when the CPU stops. Sleeps while there is nothing.
    fn next(&self) -> Option<Next> {
        let mut queue = self.queue();
        loop {
            if queue.stopping {
                return None;
            }
            if let Some(look) = queue.looks.pop() {
                return Some(Next::Look(look));
            }
            if let Some(action) = queue.timers.due(Instant::now()) {
                return Some(Next::Timer(action));
            }
            if let Some(task) = queue.runnable.pop_front() {
                return Some(Next::Task(task));
            }
            let until = queue.timers.next().map(|at| at.saturating_duration_since(Instant::now()));
            let until = until.unwrap_or(Duration::from_secs(3600));
            queue = self.work.wait_timeout(queue, until).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// After a task has left the CPU alive: back into the queue, unless it sleeps.
    fn put_back(&self, task: Arc<Task>) {
        let mut queue = self.queue();
        if task.state() == state::RUNNING {
            queue.runnable.push_back(task);
        } else {
            queue.queued.remove(&task.id);
        }
    }

    /// What the CPU's thread does all its life. `ready` hears whether it could set itself up.
    pub(crate) fn run(
        self: Arc<Self>,
        machine: Weak<Machine>,
        area: Area,
        stack_size: usize,
        ready: impl FnOnce(io::Result<(usize, Thread)>),
    ) {
        let local = Local::new(self.clone(), area);
        let handler_stack = match host::set_gs_base(area.base).and_then(|()| HandlerStack::install()) {
            Ok(stack) => stack,
            Err(error) => return ready(Err(error)),
        };
        ready(Ok((self.number, Thread::current())));
        // SAFETY: `local` stays in this frame until `uninstall`.
        unsafe { local.install() };
        let mut fibers = HashMap::new();
        while let Some(next) = self.next() {
            // Without a machine nobody can be waiting for anything any more.
            let Some(machine) = machine.upgrade() else {
                if let Next::Task(task) = next {
                    task.end(Err(gone()));
                }
                break;
            };
            match next {
                Next::Look(look) => look(&mut fibers.values().map(|(_, task)| task)),
                Next::Timer(Action::Wake(task)) => {
                    task.wake();
                }
                Next::Timer(Action::Run(callback)) => {
                    machine.clock().tick();
                    machine.spawn_softirq(&self, callback);
                }
                Next::Task(task) => self.run_task(&local, machine, task, stack_size, &mut fibers),
            }
        }
        Local::uninstall();
        drop(handler_stack);
        self.abandon(fibers);
    }

    fn run_task(
        &self,
        local: &Local,
        machine: Arc<Machine>,
        task: Arc<Task>,
        stack_size: usize,
        fibers: &mut HashMap<u64, (Fiber, Arc<Task>)>,
    ) {
        let (mut fiber, suspender) = match fibers.remove(&task.id) {
            Some((fiber, _)) => {
                let suspender = fiber.suspender();
                (fiber, suspender)
            }
            None => match begin(&task, stack_size) {
                Ok(fiber) => (fiber, None),
                Err(error) => {
                    return task.end(Err(Killed { reason: format!("no stack: {error}"), missing: None }));
                }
            },
        };
        if task.is_doomed() {
            self.queue().queued.remove(&task.id);
            task.end(Err(Killed { reason: blocked(&machine, &task), missing: None }));
            // As below: never unwound, resumed or freed.
            return std::mem::forget(fiber);
        }
        local.enter(machine, task.clone(), suspender, fiber.stack());
        // Relaxed: the watchdog needs no more than to see that it changes.
        self.switches.fetch_add(1, Ordering::Relaxed);
        let ended = fiber.resume();
        self.switches.fetch_add(1, Ordering::Relaxed);
        // Dropped last: where this was the last handle, the machine goes.
        let kept = local.leave();
        if ended {
            self.queue().queued.remove(&task.id);
            task.end(Ok(()));
        } else if task.outcome().is_some() {
            // Killed. Frames on its stack may be borrowed from elsewhere: it is never unwound, resumed or freed.
            self.queue().queued.remove(&task.id);
            std::mem::forget(fiber);
        } else {
            fibers.insert(task.id, (fiber, task.clone()));
            self.put_back(task);
        }
        drop(kept);
    }

    /// The end of the machine: tasks that have not ended never will.
    fn abandon(&self, fibers: HashMap<u64, (Fiber, Arc<Task>)>) {
        for (_, (fiber, task)) in fibers {
            task.end(Err(gone()));
            std::mem::forget(fiber);
        }
        let looks = std::mem::take(&mut self.queue().looks);
        looks.into_iter().for_each(|look| look(&mut std::iter::empty()));
        let waiting = std::mem::take(&mut self.queue().runnable);
        for task in waiting {
            task.end(Err(gone()));
        }
    }
}

/// Where this CPU's per-CPU variables lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area {
    pub(crate) base: u64,
    pub(crate) preempt_count: u64,
    pub(crate) current_task: u64,
    pub(crate) irqs: u64,
}

enum Next {
    Look(Look),
    Timer(Action),
    Task(Arc<Task>),
}

/// The end of a task that outlives its machine.
pub(crate) fn gone() -> Killed {
    Killed { reason: "the machine was shut down".to_owned(), missing: None }
}

/// `check_hung_task`: says that a task has been waiting for too long.
fn blocked(machine: &Machine, task: &Task) -> String {
    let limit = machine.config().hung_task.unwrap_or_default().as_secs();
    let text = format!("INFO: task {}:{} blocked for more than {limit} seconds.", task.name(), task.pid());
    machine.printk(Level::ERR, &format!("{text}\n"));
    text
}

/// The fiber for a task that has not run yet.
fn begin(task: &Task, stack_size: usize) -> io::Result<Fiber> {
    let body = task.body.lock().unwrap_or_else(PoisonError::into_inner).take();
    Fiber::new(stack_size, move |suspender| {
        with_local(|local| local.set_suspender(suspender));
        if let Some(body) = body {
            body();
        }
    })
}
