//! The lab's files once more, over atomics whose every interleaving is explored: what its tests use.

#[path = "refcount.rs"]
pub mod refcount;

/// What is shared between CPUs: atomics that are explored.
pub mod sync {
    pub use explore::model::*;
}
