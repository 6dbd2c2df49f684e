//! The kernel's words about an argument that was refused.

use abi::Errno;
use params::refusal;
use proptest::prelude::*;

#[track_caller]
fn check(value: Option<&[u8]>, errno: Errno, expected: &str) {
    let came = refusal("settings".into(), "rx-mode".into(), value, errno);
    assert_eq!(came, expected, "{errno}: the switch at the end of kernel/params.c, parse_args");
}

#[test]
fn a_value_that_makes_no_sense_is_invalid() {
    check(Some(b"loud"), Errno::EINVAL, "settings: `loud' invalid for parameter `rx-mode'");
}

#[test]
fn a_value_that_does_not_fit_is_too_large() {
    check(Some(b"livingroom"), Errno::ENOSPC, "settings: `livingroom' too large for parameter `rx-mode'");
}

#[test]
fn an_enoent_speaks_of_the_parameter_and_not_of_the_value() {
    check(Some(b"gone"), Errno::ENOENT, "settings: Unknown parameter `rx-mode'");
}

#[test]
fn every_other_error_is_called_invalid_a_number_out_of_range_too() {
    for errno in [Errno::ERANGE, Errno::EROFS, Errno::EPERM, Errno::ENOMEM] {
        check(Some(b"300"), errno, "settings: `300' invalid for parameter `rx-mode'");
    }
}

#[test]
fn no_value_prints_as_an_empty_one() {
    check(None, Errno::EINVAL, "settings: `' invalid for parameter `rx-mode'");
    check(Some(b""), Errno::ENOSPC, "settings: `' too large for parameter `rx-mode'");
}

#[test]
fn of_a_list_that_was_cut_into_strings_the_first_is_shown() {
    check(Some(b"1\x002\x00x"), Errno::EINVAL, "settings: `1' invalid for parameter `rx-mode'");
    check(Some(b"\x00x"), Errno::EINVAL, "settings: `' invalid for parameter `rx-mode'");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_makes_it_print_more_than_one_zero_free_line(value: Vec<u8>) {
        let line = refusal("m".into(), "p".into(), Some(&value), Errno::EINVAL);
        let words = line.starts_with("m: `") && line.ends_with("' invalid for parameter `p'");
        prop_assert!(words, "the words around the value are the same whatever it is; came: {:?}", line);
        prop_assert!(!line.contains('\0'), "%s stops at a zero byte; came: {:?}", line);
    }
}
