//! One more thing at the end of a part.

use abi::{Errno, LoadError};
use layout::{MODULES_LEN, module_get_offset};
use proptest::prelude::*;

use crate::common::Hex;

/// Where `size` bytes of `alignment` go in a part of `end` bytes, and how large it is then.
fn append(end: u64, size: u64, alignment: u64) -> Result<(Hex, Hex), LoadError> {
    let mut end = end;
    module_get_offset(&mut end, size, alignment).map(|offset| (Hex(offset), Hex(end)))
}

/// They begin at `offset`, and the part ends at `end` now.
fn lie(offset: u64, end: u64) -> Result<(Hex, Hex), LoadError> {
    Ok((Hex(offset), Hex(end)))
}

#[test]
fn bytes_are_appended_at_the_end() {
    assert_eq!(append(0, 0x30, 16), lie(0, 0x30), "the first section of a part begins at its start");
    assert_eq!(append(0x30, 0x20, 16), lie(0x30, 0x50), "0x30 is a multiple of 16 already: no gap");
}

#[test]
fn they_begin_at_a_multiple_of_their_alignment() {
    assert_eq!(append(0x31, 1, 64), lie(0x40, 0x41), "instructions read aligned data that must be so");
    assert_eq!(append(0x41, 1, 2), lie(0x42, 0x43), "a small alignment leaves a small gap");
    assert_eq!(append(0x42, 4, 1), lie(0x42, 0x46), "everything is a multiple of 1");
}

#[test]
fn an_alignment_of_zero_asks_for_none() {
    assert_eq!(
        append(3, 1, 0),
        lie(3, 4),
        "ELF allows 0 and 1 for it: the kernel writes `sh_addralign ?: 1`"
    );
}

#[test]
fn what_is_empty_has_a_place_too() {
    assert_eq!(append(8, 0, 8), lie(8, 8), "symbols may point at the start of an empty section");
    assert_eq!(append(9, 0, 8), lie(16, 16), "its alignment holds all the same, and the gap stays");
}

#[test]
fn a_part_can_be_as_large_as_all_the_room_for_modules() {
    assert_eq!(
        append(0x1000, MODULES_LEN - 0x1000, 8),
        lie(0x1000, MODULES_LEN),
        "a part may end at MODULES_LEN, but not behind it"
    );
}

#[test]
fn a_byte_more_is_refused_in_silence() {
    let refusal = Err(LoadError::silent(Errno::ENOMEM));
    for (end, size, alignment) in
        [(0x1000, MODULES_LEN - 0xfff, 8), (MODULES_LEN, 1, 1), (1, 0, MODULES_LEN.next_power_of_two())]
    {
        assert_eq!(
            append(end, size, alignment),
            refusal,
            "{size:#x} bytes aligned to {alignment:#x} behind {end:#x}: the part would not fit into the room"
        );
    }
}

#[test]
fn sums_that_need_more_than_64_bits_are_refused_in_silence() {
    let refusal = Err(LoadError::silent(Errno::ENOMEM));
    for (end, size, alignment) in
        [(8, u64::MAX, 8), (8, u64::MAX - 7, 8), (u64::MAX - 2, 0, 1 << 63), (0x1001, 1 << 63, 1 << 63)]
    {
        assert_eq!(
            append(end, size, alignment),
            refusal,
            "{size:#x} bytes aligned to {alignment:#x} behind {end:#x}: a sum that wraps looks small, and \
             sections would lie upon one another; Linux 6.1 adds in 32 bits and does not look"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_gap_is_larger_than_the_alignment_asks(end in 0u64..0x10_0000, size in 0u64..0x10_0000, shift in 0u32..17) {
        let alignment = 1 << shift;
        let (Hex(offset), Hex(new_end)) = append(end, size, alignment).expect("room enough");
        prop_assert_eq!(offset % alignment, 0, "the offset is aligned");
        prop_assert!((end..end + alignment).contains(&offset), "{offset:#x} is not the first place behind {end:#x}");
        prop_assert_eq!(new_end, offset + size, "the part ends with what was appended");
    }

    #[test]
    fn no_size_or_alignment_makes_it_panic(end: u64, size: u64, shift in 0u32..64) {
        if let Ok((Hex(offset), Hex(new_end))) = append(end, size, 1 << shift) {
            prop_assert!(end <= offset && offset <= new_end && new_end <= MODULES_LEN, "{offset:#x} {new_end:#x}");
        }
    }
}
