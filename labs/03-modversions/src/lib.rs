//! Lab 03: symbol versions. A CRC over a symbol's expanded type, recorded by the importer when it is built
//! and compared with the exporter's when it is loaded: `kernel/module/version.c`.

#![allow(unused)]

mod check;
pub mod genksyms;
pub mod mangled;
mod names;
mod versions;
mod write;

pub use check::{check_modstruct_version, check_version};
pub use names::{Name, NameIndex};
pub use versions::Versions;
pub use write::{Undefined, WriteError, record, write_versions};
