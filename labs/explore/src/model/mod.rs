//! The names of [`crate::native`], explored: each access is a step that others may come before, is written down, and
//! under loom may also show an older value than the latest, where the orderings allow it.
//!
//! Outside an exploration they work as the native ones do.

mod atomics;
mod mutex;
mod preempt;
mod wait;

pub use atomics::{AtomicBool, AtomicI32, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, fence};
pub use mutex::{Mutex, MutexGuard};
pub use preempt::{cpu, in_atomic, preempt_disable, preempt_enable};
pub use std::sync::atomic::Ordering;
pub use wait::spin_until;
