//! Lab 10: who holds a module, and who may

pub mod refcount;

/// What is shared between CPUs: the atomics of the machine.
pub mod sync {
    pub use explore::native::*;
}

#[cfg(feature = "model")]
pub mod model;

pub use refcount::Refcount;
