//! Lab 10: who holds a module, and who may

pub mod refcount;

/// What `refcount` shares between CPUs.
pub mod sync {
    pub use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
}

pub use refcount::Refcount;
