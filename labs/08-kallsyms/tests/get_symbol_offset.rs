//! Where a symbol begins in the stream.

use kallsyms::Names;
use proptest::prelude::*;

use crate::common::names;

/// So many symbols, each as long as these lengths say in turn, with markers.
fn stream(count: usize, lengths: &[usize]) -> (Names, Vec<usize>) {
    let (mut bytes, mut offsets, mut markers) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..count {
        let length = lengths[number % lengths.len()];
        if number % 256 == 0 {
            markers.push(bytes.len() as u32);
        }
        offsets.push(bytes.len());
        match length {
            0..0x80 => bytes.push(length as u8),
            _ => bytes.extend([(length & 0x7f) as u8 | 0x80, (length >> 7) as u8]),
        }
        bytes.extend(vec![b'x'; length]);
    }
    (names(&bytes, &markers), offsets)
}

#[test]
fn the_first_symbol_begins_where_the_stream_does() {
    assert_eq!(stream(3, &[2]).0.get_symbol_offset(0), Some(0), "marker 0 says so");
}

#[test]
fn each_symbol_before_it_is_skipped_with_its_length() {
    let (names, _) = stream(4, &[2, 5, 3]);
    let came = [1, 2, 3].map(|number| names.get_symbol_offset(number));
    assert_eq!(came, [Some(3), Some(9), Some(13)], "a byte of length, and so many codes");
}

#[test]
fn long_symbols_have_a_second_byte_of_length() {
    let (names, offsets) = stream(4, &[300, 2]);
    let came = [1, 2, 3].map(|number| names.get_symbol_offset(number));
    assert_eq!(
        came,
        [1, 2, 3].map(|number| offsets.get(number).copied()),
        "302 bytes are to be skipped, not 301"
    );
}

#[test]
fn every_256th_symbol_has_a_marker() {
    let (names, offsets) = stream(600, &[3, 1]);
    for number in [255, 256, 257, 511, 512, 599] {
        assert_eq!(
            names.get_symbol_offset(number),
            offsets.get(number).copied(),
            "symbol {number}: its marker is number {}",
            number / 256
        );
    }
}

#[test]
fn the_marker_is_where_the_walk_begins() {
    let (mut names, offsets) = stream(300, &[3]);
    names.stream[0] = 0xff;
    assert_eq!(
        names.get_symbol_offset(258),
        offsets.get(258).copied(),
        "whoever walks from the start of the stream needs a hundred times as long, and stumbles here"
    );
}

#[test]
fn a_symbol_that_is_not_there_has_no_offset() {
    let (names, _) = stream(300, &[3]);
    for number in [300, 301, 511, 512, usize::MAX] {
        assert_eq!(
            names.get_symbol_offset(number),
            None,
            "there are 300 symbols, so the stream ends where number {number} would begin, or before"
        );
    }
    assert_eq!(stream(0, &[1]).0.get_symbol_offset(0), None, "nothing at all");
}

#[test]
fn a_marker_that_points_nowhere_finds_nothing() {
    for (number, marker) in [(0, 2), (0, u32::MAX), (1, 1)] {
        assert_eq!(
            names(&[1, b'x'], &[marker]).get_symbol_offset(number),
            None,
            "symbol {number}, marker {marker:#x}, a stream of 2 bytes: where it ends no symbol begins"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn it_is_the_sum_of_all_before(lengths in proptest::collection::vec(1usize..200, 1..20), number in 0usize..520) {
        let (names, offsets) = stream(520, &lengths);
        prop_assert_eq!(names.get_symbol_offset(number), offsets.get(number).copied(), "symbol {}", number);
    }
}
