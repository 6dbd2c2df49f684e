//! Why a system call about a module did not do what was asked.

use std::fmt;

use abi::LoadError;
use machine::Killed;

/// What became of `init_module` or `delete_module` instead.
#[derive(Debug, Clone)]
pub enum NotDone {
    /// The kernel refused, or the module's own init did. Everything is as it was.
    Refused(LoadError),
    /// The task that ran the module's code was killed by an oops. The module stays for ever, COMING where that was
    /// its init, GOING where it was its exit.
    Killed(Killed),
}

impl fmt::Display for NotDone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotDone::Refused(refusal) => refusal.fmt(f),
            NotDone::Killed(killed) => write!(f, "Killed: {}", killed.reason),
        }
    }
}

impl std::error::Error for NotDone {}
