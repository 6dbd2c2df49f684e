//! x86-64: what `arch/x86/kernel` does to a module's bytes.

mod insn;
mod jump_label;
mod rela;
mod static_call;
mod write;

pub use insn::{
    CALL_INSN_SIZE, JMP8_INSN_OPCODE, JMP8_INSN_SIZE, JMP32_INSN_OPCODE, JMP32_INSN_SIZE, text_gen_insn,
    x86_nop,
};
pub use jump_label::{JumpEntry, JumpPatch, jump_entries, jump_label_patch};
pub use rela::{apply, apply_relocate_add, rel_unsupported};
pub use static_call::{Trampoline, static_call_trampoline};
pub use write::write;
