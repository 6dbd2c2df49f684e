//! The course's own kernel modules: C sources and small headers, built by the system's C compiler and
//! finished by our own glue into real `.ko` files of the x86-64 Linux 6.1 ABI (the kernel's build does
//! the same with scripts/Makefile.modpost, scripts/mod/modpost.c and scripts/Makefile.modfinal).
//!
//! One loader takes these modules and Debian's alike, and so does Debian's kernel.
//!
//! ```no_run
//! let modules = course_modules::cached().expect("a C compiler for x86-64 Linux");
//! let hello = modules.iter().find(|module| module.name == "hello").unwrap();
//! let bytes = std::fs::read(&hello.path).unwrap();
//! ```

mod build;
mod compiled;
mod compiler;
mod config;
mod error;
pub mod found;
mod glue;
mod object;
mod parallel;
mod sources;
mod store;
mod version;

pub use build::{BuiltModule, build};
pub use compiled::CompiledModule;
pub use compiler::compiler_version;
pub use config::{BuildConfig, builtin_symvers, cached};
pub use error::BuildError;
pub use version::symbol_version;
