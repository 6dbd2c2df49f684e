//! Lab 13: the roads not taken. Ten ways to let a module leave while others come, each behind the trait [`Design`],
//! each run through the same scenarios: those that were argued about in 2002 and 2003, the one that Linux took, and the
//! one that it took later.

#![allow(unused)]

pub mod atomic_base;
pub mod big_reader_lock;
pub mod broken;
pub mod design;
pub mod exit_may_fail;
pub mod module;
pub mod no_unload;
pub mod per_cpu;
pub mod per_object;
pub mod shutdown_call;
mod text;
pub mod try_deregister;
pub mod two_stage;
pub mod two_system_calls;

#[cfg(feature = "model")]
pub mod race;
#[cfg(feature = "model")]
pub mod table;

pub use design::{Design, Facts, Refusal};

/// What the designs synchronize with.
pub mod sync {
    pub use explore::native::*;
}

/// What the designs are made of besides.
pub mod parts {
    pub use crate::text::Text;
    pub use crossbeam_utils::{CachePadded, sync::ShardedLock};
    pub use refcount::refcount::Refcount;

    /// Waits until nobody reads: then the writer has the lock.
    pub fn write<T>(lock: &ShardedLock<T>) -> crossbeam_utils::sync::ShardedLockWriteGuard<'_, T> {
        lock.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Waits until nobody writes: then this CPU may read.
    pub fn read<T>(lock: &ShardedLock<T>) -> crossbeam_utils::sync::ShardedLockReadGuard<'_, T> {
        lock.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The same files once more, over atomics whose every interleaving is explored: what the tests use.
#[cfg(feature = "model")]
#[path = "."]
pub mod model {
    #[path = "atomic_base.rs"]
    pub mod atomic_base;
    #[path = "big_reader_lock.rs"]
    pub mod big_reader_lock;
    #[path = "broken.rs"]
    pub mod broken;
    #[path = "design.rs"]
    pub mod design;
    #[path = "exit_may_fail.rs"]
    pub mod exit_may_fail;
    #[path = "module.rs"]
    pub mod module;
    #[path = "no_unload.rs"]
    pub mod no_unload;
    #[path = "per_cpu.rs"]
    pub mod per_cpu;
    #[path = "per_object.rs"]
    pub mod per_object;
    #[path = "sharded_lock.rs"]
    pub mod sharded_lock;
    #[path = "shutdown_call.rs"]
    pub mod shutdown_call;
    #[path = "try_deregister.rs"]
    pub mod try_deregister;
    #[path = "two_stage.rs"]
    pub mod two_stage;
    #[path = "two_system_calls.rs"]
    pub mod two_system_calls;

    pub use design::{Design, Facts, Refusal};

    /// What the designs synchronize with.
    pub mod sync {
        pub use explore::model::*;
    }

    /// What the designs are made of besides.
    pub mod parts {
        pub use super::sharded_lock::{ShardedLock, read, write};
        pub use crossbeam_utils::CachePadded;
        pub use explore::Text;
        pub use refcount::model::refcount::Refcount;
    }
}
