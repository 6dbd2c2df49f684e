//! Filling a hole: where the bytes go, and what is refused before one of them changes.

use proptest::prelude::*;
use relocate::{Refusal, x86_64::write};

#[test]
fn the_bytes_go_to_their_place_and_nowhere_else() {
    let mut section = [0; 8];
    assert_eq!(write(&mut section, 2, [1, 2, 3, 4]), Ok(()), "it is all zeroes, and large enough");
    assert_eq!(section, [0, 0, 1, 2, 3, 4, 0, 0], "four bytes from offset 2 on");
}

#[test]
fn a_place_may_begin_where_the_section_begins_and_end_where_it_ends() {
    let mut section = [0; 8];
    assert_eq!(write(&mut section, 0, [1; 4]), Ok(()), "the first four bytes");
    assert_eq!(write(&mut section, 4, [2; 4]), Ok(()), "the last four bytes");
    assert_eq!(section, [1, 1, 1, 1, 2, 2, 2, 2], "both were written, side by side");
}

#[test]
fn a_place_that_is_not_zero_is_refused_whichever_byte_it_is() {
    for byte in 4..12 {
        let mut section = [0; 16];
        section[byte] = 1;
        assert_eq!(
            write(&mut section, 4, [0xaa; 8]),
            Err(Refusal::NotZero),
            "byte {byte} of the section is not zero: the kernel compares the whole place, *(u64 *)loc != 0"
        );
    }
}

#[test]
fn what_stands_before_and_behind_the_place_does_not_matter() {
    let mut section = [9, 9, 9, 9, 0, 0, 0, 0, 9, 9];
    assert_eq!(
        write(&mut section, 4, [1, 2, 3, 4]),
        Ok(()),
        "only the place has to be zero: a call's operand stands right behind its opcode"
    );
    assert_eq!(section, [9, 9, 9, 9, 1, 2, 3, 4, 9, 9], "the opcode and what follows stay");
}

#[test]
fn zeroes_are_refused_too_where_something_stands() {
    assert_eq!(
        write(&mut [7; 4], 0, [0; 4]),
        Err(Refusal::NotZero),
        "what counts is what stands there, not what is to be written"
    );
}

#[test]
fn a_place_that_begins_or_ends_outside_the_section_is_refused() {
    for offset in [5, 7, 8, 9, u64::from(u32::MAX), u64::MAX - 3, u64::MAX] {
        let mut section = [0; 8];
        assert_eq!(
            write(&mut section, offset, [1; 4]),
            Err(Refusal::OutsideSection),
            "four bytes at offset {offset} of eight: Linux 6.1 would write into whatever lies there"
        );
        assert_eq!(
            section, [0; 8],
            "a refusal writes nothing, not even the part that lies inside ({offset})"
        );
    }
}

#[test]
fn whether_it_lies_inside_is_asked_before_whether_it_is_zero() {
    assert_eq!(
        write(&mut [7; 8], 5, [1; 4]),
        Err(Refusal::OutsideSection),
        "a place that is not all there cannot be looked at"
    );
}

#[test]
fn a_refusal_leaves_every_byte_as_it_was() {
    let mut section = [0, 0, 0, 5];
    assert_eq!(write(&mut section, 0, [1; 4]), Err(Refusal::NotZero), "the last of the four is 5");
    assert_eq!(section, [0, 0, 0, 5], "look at the whole place before you write");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_section_of_zeroes_takes_what_fits(length in 0usize..20, offset in 0u64..24, bytes: [u8; 8]) {
        let mut section = vec![0; length];
        let written = write(&mut section, offset, bytes);
        let fits = offset + 8 <= length as u64;
        prop_assert_eq!(written.is_ok(), fits, "eight bytes at offset {} of {}", offset, length);
        let place = section.iter().skip(offset as usize).take(8).copied().collect::<Vec<_>>();
        if written.is_ok() {
            prop_assert_eq!(place, bytes, "the bytes at offset {} of {}", offset, length);
        }
    }
}
