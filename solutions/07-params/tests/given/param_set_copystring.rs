//! A text that is copied into an array of the module's own.

use abi::Errno;
use params::{CopyString, Variables};
use proptest::prelude::*;

use crate::settings::{insmod, set, shown};

/// `static char room[8] = "cellar";`
fn room() -> CopyString {
    CopyString::new(8, "cellar")
}

#[test]
fn a_text_that_fits_is_copied() {
    let mut room = room();
    assert_eq!(set(&mut room, Some("attic")), (Ok(()), vec![]));
    assert_eq!(shown(&room), Ok("attic\n".into()), "param_get_string");
}

#[test]
fn the_zero_behind_the_text_needs_room_too() {
    let mut room = room();
    assert_eq!(set(&mut room, Some("kitchen")).0, Ok(()), "seven characters and a zero make eight");
    assert_eq!(set(&mut room, Some("bathroom")).0, Err(Errno::ENOSPC), "eight and a zero make nine");
}

#[test]
fn a_text_that_does_not_fit_is_refused_with_the_number_that_would() {
    let (result, printed) = set(&mut room(), Some("livingroom"));
    assert_eq!(result, Err(Errno::ENOSPC));
    assert_eq!(
        printed,
        ["volume: string doesn't fit in 7 chars."],
        "the parameter's name, not the module's; maxlen less one"
    );
}

#[test]
fn a_refused_text_leaves_the_old_one() {
    let mut room = room();
    let refused = set(&mut room, Some("livingroom")).0;
    assert_eq!(
        (refused, shown(&room)),
        (Err(Errno::ENOSPC), Ok("cellar\n".into())),
        "half a copy is no copy"
    );
}

#[test]
fn an_empty_text_is_a_text_where_there_is_room_for_its_zero() {
    let mut room = room();
    assert_eq!(set(&mut room, Some("")), (Ok(()), vec![]));
    assert_eq!(shown(&room), Ok("\n".into()));
    assert_eq!(set(&mut CopyString::new(1, ""), Some("")).0, Ok(()), "one byte, for the zero");
}

#[test]
fn an_array_of_no_bytes_takes_nothing_and_its_message_shows_how_c_subtracts() {
    let (result, printed) = set(&mut CopyString::new(0, ""), Some(""));
    assert_eq!(result, Err(Errno::ENOSPC));
    assert_eq!(printed, ["volume: string doesn't fit in 4294967295 chars."], "%u of maxlen - 1");
}

#[test]
fn the_log_has_both_lines_the_types_and_that_of_parse_args() {
    let mut room = room();
    let mut module = Variables::new().module_param("room", 0o444, &mut room);
    let result = insmod(&mut module, "room=livingroom");
    let lines: Vec<_> = module.printed.iter().map(|(_, line)| line.as_str()).collect();
    assert_eq!(result, Err(Errno::ENOSPC));
    assert_eq!(
        lines,
        ["room: string doesn't fit in 7 chars.", "settings: `livingroom' too large for parameter `room'"],
        "set prints before parse_args hears of it"
    );
}

proptest! {
    #[test]
    fn a_text_fits_exactly_when_its_zero_does(text in "[a-z]{0,12}", maxlen in 1u32..14) {
        let mut array = CopyString::new(maxlen, "");
        let fits = text.len() < maxlen as usize;
        prop_assert_eq!(set(&mut array, Some(&text)).0.is_ok(), fits);
        prop_assert_eq!(array.string, if fits { text } else { String::new() });
    }
}
