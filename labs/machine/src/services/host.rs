//! Using a subsystem from outside of the machine, as a shell or a test does: the work runs in a task of its own.

use std::fmt;

use abi::Errno;

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

/// Runs `work` in a task called `name` on the first CPU.
pub fn task<T: Send>(
    machine: &Machine,
    name: &str,
    work: impl FnOnce() -> Result<T, Errno> + Send,
) -> Result<T, Failure> {
    match machine.run(0, name, work) {
        Ok(result) => Ok(result?),
        Err(killed) => Err(Failure::Killed(killed)),
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
