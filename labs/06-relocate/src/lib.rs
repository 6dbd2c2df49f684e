//! Lab 06: relocation. The instructions and data of a module are given the addresses that nobody knew when
//! it was compiled: `arch/x86/kernel/module.c`, `arch/x86/kernel/jump_label.c`, `arch/x86/kernel/static_call.c`;
//! and `arch/arm64/kernel/module.c`.
//!
//! What depends on the processor is in a module of its own, [`x86_64`] or [`aarch64`]; both have an
//! `apply_relocate_add`, which walks over a table with [`apply_table`].

#![allow(unused)]

pub mod aarch64;
mod place;
mod refusal;
mod table;
pub mod x86_64;

pub use place::place;
pub use refusal::{Refusal, Refused};
pub use table::apply_table;
