//! The few instructions that the loader writes itself: calls, jumps, and nothing at all.
//! `arch/x86/include/asm/text-patching.h, text_gen_insn`; `arch/x86/kernel/alternative.c, x86_nops`.

/// The length of `jmp` with an 8-bit distance; bytes.
pub const JMP8_INSN_SIZE: usize = 2;
/// The length of `jmp` with a 32-bit distance; bytes.
pub const JMP32_INSN_SIZE: usize = 5;
/// The length of `call`; bytes.
pub const CALL_INSN_SIZE: usize = 5;

/// The first byte of `jmp` with an 8-bit distance; the distance follows.
pub const JMP8_INSN_OPCODE: u8 = 0xeb;
/// The first byte of `jmp` with a 32-bit distance; the distance follows.
pub const JMP32_INSN_OPCODE: u8 = 0xe9;

/// The instruction of `N` bytes, 2 or 5, that lies at the address `from` and goes to the address `to`.
///
/// Its first byte is `opcode`. The other 1 or 4 are the distance, with a sign, little-endian: the processor adds
/// it to the address of the *next* instruction, which is `from + N`. Addresses wrap around at the end of the
/// 64 bits.
///
/// `None` where the distance does not fit into these bytes, or `N` is neither 2 nor 5. (Stricter than 6.1, which
/// stops with a BUG where a short jump is too long, and does not look at a long one.)
pub fn text_gen_insn<const N: usize>(opcode: u8, from: u64, to: u64) -> Option<[u8; N]> {
    // ANCHOR: task_text_gen_insn
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
    // ANCHOR_END: task_text_gen_insn
}

/// The single instruction of `size` bytes (2 or 5) that does nothing.
pub fn x86_nop(size: usize) -> Option<&'static [u8]> {
    match size {
        JMP8_INSN_SIZE => Some(&[0x66, 0x90]),
        JMP32_INSN_SIZE => Some(&[0x0f, 0x1f, 0x44, 0x00, 0x00]),
        _ => None,
    }
}
