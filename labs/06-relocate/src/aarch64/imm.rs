//! A part of a value in an instruction: `arch/arm64/kernel/module.c, reloc_insn_imm`.

use super::{Field, encode_immediate};
use crate::Refusal;

/// Puts `len` bits of `value`, from bit `lsb` on, into the `field` of the instruction at `place`, which is
/// little-endian. The bits below `lsb` are dropped without a look. Where the field has more bits than `len`, the others
/// become 0.
///
/// # Errors
/// [`Refusal::Overflow`] where the bits from `lsb` on, taken as a number with a sign, do not fit into `len` bits with
/// a sign. The instruction is written all the same: there are kinds that do not check (their names end in `_NC`), and
/// whose caller goes on.
///
/// `lsb` is at most 12 and `len` at least 1 and at most 26.
pub fn reloc_insn_imm(
    place: &mut [u8; 4],
    value: i64,
    lsb: u32,
    len: u32,
    field: Field,
) -> Result<(), Refusal> {
    todo!("take the bits, write them, and check the sign of what is left")
}
