//! Each kind of relocation: which bytes are written, and which values do not fit.

use elf::Rela;
use proptest::prelude::*;
use relocate::{Refusal, x86_64};

use crate::common::Hex;

const NONE: u32 = 0;
const ABS64: u32 = 1;
const PC32: u32 = 2;
const PLT32: u32 = 4;
const ABS32: u32 = 10;
const ABS32S: u32 = 11;
const PC64: u32 = 24;

/// P: where the place lies.
const PLACE: u64 = 0x1000_0004;

/// One relocation of `kind` at `offset` of `section`. `value` is S + A already, which is why the addend in the
/// entry must not be added again.
fn apply_at(section: &mut [u8], offset: u64, kind: u32, value: u64) -> Result<(), Refusal> {
    x86_64::apply(section, PLACE, &Rela { offset, kind, symbol: 1, addend: 0x77 }, value)
}

/// What one relocation at offset 4 of sixteen zeroes makes of the eight bytes there, as a number.
fn apply(kind: u32, value: u64) -> Result<Hex, Refusal> {
    let mut section = [0; 16];
    apply_at(&mut section, 4, kind, value)?;
    let (before, rest) = section.split_at(4);
    let (place, behind) = rest.split_first_chunk().expect("twelve bytes");
    assert_eq!((before, behind), (&[0; 4][..], &[0; 4][..]), "bytes before or behind the place were written");
    Ok(Hex(u64::from_le_bytes(*place)))
}

// What is written.

#[test]
fn none_does_nothing() {
    assert_eq!(apply(NONE, 0x1234), Ok(Hex(0)), "NONE is what a linker leaves where it took something out");
}

#[test]
fn none_does_not_look_at_its_place() {
    for offset in [4, 16, u64::MAX] {
        let mut section = [0xff; 16];
        assert_eq!(
            apply_at(&mut section, offset, NONE, 1),
            Ok(()),
            "not even whether there is one ({offset})"
        );
        assert_eq!(section, [0xff; 16], "nor is anything written");
    }
}

#[test]
fn a_64_is_the_value_itself() {
    assert_eq!(apply(ABS64, 0xffff_ffff_c000_0010), Ok(Hex(0xffff_ffff_c000_0010)), "S + A, eight bytes");
}

#[test]
fn a_pc32_is_the_distance_from_its_own_place() {
    assert_eq!(apply(PC32, 0x1000_00fc), Ok(Hex(0xf8)), "S + A - P: the processor adds P again when it runs");
    let back = u64::from(-0x108_i32 as u32);
    assert_eq!(apply(PC32, 0x0fff_fefc), Ok(Hex(back)), "four bytes, with a sign; nothing behind them");
}

#[test]
fn a_plt32_is_a_pc32_because_a_module_has_no_table_of_procedures() {
    for value in [0x1000_00fc, 0x0fff_fffc, 0x1fff_fffc_u64] {
        let expected = value.wrapping_sub(PLACE) & 0xffff_ffff;
        assert_eq!(apply(PLT32, value), Ok(Hex(expected)), "S + A - P where S + A is {value:#x}");
    }
}

#[test]
fn a_pc64_has_the_whole_distance() {
    assert_eq!(
        apply(PC64, 0xffff_ffff_8000_0000),
        Ok(Hex(0xffff_ffff_8000_0000 - PLACE)),
        "S + A - P, eight bytes"
    );
    assert_eq!(
        apply(PC64, 0),
        Ok(Hex(0_u64.wrapping_sub(PLACE))),
        "differences wrap around: this one is negative"
    );
}

#[test]
fn a_32_takes_any_unsigned_number_of_32_bits() {
    for value in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
        assert_eq!(
            apply(ABS32, value),
            Ok(Hex(value)),
            "{value:#x}: the processor will fill up with zeroes, so that this comes back as it was"
        );
    }
}

#[test]
fn a_32s_takes_any_signed_number_of_32_bits() {
    for value in [0, 1, 0x7fff_ffff, 0xffff_ffff_8000_0000, u64::MAX] {
        assert_eq!(
            apply(ABS32S, value),
            Ok(Hex(value & 0xffff_ffff)),
            "{value:#x}: the processor will fill up with the sign, so that this comes back as it was"
        );
    }
}

// Overflow.

#[test]
fn a_32_that_does_not_fit_is_an_overflow() {
    assert_eq!(apply(ABS32, 0x1_0000_0000), Err(Refusal::Overflow), "33 bits");
    assert_eq!(
        apply(ABS32, u64::MAX),
        Err(Refusal::Overflow),
        "filled up with zeroes, -1 would come back as 0xffffffff"
    );
}

