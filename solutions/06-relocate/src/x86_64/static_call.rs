//! Static calls: a function pointer that costs no more than a call, because the pointer is the operand of a
//! jump in the text. `arch/x86/kernel/static_call.c, arch_static_call_transform`.

use super::insn::{JMP32_INSN_OPCODE, JMP32_INSN_SIZE, text_gen_insn};

/// What a trampoline does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trampoline {
    /// It goes on to the function at this address.
    Jump(u64),
    /// It returns at once: the static call has no function.
    Return,
}

/// Two instructions that never run: they fill the five bytes after a `ret`.
const RET: [u8; JMP32_INSN_SIZE] = [0xc3, 0xcc, 0xcc, 0xcc, 0xcc];

/// The first five bytes of the trampoline at `address`; three bytes that mark it as a trampoline follow and
/// stay. `None` where the function is too far away for a jump.
pub fn static_call_trampoline(address: u64, action: Trampoline) -> Option<[u8; JMP32_INSN_SIZE]> {
    // ANCHOR: task_static_call_trampoline
    match action {
        Trampoline::Jump(function) => text_gen_insn(JMP32_INSN_OPCODE, address, function),
        Trampoline::Return => Some(RET),
    }
    // ANCHOR_END: task_static_call_trampoline
}
