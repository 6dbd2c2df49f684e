//! What a machine is made of, and the answer on computers where it cannot run.

use std::{fmt, sync::Arc, time::Duration};

use abi::symvers::Symvers;

/// The machine to boot.
#[derive(Debug, Clone)]
pub struct Config {
    /// How many simulated CPUs; 1 to 64.
    pub cpus: usize,
    /// Where the exports' CRCs come from; `None` takes [`crate::builtin_symvers`].
    pub symvers: Option<Arc<Symvers>>,
    /// The release that an oops and vermagic name, such as `6.1.0-56-amd64`.
    pub release: String,
    /// How long a task may keep its CPU before the watchdog ends it; CPU time, not wall time.
    pub soft_lockup: Duration,
    /// How long [`crate::Machine::run`] waits for its task before it ends it, wall time; `None` waits for ever, as the
    /// kernel does, which only says so (kernel/hung_task.c).
    pub hung_task: Option<Duration>,
    /// Each task's stack; bytes.
    pub stack_size: usize,
    /// How many bytes of text the log keeps before it drops the oldest lines (`log_buf_len`).
    pub log_size: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            cpus: 2,
            symvers: None,
            release: abi::RELEASE.to_owned(),
            soft_lockup: Duration::from_secs(20),
            hung_task: None,
            stack_size: 256 << 10,
            log_size: 1 << 20,
        }
    }
}

/// Module code cannot run on this computer, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotHere(pub(crate) String);

impl fmt::Display for NotHere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotHere {}
