//! The strings of `.modinfo` as get_modinfo reads them.

mod common;

use common::hello;
use elf::{Modinfo, Module};
use proptest::prelude::*;

fn pairs(data: &[u8]) -> Vec<(String, String)> {
    Modinfo::new(data).iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.into(), value.into())
}

#[test]
fn each_string_is_a_key_and_a_value() {
    let expected = vec![pair("license", "GPL"), pair("author", "A. N. Other")];
    assert_eq!(pairs(b"license=GPL\0author=A. N. Other\0"), expected);
}

#[test]
fn any_number_of_nuls_may_lie_between_and_before_the_strings() {
    let expected = vec![pair("a", "1"), pair("b", "2")];
    assert_eq!(pairs(b"\0\0a=1\0\0\0\0b=2\0\0"), expected, "the linker pads, and next_string skips");
}

#[test]
fn only_the_first_equals_sign_ends_the_key() {
    assert_eq!(pairs(b"parm=level:as in level=3\0"), [pair("parm", "level:as in level=3")]);
}

#[test]
fn a_value_may_be_empty_and_so_may_a_key() {
    assert_eq!(pairs(b"depends=\0=odd\0"), [pair("depends", ""), pair("", "odd")]);
}

#[test]
fn a_string_without_an_equals_sign_has_no_value() {
    assert_eq!(pairs(b"license\0license=GPL\0"), [pair("license", "GPL")]);
}

#[test]
fn a_key_is_found_as_a_whole_only() {
    let modinfo = Modinfo::new(b"license2=no\0xlicense=no\0license=GPL\0");
    assert_eq!(modinfo.get("license").map(ToString::to_string), Some("GPL".into()));
    assert_eq!(modinfo.get("licens"), None);
}

#[test]
fn of_several_values_get_takes_the_first_and_all_takes_all() {
    let modinfo = Modinfo::new(b"license=GPL\0alias=a\0license=Proprietary\0alias=b\0");
    assert_eq!(
        modinfo.get("license").map(ToString::to_string),
        Some("GPL".into()),
        "so a second licence is void"
    );
    let aliases: Vec<_> = modinfo.all("alias").map(ToString::to_string).collect();
    assert_eq!(aliases, ["a", "b"]);
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let modinfo = Modinfo::new(b"author=Andr\xe9\0");
    assert_eq!(modinfo.get("author").map(|value| value.to_vec()), Some(b"Andr\xe9".to_vec()));
}

#[test]
fn a_modules_own_strings_are_at_hand() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    assert_eq!(module.modinfo.get("vermagic").map(ToString::to_string), Some("6.1.0 SMP preempt ".into()));
    assert_eq!(module.modinfo.get("parm"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_is_read_back(strings in proptest::collection::vec(("[a-z_]{1,9}", "[ -~]{0,20}"), 0..8)) {
        let data: Vec<u8> = strings.iter().flat_map(|(key, value)| format!("{key}={value}\0").into_bytes()).collect();
        prop_assert_eq!(pairs(&data), strings);
    }

    #[test]
    fn no_bytes_make_it_panic(data: Vec<u8>, key: Vec<u8>) {
        let modinfo = Modinfo::new(&data);
        prop_assert_eq!(modinfo.get(&key), modinfo.iter().find(|(name, _)| *name == key).map(|(_, value)| value));
    }
}
