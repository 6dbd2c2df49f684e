//! The kinds of relocation, as a table: the `switch` of `arch/arm64/kernel/module.c, apply_relocate_add`.

use goblin::elf::reloc::*;

use super::Field;

/// What is computed (`enum aarch64_reloc_op`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// S + A.
    Abs,
    /// S + A - P.
    Prel,
    /// The distance from P's page of 4 KiB to that of S + A.
    Page,
}

impl Operation {
    /// Of `value`, S + A, and `place`, P (`do_reloc`).
    pub(super) fn of(self, value: u64, place: u64) -> i64 {
        let page = |address: u64| address & !0xfff;
        let result = match self {
            Operation::Abs => value,
            Operation::Prel => value.wrapping_sub(place),
            Operation::Page => page(value).wrapping_sub(page(place)),
        };
        result.cast_signed()
    }
}

/// Where the result goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// So many bytes of data: 2, 4 or 8.
    Data16,
    Data32,
    Data64,
    /// `len` bits from bit `lsb` on go into the field of an instruction.
    Imm {
        lsb: u32,
        len: u32,
        field: Field,
    },
    /// Sixteen bits from bit `lsb` on go into a `movz` or its like.
    Movw {
        lsb: u32,
        signed: bool,
    },
}

/// One kind of relocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub operation: Operation,
    pub form: Form,
    /// An overflow is refused.
    pub checked: bool,
}

/// `R_AARCH64_NONE` as the kernel has it; goblin has `R_ARM_NONE`, which is 0, under that name.
const R_AARCH64_NONE_256: u32 = 256;

/// Whether a relocation of this number does nothing.
pub(super) fn is_none(number: u32) -> bool {
    number == R_AARCH64_NONE || number == R_AARCH64_NONE_256
}

/// The kind with this number; `None` where the kernel knows none.
pub(super) fn kind(number: u32) -> Option<Kind> {
    use Operation::{Abs, Page, Prel};
    let imm = |lsb, len, field| Form::Imm { lsb, len, field };
    let keep = |lsb| Form::Movw { lsb, signed: false };
    let sign = |lsb| Form::Movw { lsb, signed: true };
    let (operation, form, checked) = match number {
        R_AARCH64_ABS64 => (Abs, Form::Data64, false),
        R_AARCH64_ABS32 => (Abs, Form::Data32, true),
        R_AARCH64_ABS16 => (Abs, Form::Data16, true),
        R_AARCH64_PREL64 => (Prel, Form::Data64, false),
        R_AARCH64_PREL32 => (Prel, Form::Data32, true),
        R_AARCH64_PREL16 => (Prel, Form::Data16, true),

        R_AARCH64_MOVW_UABS_G0 => (Abs, keep(0), true),
        R_AARCH64_MOVW_UABS_G0_NC => (Abs, keep(0), false),
        R_AARCH64_MOVW_UABS_G1 => (Abs, keep(16), true),
        R_AARCH64_MOVW_UABS_G1_NC => (Abs, keep(16), false),
        R_AARCH64_MOVW_UABS_G2 => (Abs, keep(32), true),
        R_AARCH64_MOVW_UABS_G2_NC => (Abs, keep(32), false),
        R_AARCH64_MOVW_UABS_G3 => (Abs, keep(48), false),
        R_AARCH64_MOVW_SABS_G0 => (Abs, sign(0), true),
        R_AARCH64_MOVW_SABS_G1 => (Abs, sign(16), true),
        R_AARCH64_MOVW_SABS_G2 => (Abs, sign(32), true),
        R_AARCH64_MOVW_PREL_G0 => (Prel, sign(0), true),
        R_AARCH64_MOVW_PREL_G0_NC => (Prel, keep(0), false),
        R_AARCH64_MOVW_PREL_G1 => (Prel, sign(16), true),
        R_AARCH64_MOVW_PREL_G1_NC => (Prel, keep(16), false),
        R_AARCH64_MOVW_PREL_G2 => (Prel, sign(32), true),
        R_AARCH64_MOVW_PREL_G2_NC => (Prel, keep(32), false),
        R_AARCH64_MOVW_PREL_G3 => (Prel, sign(48), false),

        // ANCHOR: imm
        R_AARCH64_LD_PREL_LO19 => (Prel, imm(2, 19, Field::Imm19), true),
        R_AARCH64_ADR_PREL_LO21 => (Prel, imm(0, 21, Field::Adr), true),
        R_AARCH64_ADR_PREL_PG_HI21 => (Page, imm(12, 21, Field::Adr), true),
        R_AARCH64_ADR_PREL_PG_HI21_NC => (Page, imm(12, 21, Field::Adr), false),
        R_AARCH64_ADD_ABS_LO12_NC | R_AARCH64_LDST8_ABS_LO12_NC => (Abs, imm(0, 12, Field::Imm12), false),
        R_AARCH64_LDST16_ABS_LO12_NC => (Abs, imm(1, 11, Field::Imm12), false),
        R_AARCH64_LDST32_ABS_LO12_NC => (Abs, imm(2, 10, Field::Imm12), false),
        R_AARCH64_LDST64_ABS_LO12_NC => (Abs, imm(3, 9, Field::Imm12), false),
        R_AARCH64_LDST128_ABS_LO12_NC => (Abs, imm(4, 8, Field::Imm12), false),
        R_AARCH64_TSTBR14 => (Prel, imm(2, 14, Field::Imm14), true),
        R_AARCH64_CONDBR19 => (Prel, imm(2, 19, Field::Imm19), true),
        R_AARCH64_JUMP26 | R_AARCH64_CALL26 => (Prel, imm(2, 26, Field::Imm26), true),
        // ANCHOR_END: imm
        _ => return None,
    };
    Some(Kind { operation, form, checked })
}
