//! x86-64: what `arch/x86/kernel` does to a module's bytes.

mod insn;
mod jump_label;
mod rela;
mod static_call;

pub use insn::{CALL_INSN_SIZE, JMP8_INSN_SIZE, JMP32_INSN_SIZE, x86_nop};
pub use jump_label::{JumpEntry, JumpPatch, jump_entries, jump_label_patch};
pub use rela::{apply_relocate_add, rel_unsupported};
pub use static_call::{Trampoline, static_call_trampoline};
