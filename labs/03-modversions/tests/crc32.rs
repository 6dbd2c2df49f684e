//! The checksum itself: CRC-32 over bytes.

use modversions::genksyms::{CRC_START, crc32, crc32_of};
use proptest::prelude::*;

/// The definition, one bit at a time.
fn bit_by_bit(mut crc: u32, bytes: &[u8]) -> u32 {
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    crc
}

#[test]
fn the_checksum_of_the_digits_one_to_nine_is_the_one_in_every_catalogue() {
    assert_eq!(crc32_of(b"123456789"), 0xcbf4_3926, "every CRC-32 of this kind gives this number");
}

#[test]
fn nothing_changes_nothing() {
    assert_eq!(crc32(0x1234_5678, b""), 0x1234_5678, "no byte has come, so the checksum is what it was");
    assert_eq!(crc32_of(b""), 0, "all ones, inverted");
}

#[test]
fn one_byte_shifts_the_checksum_and_its_effect_comes_in() {
    assert_eq!(crc32(0, b"\x01"), 0x7707_3096, "crctab32[1] in scripts/genksyms/genksyms.c");
    assert_eq!(
        crc32(0xff00, b"\0"),
        0xff ^ bit_by_bit(0, b"\0"),
        "the low byte chooses from the table, the others move down by eight bits"
    );
}

#[test]
fn zeros_in_front_count() {
    assert_ne!(crc32_of(b"\0\0a"), crc32_of(b"a"), "that is why a checksum starts as all ones");
}

#[test]
fn every_length_is_right_also_where_eight_bytes_go_in_at_once() {
    let bytes: Vec<u8> = (0..64u8).map(|byte| byte.wrapping_mul(37)).collect();
    for length in 0..=bytes.len() {
        let text = &bytes[..length];
        assert_eq!(crc32(CRC_START, text), bit_by_bit(CRC_START, text), "the first {length} bytes");
    }
}

#[test]
fn the_version_of_a_function_without_types_of_its_own_is_the_checksum_of_its_tokens() {
    // A module may be built on another machine, years later: the number must be the same everywhere.
    assert_eq!(crc32_of(b"int add ( int , int ) "), 0x72f3_67e8, "a blank follows each token, the last too");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_in_two_parts_has_the_checksum_of_the_whole(crc: u32, bytes: Vec<u8>, at: prop::sample::Index) {
        let (first, second) = bytes.split_at(at.index(bytes.len() + 1));
        prop_assert_eq!(crc32(crc32(crc, first), second), crc32(crc, &bytes));
        prop_assert_eq!(crc32(crc, &bytes), bit_by_bit(crc, &bytes));
    }
}
