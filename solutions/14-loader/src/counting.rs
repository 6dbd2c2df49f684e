//! Who counts the references to modules: one atomic number, as since 3.19, or each CPU for itself, as from 2.5.48 to
//! 3.18; who removes a module stops all CPUs then.

use abi::{Errno, LoadError};
use clap::ValueEnum;
use machine::{Absent, Complaint, Machine, try_current};
use parking_lot::{Mutex, MutexGuard};
use refcount::Refcount;
use stop_machine::{Cpus, PerCpuRefcount, stop_machine, sync::set_cpu};
use symbols::ModuleState;
use unload::wait::Waiter;

/// How references are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Counting {
    /// In one atomic number.
    #[default]
    Atomic,
    /// Each CPU for itself.
    Percpu,
}

/// A module's state, and who holds it. Each method is that of [`Refcount`].
#[derive(Debug)]
#[allow(missing_docs)]
pub enum References {
    Atomic(Refcount),
    PerCpu(PerCpu),
}

/// Counted by each CPU, and by those who are on none, such as the shell's thread: they have a part of their own, and as
/// nobody can stop them, a lock.
#[derive(Debug)]
pub struct PerCpu {
    refcount: PerCpuRefcount,
    /// The part of those who are on no CPU: one behind the last.
    outside: usize,
    lock: Mutex<()>,
}

impl PerCpu {
    /// Says which part the calling thread counts in; where it is on no CPU, nobody else does until the guard goes, which
    /// is a temporary of the callers' and lives to the end of their statement.
    fn here(&self) -> (&PerCpuRefcount, Option<MutexGuard<'_, ()>>) {
        let cpu = try_current().map(|current| current.cpu());
        set_cpu(cpu.unwrap_or(self.outside));
        (&self.refcount, cpu.is_none().then(|| self.lock.lock()))
    }
}

impl Default for References {
    fn default() -> References {
        References::Atomic(Refcount::default())
    }
}

impl References {
    /// UNFORMED, with one reference for `init`, on a machine with so many CPUs.
    pub fn new(counting: Counting, cpus: usize) -> References {
        match counting {
            Counting::Atomic => References::default(),
            Counting::Percpu => {
                set_cpu(try_current().map_or(cpus, |current| current.cpu()));
                let refcount = PerCpuRefcount::new(cpus + 1);
                References::PerCpu(PerCpu { refcount, outside: cpus, lock: Mutex::new(()) })
            }
        }
    }

    /// Where it is in its life.
    pub fn state(&self) -> ModuleState {
        match self {
            References::Atomic(refcount) => refcount.state(),
            References::PerCpu(percpu) => percpu.refcount.state(),
        }
    }

    /// Moves it on.
    pub fn set_state(&self, state: ModuleState) {
        match self {
            References::Atomic(refcount) => refcount.set_state(state),
            References::PerCpu(percpu) => percpu.refcount.set_state(state),
        }
    }

    /// `module_refcount`: how many hold it.
    pub fn count(&self) -> i32 {
        match self {
            References::Atomic(refcount) => refcount.count(),
            References::PerCpu(percpu) => percpu.refcount.count(),
        }
    }

    /// `try_module_get`: takes a reference unless the module is on its way out.
    pub fn try_get(&self) -> bool {
        match self {
            References::Atomic(refcount) => refcount.try_get(),
            References::PerCpu(percpu) => percpu.here().0.try_get(),
        }
    }

    /// `strong_try_module_get`: takes a reference to a module whose `init` has returned.
    ///
    /// # Errors
    /// `EBUSY` while it is COMING, `ENOENT` once it is GOING.
    pub fn strong_try_get(&self) -> Result<(), Errno> {
        match self {
            References::Atomic(refcount) => refcount.strong_try_get(),
            References::PerCpu(percpu) => percpu.here().0.strong_try_get(),
        }
    }

    /// `__module_get`: takes a reference where the caller knows of one already.
    pub fn get(&self) {
        match self {
            References::Atomic(refcount) => refcount.get(),
            References::PerCpu(percpu) => percpu.here().0.get(),
        }
    }

