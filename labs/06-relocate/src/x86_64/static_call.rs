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

/// `ret`, and four `int3` to fill the five bytes (`retinsn`).
const RET: [u8; JMP32_INSN_SIZE] = [0xc3, 0xcc, 0xcc, 0xcc, 0xcc];

/// What to write over the first five bytes of the trampoline that lies at `address`. Three bytes that mark it as a
/// trampoline stand behind them and stay.
///
/// | action | bytes |
/// |---|---|
/// | [`Trampoline::Jump`] | `jmp` with a 32-bit distance, from the trampoline to the function ([`text_gen_insn`]) |
/// | [`Trampoline::Return`] | `c3 cc cc cc cc`: a `ret`, and `int3` where nothing should ever come by |
///
/// A jump and not a call: the caller's return address is on the stack already, and the function returns there.
///
/// `None` where the function is too far away for the jump. (6.1 does not look.) A function at address 0 is a function
/// like any other.
pub fn static_call_trampoline(address: u64, action: Trampoline) -> Option<[u8; JMP32_INSN_SIZE]> {
    match action {
        Trampoline::Jump(function) => text_gen_insn(JMP32_INSN_OPCODE, address, function),
        Trampoline::Return => Some(RET),
    }
}
