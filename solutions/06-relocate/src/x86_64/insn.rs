//! The few instructions that the loader writes itself: calls, jumps, and nothing at all.
//! `arch/x86/include/asm/text-patching.h, text_gen_insn`; `arch/x86/kernel/alternative.c, x86_nops`.

/// The length of `jmp` with an 8-bit distance; bytes.
pub const JMP8_INSN_SIZE: usize = 2;
/// The length of `jmp` with a 32-bit distance; bytes.
pub const JMP32_INSN_SIZE: usize = 5;
/// The length of `call`; bytes.
pub const CALL_INSN_SIZE: usize = 5;

pub(super) const JMP8_INSN_OPCODE: u8 = 0xeb;
pub(super) const JMP32_INSN_OPCODE: u8 = 0xe9;

/// The instruction of `N` bytes (2 or 5) with `opcode` at address `from` that goes to `to`; `None` where
/// that is too far away.
pub(super) fn text_gen_insn<const N: usize>(opcode: u8, from: u64, to: u64) -> Option<[u8; N]> {
    let distance = to.wrapping_sub(from.wrapping_add(N as u64)).cast_signed();
    let mut insn = [0; N];
    let (first, operand) = insn.split_first_mut()?;
    *first = opcode;
    match operand.len() {
        1 => operand.copy_from_slice(&i8::try_from(distance).ok()?.to_le_bytes()),
        4 => operand.copy_from_slice(&i32::try_from(distance).ok()?.to_le_bytes()),
        _ => return None,
    }
    Some(insn)
}

/// The single instruction of `size` bytes (2 or 5) that does nothing.
pub fn x86_nop(size: usize) -> Option<&'static [u8]> {
    match size {
        JMP8_INSN_SIZE => Some(&[0x66, 0x90]),
        JMP32_INSN_SIZE => Some(&[0x0f, 0x1f, 0x44, 0x00, 0x00]),
        _ => None,
    }
}
