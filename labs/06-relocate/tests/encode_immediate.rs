//! Numbers in AArch64's instructions: which bits of an instruction they occupy. The encodings are GNU as's.

use proptest::prelude::*;
use relocate::aarch64::{Field, encode_immediate};

/// Each field, how many bits of a number it holds, and which bits of an instruction those are.
const FIELDS: [(Field, u32, u32); 6] = [
    (Field::Adr, 21, 0x60ff_ffe0),
    (Field::Imm26, 26, 0x03ff_ffff),
    (Field::Imm19, 19, 0x00ff_ffe0),
    (Field::Imm16, 16, 0x001f_ffe0),
    (Field::Imm14, 14, 0x0007_ffe0),
    (Field::Imm12, 12, 0x003f_fc00),
];

/// Shown as `objdump` shows an instruction.
fn encoded(field: Field, insn: u32, imm: u64) -> String {
    format!("{:08x}", encode_immediate(field, insn, imm))
}

#[test]
fn a_branch_counts_instructions_in_its_lowest_26_bits() {
    assert_eq!(encoded(Field::Imm26, 0x9400_0000, 0x40), "94000040", "bl .+0x100");
    assert_eq!(encoded(Field::Imm26, 0x1400_0000, 0x3ff_fffe), "17fffffe", "b .-8");
}

#[test]
fn a_conditional_branch_keeps_its_condition() {
    assert_eq!(encoded(Field::Imm19, 0x5400_0001, 0x40), "54000801", "b.ne .+0x100; bits 0 to 3 say ne");
    assert_eq!(
        encoded(Field::Imm14, 0x3618_0005, 0x40),
        "36180805",
        "tbz w5, #3, .+0x100; bits 19 to 23 say 3"
    );
}

#[test]
fn a_number_of_twelve_bits_stands_above_both_registers() {
    assert_eq!(encoded(Field::Imm12, 0x9100_0021, 0x123), "91048c21", "add x1, x1, #0x123");
    assert_eq!(encoded(Field::Imm12, 0xf940_0062, 1), "f9400462", "ldr x2, [x3, #8]: it counts in eights");
}

#[test]
fn a_number_of_sixteen_bits_stands_above_one_register() {
    assert_eq!(encoded(Field::Imm16, 0xd280_0000, 0xffff), "d29fffe0", "mov x0, #0xffff");
    assert_eq!(encoded(Field::Imm16, 0xf2a0_0001, 0x1234), "f2a24681", "movk x1, #0x1234, lsl #16");
}

#[test]
fn an_adr_has_its_lowest_two_bits_elsewhere() {
    assert_eq!(encoded(Field::Adr, 0x1000_0003, 1), "30000003", "adr x3, .+1: bit 0 goes to bit 29");
    assert_eq!(encoded(Field::Adr, 0x1000_0003, 2), "50000003", "adr x3, .+2: bit 1 goes to bit 30");
    assert_eq!(encoded(Field::Adr, 0x1000_0003, 4), "10000023", "adr x3, .+4: bit 2 goes to bit 5");
    assert_eq!(encoded(Field::Adr, 0x9000_0004, 0x1f_ffff), "f0ffffe4", "adrp x4, .-4096: all 21 bits");
}

#[test]
fn what_was_in_the_field_before_is_gone() {
    for (field, _, mask) in FIELDS {
        assert_eq!(
            encoded(field, u32::MAX, 0),
            format!("{:08x}", !mask),
            "{field:?} of all ones: linkers for REL leave addends there, this one starts from nothing"
        );
    }
}

#[test]
fn nothing_beside_the_field_changes() {
    for (field, _, mask) in FIELDS {
        assert_eq!(
            encoded(field, 0, u64::MAX),
            format!("{mask:08x}"),
            "{field:?} of all zeroes, filled with ones"
        );
        assert_eq!(encoded(field, u32::MAX, u64::MAX), "ffffffff", "{field:?} of all ones, filled with ones");
    }
}

#[test]
fn bits_that_have_no_room_are_dropped() {
    for (field, bits, _) in FIELDS {
        assert_eq!(
            encoded(field, 0, 1 << bits),
            "00000000",
            "{field:?} has {bits} bits; this is the next one"
        );
        assert_eq!(
            encoded(field, 0, 1 << 32),
            "00000000",
            "{field:?}: whether a value fits is the caller's question"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_bit_of_the_number_has_a_place_of_its_own(number in 0..FIELDS.len(), insn: u32, imm: u64) {
        let (field, bits, mask) = FIELDS[number];
        let came = encode_immediate(field, insn, imm);
        prop_assert_eq!(came & !mask, insn & !mask, "{:?}: the bits beside the field", field);
        let ones = (imm & ((1 << bits) - 1)).count_ones();
        prop_assert_eq!((came & mask).count_ones(), ones, "{:?}: as many ones as the number has", field);
    }
}
