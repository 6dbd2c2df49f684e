//! Sixteen bits of a value in a `movz`, `movk` or `movn`: `arch/arm64/kernel/module.c, reloc_insn_movw`.

use super::{Field, encode_immediate};
use crate::Refusal;

/// `movn` is the same instruction as `movz` but for these two bits, which are 0 0 and 1 0.
const OPCODE: u32 = 3 << 29;
const MOVZ: u32 = 2 << 29;

/// Puts sixteen bits of `value`, from bit `lsb` on, into the instruction at `place`. Where `value` is `signed`, the
/// instruction becomes a `movz`, or for a negative value a `movn`, which holds all bits inverted.
///
/// # Errors
/// `Overflow` where bits remain above those sixteen. The instruction is written all the same.
pub(super) fn reloc_insn_movw(
    place: &mut [u8; 4],
    value: i64,
    lsb: u32,
    signed: bool,
) -> Result<(), Refusal> {
    let mut insn = u32::from_le_bytes(*place);
    let mut imm = (value >> lsb).cast_unsigned();
    if signed {
        insn &= !OPCODE;
        if value >= 0 {
            insn |= MOVZ;
        } else {
            imm = !imm;
        }
    }
    *place = encode_immediate(Field::Imm16, insn, imm).to_le_bytes();
    if imm <= u64::from(u16::MAX) { Ok(()) } else { Err(Refusal::Overflow) }
}