#[test]
fn a_32s_that_does_not_fit_is_an_overflow() {
    assert_eq!(
        apply(ABS32S, 0x8000_0000),
        Err(Refusal::Overflow),
        "the processor would fill it up with its sign, and land at 0xffffffff80000000"
    );
    assert_eq!(apply(ABS32S, 0x1_0000_0000), Err(Refusal::Overflow), "33 bits");
}

#[test]
fn a_32s_just_below_the_kernels_two_gigabytes_is_an_overflow() {
    assert_eq!(
        apply(ABS32S, 0xffff_ffff_7fff_ffff),
        Err(Refusal::Overflow),
        "filled up with its sign it would come back as 0x7fffffff"
    );
}

#[test]
fn what_overflows_is_written_all_the_same() {
    for kind in [ABS32, ABS32S] {
        let mut section = [0; 4];
        assert_eq!(apply_at(&mut section, 0, kind, 0x1_0000_0007), Err(Refusal::Overflow), "type {kind}");
        assert_eq!(section, [7, 0, 0, 0], "type {kind}: the kernel writes, then looks whether it comes back");
    }
}

#[test]
fn a_pc32_is_not_checked_for_overflow() {
    for kind in [PC32, PLT32] {
        assert_eq!(
            apply(kind, 0x7fff_0000_0000_1234),
            Ok(Hex(0x1234_u64.wrapping_sub(PLACE) & 0xffff_ffff)),
            "type {kind}: Linux 6.1 has that check under #if 0, as modules lie within reach of the kernel"
        );
    }
}

// The place.

#[test]
fn a_64_looks_at_eight_bytes_and_a_32_at_four() {
    for kind in [ABS64, PC64, ABS32, ABS32S, PC32, PLT32] {
        let mut section = [0; 16];
        section[8] = 1;
        let expected = if [ABS64, PC64].contains(&kind) { Err(Refusal::NotZero) } else { Ok(()) };
        let came = apply_at(&mut section, 4, kind, 0x1000_0000);
        assert_eq!(came, expected, "type {kind} at offset 4; offset 8 is not zero");
    }
}

#[test]
fn a_place_that_is_not_zero_is_refused_before_an_overflow() {
    for kind in [ABS32, ABS32S] {
        assert_eq!(
            apply_at(&mut [1; 8], 0, kind, 0x7fff_ffff_ffff_ffff),
            Err(Refusal::NotZero),
            "type {kind}: nothing is written over, whether it would fit or not"
        );
    }
}

#[test]
fn a_place_outside_the_section_is_refused_where_the_kernel_would_write_there() {
    for kind in [ABS64, PC64, ABS32, ABS32S, PC32, PLT32] {
        for offset in [5, 8, u64::MAX] {
            assert_eq!(
                apply_at(&mut [0; 8], offset, kind, 1),
                Err(Refusal::OutsideSection),
                "type {kind} at offset {offset} of eight bytes"
            );
        }
    }
}

#[test]
fn the_offset_is_in_the_section_and_the_place_in_memory() {
    let mut section = [0; 16];
    assert_eq!(apply_at(&mut section, 8, PC32, PLACE + 0x10), Ok(()), "sixteen zeroes");
    assert_eq!(
        section,
        [0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0],
        "bytes go to the entry's offset, distances count from P"
    );
}

// What the kernel does not know.

#[test]
fn other_kinds_are_unknown() {
    for kind in [3, 5, 9, 12, 14, 41, 42, 255, u32::MAX] {
        assert_eq!(
            apply(kind, 0),
            Err(Refusal::Unknown),
            "type {kind}: a program has more kinds, such as those with a table of offsets (GOT); a module has not"
        );
    }
}

#[test]
fn an_unknown_kind_does_not_look_at_its_place() {
    for offset in [0, 100] {
        assert_eq!(
            apply_at(&mut [0xff; 16], offset, 9, 1),
            Err(Refusal::Unknown),
            "nobody knows how many bytes it would have (offset {offset})"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_accepted_reads_back_as_the_processor_would_read_it(
        high in prop::sample::select(vec![0, 1, 0x7fff_ffff_u64, 0x8000_0000, 0xffff_fffe, 0xffff_ffff]),
        low: u32,
        kind in prop::sample::select(vec![ABS64, ABS32, ABS32S, PC64]),
    ) {
        let value = high << 32 | u64::from(low);
        let fits = match kind {
            ABS32 => high == 0,
            ABS32S => value as i64 == i64::from(low as i32),
            _ => true,
        };
        let read = apply(kind, value).map(|Hex(raw)| match kind {
            ABS32S => Hex(i64::from(raw as i32) as u64),
            PC64 => Hex(raw.wrapping_add(PLACE)),
            _ => Hex(raw),
        });
        let expected = if fits { Ok(Hex(value)) } else { Err(Refusal::Overflow) };
        prop_assert_eq!(read, expected, "type {}: what comes back is S + A again, or it is an overflow", kind);
    }
}
