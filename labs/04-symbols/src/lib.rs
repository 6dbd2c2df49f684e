//! Lab 04: symbols. What a kernel and its modules export, and how the undefined symbols of a new module find
//! their way there: `kernel/module/main.c`, find_symbol, resolve_symbol, simplify_symbols.

#![allow(unused)]

mod exports;
mod kernel;
mod ksymtab;
mod resolve;
mod simplify;
mod symbol_get;
mod uses;
mod verify;

pub use abi::ModuleState;
pub use exports::{Export, ExportTable};
pub use kernel::{Exporter, Found, Kernel, ModuleId, find_symbol};
pub use ksymtab::{Image, read_export, read_exports};
pub use modversions::{Name, Versions};
pub use resolve::{Importer, Unusable, inherit_taint, resolve_symbol, resolve_symbol_wait};
pub use simplify::simplify_symbols;
pub use symbol_get::symbol_get;
pub use uses::{ModuleUses, ref_module};
pub use verify::{check_module_license_and_versions, verify_exported_symbols};
