//! Switches: `bool`, and the three types that are built on it.

use abi::Errno;
use params::{Bint, BoolEnableOnly, Invbool, param_set_bool};
use proptest::prelude::*;

use crate::settings::{set, shown};

#[test]
fn the_name_alone_means_yes() {
    assert_eq!(param_set_bool(None), Ok(true), "if (!val) val = \"1\"");
    let mut quiet = false;
    assert_eq!(set(&mut quiet, None), (Ok(()), vec![]), "insmod settings.ko quiet");
    assert_eq!(shown(&quiet), Ok("Y\n".into()));
}

#[test]
fn yes_and_no_have_many_spellings() {
    for yes in ["y", "Y", "t", "T", "1", "on", "ON", "yes", "true"] {
        assert_eq!(param_set_bool(Some(yes.as_bytes())), Ok(true), "{yes}");
    }
    for no in ["n", "N", "f", "F", "0", "off", "OFF", "no", "false"] {
        assert_eq!(param_set_bool(Some(no.as_bytes())), Ok(false), "{no}");
    }
}

#[test]
fn only_the_first_letters_count() {
    assert_eq!(
        param_set_bool(Some(b"yellow")),
        Ok(true),
        "kstrtobool looks at one letter, or at two behind an o"
    );
    assert_eq!(param_set_bool(Some(b"10")), Ok(true), "ten is no number here");
    assert_eq!(param_set_bool(Some(b"0x1")), Ok(false), "nor is this");
}

#[test]
fn an_empty_value_is_not_an_absent_one() {
    assert_eq!(param_set_bool(Some(b"")), Err(Errno::EINVAL), "quiet= says nothing; quiet says yes");
}

#[test]
fn what_is_neither_yes_nor_no_is_invalid_and_changes_nothing() {
    for neither in ["2", "o", "-1", "maybe", " y"] {
        let mut quiet = true;
        assert_eq!(set(&mut quiet, Some(neither)).0, Err(Errno::EINVAL), "{neither}");
        assert!(quiet, "{neither}: a refused value leaves the old one");
    }
}

#[test]
fn invbool_keeps_the_opposite_and_shows_what_was_said() {
    let mut no_loudness = Invbool(true);
    assert_eq!(set(&mut no_loudness, Some("y")).0, Ok(()));
    assert_eq!(no_loudness, Invbool(false), "yes makes the variable false");
    assert_eq!(shown(&no_loudness), Ok("Y\n".into()), "param_get_invbool turns it round again");
}

#[test]
fn a_switch_that_can_only_be_enabled_stays_on() {
    let mut enforce = BoolEnableOnly(false);
    assert_eq!(set(&mut enforce, Some("n")).0, Ok(()), "off to off is no change");
    assert_eq!(set(&mut enforce, None).0, Ok(()), "the name alone enables");
    assert_eq!(set(&mut enforce, Some("n")).0, Err(Errno::EROFS), "module.sig_enforce cannot be taken back");
    assert_eq!(set(&mut enforce, Some("perhaps")).0, Err(Errno::EINVAL), "nonsense is nonsense first");
    assert_eq!(enforce, BoolEnableOnly(true));
}

#[test]
fn a_bint_is_a_switch_in_an_int() {
    let mut verbose = Bint(7);
    assert_eq!(set(&mut verbose, Some("on")).0, Ok(()));
    assert_eq!((verbose, shown(&verbose)), (Bint(1), Ok("1\n".into())), "it is printed by param_get_int");
    assert_eq!(set(&mut verbose, Some("7")).0, Err(Errno::EINVAL), "and is no number when it is set");
}

proptest! {
    #[test]
    fn any_bytes_are_yes_no_or_invalid(text: Vec<u8>) {
        prop_assert!(matches!(param_set_bool(Some(&text)), Ok(_) | Err(Errno::EINVAL)));
    }
}