    /// `module_put`: gives a reference back, without a word to anybody. False where it is known that there was none to
    /// give: a CPU that counts for itself cannot know.
    pub fn put(&self) -> bool {
        match self {
            References::Atomic(refcount) => refcount.put(),
            References::PerCpu(percpu) => {
                percpu.here().0.put();
                true
            }
        }
    }

    /// As [`References::put`], and wakes the `waiter` of a module that is GOING.
    pub(crate) fn module_put(&self, waiter: &impl Waiter) -> bool {
        match self {
            References::Atomic(refcount) => unload::put::module_put(refcount, waiter),
            References::PerCpu(percpu) => {
                let is_awaited = percpu.here().0.put();
                if is_awaited {
                    waiter.wake();
                }
                true
            }
        }
    }

    /// Sleeps until nobody holds the module, which is GOING.
    pub(crate) fn wait_for_zero(&self, waiter: &impl Waiter) {
        match self {
            References::Atomic(refcount) => {
                unload::wait::wait_for_zero(refcount, &HeldByNobody { refcount, waiter });
            }
            References::PerCpu(percpu) => {
                waiter.prepare();
                // Below zero somebody has put too often, and nobody is left who could put again.
                while percpu.refcount.count() > 0 {
                    waiter.schedule();
                    waiter.prepare();
                }
                waiter.finish();
            }
        }
    }

    /// Where nobody holds the module, nobody can take it from now on; whether that is so. Where each CPU counts, all of
    /// them stand still meanwhile (`stopped`).
    pub fn try_release(&self) -> bool {
        match self {
            References::Atomic(refcount) => refcount.try_release(),
            References::PerCpu(percpu) => {
                // Those who are on no CPU do not stand still.
                let _outside = percpu.lock.lock();
                percpu.refcount.try_release(false)
            }
        }
    }
}

/// A waiter for a count that may have been put too often: then the base is gone, nobody is left whose put would wake it,
/// and `try_release_module_ref` has a BUG_ON for what it finds. The task ends there, and the module stays GOING.
struct HeldByNobody<'c, W> {
    refcount: &'c Refcount,
    waiter: &'c W,
}

impl<W: Waiter> Waiter for HeldByNobody<'_, W> {
    fn prepare(&self) {
        self.waiter.prepare();
    }

    fn schedule(&self) {
        if self.refcount.count() < 0 {
            self.waiter.finish();
            Complaint { file: "kernel/module/main.c", line: 656, function: "try_release_module_ref" }
                .bug_on();
        }
        self.waiter.schedule();
    }

    fn finish(&self) {
        self.waiter.finish();
    }

    fn wake(&self) {
        self.waiter.wake();
    }
}

/// The CPUs of the course's machine: none comes or goes while it runs.
struct EveryCpu<'m>(&'m Machine);

impl Cpus for EveryCpu<'_> {
    type Absent = Absent;

    fn cpus_read_lock<T>(&self, with: impl FnOnce(&[usize]) -> T) -> T {
        let online: Vec<usize> = (0..self.0.cpus()).collect();
        with(&online)
    }

    fn stop_cpus(&self, _: &[usize], stopper: &(dyn Fn(usize) + Sync)) -> Result<(), Absent> {
        self.0.on_each_cpu(stopper)
    }
}

/// Runs `refusals` where nobody can be in the middle of taking a reference: anywhere for an atomic count, in the stopped
/// machine where each CPU counts.
///
/// # Errors
/// Those of `refusals`; `EBUSY` where a CPU does not come, which the machine has said in the log.
pub(crate) fn stopped<T: Send>(
    counting: Counting,
    machine: &Machine,
    refusals: impl FnOnce() -> Result<T, LoadError> + Send,
) -> Result<T, LoadError> {
    match counting {
        Counting::Atomic => refusals(),
        Counting::Percpu => stop_machine(&EveryCpu(machine), refusals)
            .unwrap_or_else(|_: Absent| Err(LoadError::silent(Errno::EBUSY))),
    }
}
