//! The instructions that the loader writes itself: opcode, and distance to where they go.

use proptest::prelude::*;
use relocate::x86_64::{JMP8_INSN_OPCODE, JMP32_INSN_OPCODE, text_gen_insn};

use crate::common::Bytes;

/// `call` with a 32-bit distance.
const CALL: u8 = 0xe8;

fn short(from: u64, to: u64) -> Option<Bytes<[u8; 2]>> {
    text_gen_insn(JMP8_INSN_OPCODE, from, to).map(Bytes)
}

fn long(from: u64, to: u64) -> Option<Bytes<[u8; 5]>> {
    text_gen_insn(JMP32_INSN_OPCODE, from, to).map(Bytes)
}

#[test]
fn the_distance_counts_from_the_next_instruction() {
    assert_eq!(
        short(0x1000, 0x1012),
        Some(Bytes([0xeb, 0x10])),
        "the next instruction is at 0x1002: the jump itself has two bytes"
    );
    assert_eq!(
        long(0x1000, 0x1015),
        Some(Bytes([0xe9, 0x10, 0, 0, 0])),
        "the next instruction is at 0x1005: the jump itself has five bytes"
    );
}

#[test]
fn the_distance_is_little_endian() {
    assert_eq!(
        long(0x1000, 0x1005 + 0x0102_0304),
        Some(Bytes([0xe9, 4, 3, 2, 1])),
        "0x01020304, the lowest byte first"
    );
}

#[test]
fn a_jump_back_has_a_negative_distance() {
    assert_eq!(
        short(0x1000, 0xff2),
        Some(Bytes([0xeb, 0xf0])),
        "-16: from 0x1002, where the next instruction is, to 0xff2"
    );
    assert_eq!(long(0x1000, 0x1000), Some(Bytes([0xe9, 0xfb, 0xff, 0xff, 0xff])), "-5: it jumps to itself");
}

#[test]
fn the_opcode_is_the_callers() {
    let call = text_gen_insn::<5>(CALL, 0x1000, 0x1005).map(Bytes);
    assert_eq!(call, Some(Bytes([0xe8, 0, 0, 0, 0])), "a call is a jump with another first byte");
}

#[test]
fn a_short_jump_reaches_127_bytes_forward_and_128_back() {
    assert_eq!(short(0x1000, 0x1002 + 127), Some(Bytes([0xeb, 0x7f])), "the farthest forward");
    assert_eq!(short(0x1000, 0x1002 - 128), Some(Bytes([0xeb, 0x80])), "the farthest back");
    assert_eq!(
        short(0x1000, 0x1002 + 128),
        None,
        "128 forward would be read as 128 back; the kernel has a BUG_ON here"
    );
    assert_eq!(short(0x1000, 0x1002 - 129), None, "129 back would be read as 127 forward");
}

#[test]
fn a_long_jump_reaches_two_gigabytes_either_way() {
    assert_eq!(long(0, 0x8000_0004), Some(Bytes([0xe9, 0xff, 0xff, 0xff, 0x7f])), "the farthest forward");
    assert_eq!(long(0x8000_0000, 5), Some(Bytes([0xe9, 0, 0, 0, 0x80])), "the farthest back");
    assert_eq!(long(0, 0x8000_0005), None, "one more is too far: it would go back by two gigabytes");
    assert_eq!(long(0x8000_0000, 4), None, "one less is too far: it would go forward");
}

#[test]
fn addresses_wrap_around() {
    assert_eq!(
        short(u64::MAX - 1, 3),
        Some(Bytes([0xeb, 3])),
        "behind a jump in the last two bytes of the address space comes address 0"
    );
    assert_eq!(long(2, u64::MAX), Some(Bytes([0xe9, 0xf8, 0xff, 0xff, 0xff])), "-8, from 7: u64::MAX is -1");
}

#[test]
fn there_are_no_instructions_of_other_lengths() {
    assert_eq!(text_gen_insn::<0>(CALL, 0x1000, 0x1000), None, "not even room for the opcode");
    assert_eq!(text_gen_insn::<1>(CALL, 0x1000, 0x1001), None, "no room for a distance");
    assert_eq!(text_gen_insn::<3>(CALL, 0x1000, 0x1003), None, "a 16-bit distance is for 16-bit code");
    assert_eq!(text_gen_insn::<9>(CALL, 0x1000, 0x1009), None, "there is no jump with a 64-bit distance");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_processor_arrives_where_it_was_sent(from: u64, distance: i32) {
        let to = from.wrapping_add(5).wrapping_add_signed(distance.into());
        let insn = long(from, to);
        let mut expected = [JMP32_INSN_OPCODE, 0, 0, 0, 0];
        expected[1..].copy_from_slice(&distance.to_le_bytes());
        prop_assert_eq!(insn, Some(Bytes(expected)), "from {:#x} to {:#x}", from, to);
    }

    #[test]
    fn no_two_addresses_make_it_panic(from: u64, to: u64) {
        let distance = to.wrapping_sub(from.wrapping_add(2)) as i64;
        let fits = i8::try_from(distance).is_ok();
        prop_assert_eq!(short(from, to).is_some(), fits, "distance {}: eight bits, with a sign", distance);
    }
}
