//! AArch64: what `arch/arm64/kernel/module.c` does to a module's bytes. Every instruction has four bytes, so an
//! address never fits into one: there are many kinds of relocation, each for some of the address's bits.
//!
//! As a kernel built without `CONFIG_ARM64_MODULE_PLTS` and `CONFIG_ARM64_ERRATUM_843419`: a call that is too far is
//! an overflow, and gets no stub.

mod data;
mod field;
mod imm;
mod kind;
mod movw;
mod rela;

pub use field::{Field, encode_immediate};
pub use imm::reloc_insn_imm;
pub use rela::apply_relocate_add;
