//! The same files once more, over atomics whose every interleaving is explored; and what is explored only: the designs
//! that came before, and the drivers that are to be audited.

#[path = "attacks.rs"]
pub mod attacks;
#[path = "audit.rs"]
pub mod audit;
#[path = "broken.rs"]
pub mod broken;
#[path = "driver.rs"]
pub mod driver;
#[path = "races.rs"]
pub mod races;
#[path = "refcount.rs"]
pub mod refcount;
#[path = "shipped.rs"]
pub mod shipped;
#[path = "thread.rs"]
pub mod thread;

/// What is shared between CPUs: atomics whose every access is a step.
pub mod sync {
    pub use explore::model::*;
}
