//! Lab 12: unloading. `delete_module` in the kernel's order of refusals, `rmmod --wait`, and how the text of a module is
//! freed so that nobody is in it: `kernel/module/main.c` (delete_module, try_stop_module, module_put, free_module,
//! do_free_init), and `kernel/rcu` for the grace period.

#![allow(unused)]

pub mod free;
pub mod grace;
pub mod inside;
pub mod look_up;
pub mod put;
pub mod stop;
pub mod wait;

/// What the lab's files build on: the atomics of this computer.
pub mod sync {
    pub use explore::native::*;
}

/// The labs before this one.
pub mod parts {
    pub use refcount::refcount::Refcount;
}

/// The same files once more, over atomics whose every interleaving is explored: what the tests use.
#[cfg(feature = "model")]
#[path = "."]
pub mod model {
    #[path = "grace.rs"]
    pub mod grace;
    #[path = "look_up.rs"]
    pub mod look_up;
    #[path = "put.rs"]
    pub mod put;
    #[path = "wait.rs"]
    pub mod wait;

    /// What the lab's files build on: atomics that are explored.
    pub mod sync {
        pub use explore::model::*;
    }

    /// The labs before this one.
    pub mod parts {
        pub use refcount::model::refcount::Refcount;
    }
}

#[cfg(feature = "model")]
pub mod attack;
