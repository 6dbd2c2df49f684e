//! Lab 06: relocation. The instructions and data of a module are given the addresses that nobody knew when
//! it was compiled: `arch/x86/kernel/module.c`, `arch/x86/kernel/jump_label.c`, `arch/x86/kernel/static_call.c`.
//!
//! What depends on the processor is in a module of its own, such as [`x86_64`]; a second one has the same
//! functions.

pub mod x86_64;
