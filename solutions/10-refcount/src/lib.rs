//! Lab 10: who holds a module, and who may

pub mod refcount;
pub mod safe;
pub mod thread;

/// What is shared between CPUs: the atomics of the machine.
pub mod sync {
    pub use explore::native::*;
}

#[cfg(feature = "model")]
pub mod model;

pub use refcount::{Refcount, module_put, try_module_get};
pub use safe::{SafeList, Usage};
pub use thread::kthread_run;
