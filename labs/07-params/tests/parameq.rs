//! When two names of parameters are one.

use bstr::BStr;
use params::parameq;
use proptest::prelude::*;

#[track_caller]
fn check(a: &str, b: &str, expected: bool) {
    assert_eq!(parameq(a.into(), b.into()), expected, "`{a}` and `{b}`: kernel/params.c, parameq");
}

#[test]
fn a_name_is_itself() {
    check("volume", "volume", true);
    check("", "", true);
}

#[test]
fn dash_and_underscore_are_the_same_whichever_side_has_them() {
    check("rx-mode", "rx_mode", true);
    check("rx_mode", "rx-mode", true);
    check("-_-", "___", true);
    check("---", "_-_", true);
}

#[test]
fn a_name_is_not_its_own_beginning() {
    for (a, b) in [("rx", "rx_mode"), ("rx_mode", "rx"), ("rx", ""), ("", "_")] {
        check(a, b, false);
    }
}

#[test]
fn a_capital_is_another_letter() {
    check("Debug", "debug", false);
}

#[test]
fn no_other_character_stands_for_another() {
    for (a, b) in [("rx.mode", "rx_mode"), ("rx mode", "rx_mode"), ("rx~mode", "rx-mode"), ("a", "b")] {
        check(a, b, false);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_name_equals_itself_with_its_dashes_turned(name in "[a-z_-]{0,12}") {
        let turned = name.replace('-', "_");
        let came = parameq(BStr::new(&name), BStr::new(&turned));
        prop_assert_eq!(came, true, "`{}` and `{}`: a dash is an underscore", name, turned);
    }

    #[test]
    fn names_are_one_exactly_when_they_are_with_their_dashes_turned(a in "[ab_-]{0,4}", b in "[ab_-]{0,4}") {
        let turned = a.replace('-', "_") == b.replace('-', "_");
        let came = parameq(BStr::new(&a), BStr::new(&b));
        prop_assert_eq!(came, turned, "`{}` and `{}`, each dash an underscore", a, b);
    }
}
