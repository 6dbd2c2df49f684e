//! Using a subsystem from outside of the machine, as a shell or a test does: the work runs in a task of its own.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use abi::Errno;

use super::invoke::invoke;
use crate::task::{kill, try_current};
use crate::{Killed, Machine};

/// Why something asked of a subsystem was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The kernel or the module refused.
    Errno(Errno),
    /// The task came to grief in it.
    Killed(Killed),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Errno(errno) => write!(f, "{} ({})", errno.words(), errno.name()),
            Failure::Killed(killed) => killed.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Failure {
        Failure::Errno(errno)
    }
}

/// Runs `work` in a task called `name`, on the first CPU or, within a task, on that task's own. Where it looks at memory of a module that is gone, that task
/// ends with an oops.
pub fn task<T: Send>(
    machine: &Machine,
    name: &str,
    work: impl FnOnce() -> Result<T, Errno> + Send,
) -> Result<T, Failure> {
    let cpu = try_current().map_or(0, |current| current.cpu());
    match machine.run(cpu, name, || in_kernel(work)) {
        Ok(result) => Ok(result?),
        Err(killed) => Err(Failure::Killed(killed)),
    }
}

/// [`task`] for a program's system call, which answers EIO where the task came to grief.
pub fn system_call<T: Send>(
    machine: &Machine,
    name: &str,
    work: impl FnOnce() -> Result<T, Errno> + Send,
) -> Result<T, Errno> {
    task(machine, name, work).map_err(|failure| match failure {
        Failure::Errno(errno) => errno,
        Failure::Killed(_) => Errno::EIO,
    })
}

/// Runs code of ours as if a module had called it, so that its faults are the kernel's and not this process's.
fn in_kernel<T, F: FnOnce() -> T>(work: F) -> T {
    /// What goes in and what comes out.
    struct Call<F, T>(Option<F>, Option<thread::Result<T>>);

    extern "C" fn enter<T, F: FnOnce() -> T>(call: *mut Call<F, T>) -> u64 {
        // SAFETY: the caller's, which waits meanwhile.
        let call = unsafe { &mut *call };
        if let Some(work) = call.0.take() {
            call.1 = Some(catch_unwind(AssertUnwindSafe(work)));
        }
        0
    }

    let mut call = Call(Some(work), None);
    // SAFETY: enter() takes that one argument. The task owns nothing but what `work` owns, and that is leaked when it
    // is killed, as with every other end of a task.
    unsafe { invoke(enter::<T, F> as *const () as u64, [&raw mut call as u64]) };
    match call.1 {
        Some(Ok(value)) => value,
        Some(Err(panic)) => resume_unwind(panic),
        // enter() has filled it: a task that is killed in it never comes back.
        None => kill(Killed { reason: "the call was lost".to_owned(), missing: None }),
    }
}

/// What an `int` that a kernel function returned means.
pub fn check(returned: i32) -> Result<i32, Errno> {
    if returned >= 0 { Ok(returned) } else { Err(errno(i64::from(returned))) }
}

/// What a pointer that a kernel function returned means (include/linux/err.h).
pub fn check_pointer(pointer: u64) -> Result<u64, Errno> {
    if super::is_err(pointer) { Err(errno(pointer as i64)) } else { Ok(pointer) }
}

/// The errno that was returned negated. A module may return numbers that are none: those count as EINVAL.
fn errno(returned: i64) -> Errno {
    Errno::from_return(returned).unwrap_or(Errno::EINVAL)
}
