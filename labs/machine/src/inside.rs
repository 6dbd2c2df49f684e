//! Who is inside of module code: asked of every CPU, and answered by each between two of its tasks, so that nobody
//! runs while the answer is written (`synchronize_rcu` and a look at all stacks in one).

use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use crate::{Machine, Task, WaitQueue};

/// How long a CPU may take to answer. The watchdog ends whoever keeps it for longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A task that has called module code and has not come back; it does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// The task's name.
    pub comm: String,
    /// Its process number.
    pub pid: i32,
    /// The CPU that it belongs to.
    pub cpu: usize,
    /// The calls into module code that have not returned, the outermost first: the function's address, and how far
    /// down the stack was in use when it was called.
    pub calls: Vec<(u64, u64)>,
    /// Its stack from the innermost word up to the outermost of the calls: the first word's address, and the words.
    pub stack: (u64, Vec<u64>),
}

/// What one CPU is asked; it calls this between two tasks, with all that have begun and do not run.
pub(crate) type Look = Box<dyn FnOnce(&mut dyn Iterator<Item = &Arc<Task>>) + Send>;

impl Machine {
    /// Who is inside of module code, by CPU. Comes back when every CPU has been between two tasks once, as
    /// `synchronize_rcu` does: whoever was in module code before and is not in the answer has left it.
    ///
    /// Called as a task that may sleep, or from a thread of the host. A machine that is being shut down runs nobody,
    /// and the answer is empty.
    pub fn inside(&self) -> Vec<Inside> {
        let answers = Arc::new((Mutex::new(vec![None; self.cpus()]), WaitQueue::default()));
        for cpu in 0..self.cpus() {
            let hear = answers.clone();
            let look: Look = Box::new(move |tasks| {
                lock(&hear.0)[cpu] = Some(tasks.filter_map(|task| inside(task)).collect());
                hear.1.wake_all();
            });
            if !self.look(cpu, look) {
                lock(&answers.0)[cpu] = Some(Vec::new());
            }
        }
        let (heard, wait) = &*answers;
        wait.wait_timeout(PATIENCE, || lock(heard).iter().all(Option::is_some));
        let mut heard: Vec<_> = std::mem::take(&mut *lock(heard)).into_iter().flatten().flatten().collect();
        heard.sort_by_key(|inside| (inside.cpu, inside.pid));
        heard
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What there is to say of a task that does not run; `None` where no module code waits for it.
fn inside(task: &Task) -> Option<Inside> {
    let calls = task.calls.active();
    let &(_, outermost) = calls.first()?;
    // Relaxed: written by the task's own thread, which is this one.
    let innermost = task.left_at.load(Ordering::Relaxed) & !7;
    let words = words(innermost..outermost);
    let (comm, pid, cpu) = (task.name().to_owned(), task.pid(), task.cpu());
    Some(Inside { comm, pid, cpu, calls, stack: (innermost, words) })
}

/// The words of a stack that nobody uses now.
fn words(range: Range<u64>) -> Vec<u64> {
    range
        .step_by(8)
        .map(|at| {
            // SAFETY: the range lies between two places of one stack that were in use when the task was left; the task
            // has not ended, so the stack is there, and it does not run, so nobody writes.
            unsafe { (at as *const u64).read_volatile() }
        })
        .collect()
}
