//! What a Linux 6.1 kernel on x86-64 and a module for it agree on: error numbers, the shape of a
//! refusal, which refusals are ours alone, how its file may be compressed, the policies under which a module is judged, where the fields of shared structures lie,
//! a module's states, how numbers are read from text, the types of parameters, and Module.symvers. Nothing here needs an operating system.

mod compressed;
mod errno;
mod error;
pub mod kstrtox;
pub mod offsets;
mod param;
mod policy;
mod state;
mod stricter;
pub mod symvers;

pub use compressed::{LIMIT as DECOMPRESSED_LIMIT, decompress, decompress_within};
pub use errno::Errno;
pub use error::LoadError;
pub use param::{Elements, ParamKind};
pub use policy::{OnMismatch, Policy, UnknownPolicy};
pub use state::ModuleState;
pub use stricter::Stricter;
pub use symvers::Symvers;

/// The release of the kernel that the course takes as its example: Debian 12's, in the version whose exports
/// labs/machine/Module.symvers lists.
pub const RELEASE: &str = "6.1.0-56-amd64";

/// That kernel's version magic; the space at the end counts (`include/linux/vermagic.h`, VERMAGIC_STRING).
pub const VERMAGIC: &str = "6.1.0-56-amd64 SMP preempt mod_unload modversions ";
