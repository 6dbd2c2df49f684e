//! One compressed name, written out.

use kallsyms::{Expanded, KSYM_NAME_LEN};
use proptest::prelude::*;

use crate::common::names;

/// The symbol at `offset` of a stream, as letter, name and the next one's offset.
fn expand(stream: &[u8], offset: usize) -> Option<(char, String, usize)> {
    let expanded = names(stream, &[0]).kallsyms_expand_symbol(offset);
    expanded.map(|Expanded { letter, name, next }| (letter, name.to_string(), next))
}

#[test]
fn a_name_is_the_texts_of_its_codes() {
    assert_eq!(
        expand(&[3, 1, 3, 2], 0),
        Some(('T', "module_init".into(), 4)),
        "a length of 3, then T, module_, init"
    );
}

#[test]
fn the_letter_is_the_first_byte_and_not_the_first_code() {
    assert_eq!(
        expand(&[2, 4, 2], 0),
        Some(('t', "coreinit".into(), 3)),
        "code 4 stands for tcore: the letter is compressed together with the name"
    );
}

#[test]
fn a_symbol_in_the_middle_of_the_stream_is_found_by_its_offset() {
    assert_eq!(
        expand(&[2, 1, 2, 3, 1, b'x', 2, 2, 1, 3], 3),
        Some(('T', "xinit".into(), 7)),
        "three symbols"
    );
}

#[test]
fn the_last_symbol_ends_with_the_stream() {
    assert_eq!(expand(&[2, 1, 2], 0), Some(('T', "init".into(), 3)), "the next one would begin at the end");
    assert_eq!(expand(&[2, 1, 2], 3), None, "there is none");
    assert_eq!(expand(&[2, 1, 2], usize::MAX), None, "nor there");
}

#[test]
fn a_length_of_two_bytes_has_the_lower_seven_bits_first() {
    let mut stream = vec![0x82, 0x01, 1];
    stream.extend([b'x'; 129]);
    assert_eq!(
        expand(&stream, 0),
        Some(('T', "x".repeat(129), 132)),
        "0x82 0x01 is 2 + 1 * 128 = 130 codes; the topmost bit only says that there is a second byte"
    );
}

#[test]
fn a_name_that_is_too_long_is_cut_off_and_the_next_symbol_is_still_found() {
    let mut stream = vec![0x81, 0x05, 1];
    stream.extend([3; 640]);
    let came = expand(&stream, 0);
    assert_eq!(
        came.as_ref().map(|(letter, name, next)| (*letter, name.len(), *next)),
        Some(('T', KSYM_NAME_LEN - 1, stream.len())),
        "letter, length of the name, and the next symbol: the kernel's buffer has 512 bytes with the NUL, and the \
         letter does not count"
    );
    assert!(
        came.is_some_and(|(_, name, _)| "module_".repeat(640).starts_with(&name)),
        "it is the end of the name that is cut off"
    );
}

#[test]
fn codes_that_stand_for_nothing_add_nothing() {
    assert_eq!(
        expand(&[4, 200, 1, 201, 2], 0),
        Some(('T', "init".into(), 5)),
        "not even in front of the letter"
    );
}

#[test]
fn a_stream_that_ends_too_early_has_no_symbol_there() {
    for stream in [&[][..], &[3, 1, 2], &[0x82], &[0x82, 1, 1, 2], &[0], &[1, 200]] {
        assert_eq!(
            expand(stream, 0),
            None,
            "{stream:?}: it ends before the symbol does, or the symbol has no letter; the kernel trusts its own build"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_stream_makes_it_panic(stream in proptest::collection::vec(0u8..6, 0..40), offset in 0usize..50) {
        if let Some((_, name, next)) = expand(&stream, offset) {
            prop_assert!(offset < next && next <= stream.len(), "{next} is no next symbol");
            prop_assert!(name.len() < KSYM_NAME_LEN, "{name} is too long");
        }
    }
}
