//! Where in an instruction a number stands: `arch/arm64/lib/insn.c, aarch64_insn_encode_immediate`.

/// The bits of an instruction that hold a number, an *immediate*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// 21 bits in two pieces, of `adr` and `adrp`.
    Adr,
    /// Bits 0 to 25, of `b` and `bl`.
    Imm26,
    /// Bits 5 to 23, of `b.eq` and its like, and of `ldr` from a place nearby.
    Imm19,
    /// Bits 5 to 20, of `movz`, `movk` and `movn`.
    Imm16,
    /// Bits 5 to 18, of `tbz` and `tbnz`.
    Imm14,
    /// Bits 10 to 21, of `add`, `ldr` and `str`.
    Imm12,
}

/// The instruction `insn` with `imm` in its `field`. All its other bits stay as they are, and what was in the field
/// before is gone. Of `imm` only the low bits are taken, as many as the field has.
///
/// | field | bits of `imm` | where they go, counted from bit 0 |
/// |---|---|---|
/// | [`Field::Adr`] | 0 and 1 | 29 and 30 |
/// | | 2 to 20 | 5 to 23 |
/// | [`Field::Imm26`] | 0 to 25 | 0 to 25 |
/// | [`Field::Imm19`] | 0 to 18 | 5 to 23 |
/// | [`Field::Imm16`] | 0 to 15 | 5 to 20 |
/// | [`Field::Imm14`] | 0 to 13 | 5 to 18 |
/// | [`Field::Imm12`] | 0 to 11 | 10 to 21 |
pub fn encode_immediate(field: Field, insn: u32, imm: u64) -> u32 {
    todo!("put the low bits of the number where this field has them")
}
