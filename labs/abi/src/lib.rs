//! What a Linux 6.1 kernel on x86-64 and a module for it agree on: error numbers, the shape of a
//! refusal, the policies under which a module is judged, where the fields of shared structures lie,
//! and Module.symvers. Nothing here needs an operating system.

mod errno;
mod error;
pub mod offsets;
mod policy;
pub mod symvers;

pub use errno::Errno;
pub use error::LoadError;
pub use policy::{OnMismatch, Policy, UnknownPolicy};
pub use symvers::Symvers;

/// The release of the kernel that the course takes as its example: Debian 12's, in the version whose exports
/// labs/machine/Module.symvers lists.
pub const RELEASE: &str = "6.1.0-56-amd64";

/// That kernel's version magic; the space at the end counts (`include/linux/vermagic.h`, VERMAGIC_STRING).
pub const VERMAGIC: &str = "6.1.0-56-amd64 SMP preempt mod_unload modversions ";
