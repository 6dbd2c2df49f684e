//! The strings of `.modinfo`, one after the other, as get_modinfo walks them.

use elf::Modinfo;
use proptest::prelude::*;

fn strings(data: &[u8]) -> Vec<String> {
    Modinfo::new(data).strings().map(|string| string.to_string()).collect()
}

fn pairs(data: &[u8]) -> Vec<(String, String)> {
    Modinfo::new(data).iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.into(), value.into())
}

#[test]
fn strings_come_in_file_order_without_their_nuls() {
    let came = strings(b"license=GPL\0author=A. N. Other\0name=hello\0");
    let expected = ["license=GPL", "author=A. N. Other", "name=hello"];
    assert_eq!(came, expected, "a NUL ends each string and belongs to none");
}

#[test]
fn any_number_of_nuls_may_lie_between_the_strings() {
    let came = strings(b"a=1\0\0\0\0b=2\0c=3\0");
    assert_eq!(came, ["a=1", "b=2", "c=3"], "linkers pad, and next_string skips any zero padding");
}

#[test]
fn padding_before_the_first_string_is_skipped_too() {
    assert_eq!(strings(b"\0\0\0a=1\0"), ["a=1"], "an object file's part of .modinfo may begin with padding");
}

#[test]
fn padding_at_the_end_is_no_string() {
    assert_eq!(strings(b"a=1\0\0\0\0"), ["a=1"], "only NULs are left: there is no next string");
    assert_eq!(strings(b"\0\0\0"), [""; 0], "nothing but padding holds no string");
    assert_eq!(strings(b""), [""; 0], "nor does nothing at all");
}

#[test]
fn the_last_string_may_end_with_the_section() {
    let came = strings(b"a=1\0b=2");
    assert_eq!(came, ["a=1", "b=2"], "without a NUL it ends where the bytes end, and never beyond");
}

#[test]
fn a_string_of_one_byte_is_a_string() {
    assert_eq!(
        strings(b"a\0b\0=\0"),
        ["a", "b", "="],
        "one byte that is not NUL is enough, and none is too few"
    );
}

#[test]
fn only_the_first_equals_sign_ends_the_key() {
    let came = pairs(b"parm=level:as in level=3\0depends=\0=odd\0license\0");
    let expected = [pair("parm", "level:as in level=3"), pair("depends", ""), pair("", "odd")];
    assert_eq!(came, expected, "and a string without any is nobody's value");
}

#[test]
fn a_key_is_found_as_a_whole_only() {
    let modinfo = Modinfo::new(b"license2=no\0xlicense=no\0license=GPL\0");
    let license = modinfo.get("license").map(ToString::to_string);
    assert_eq!(license, Some("GPL".into()), "the kernel compares tag and =, from the string's beginning");
    assert_eq!(modinfo.get("licens"), None, "the beginning of a key is not the key");
}

#[test]
fn of_several_values_get_takes_the_first_and_all_takes_all() {
    let modinfo = Modinfo::new(b"license=GPL\0alias=a\0license=Proprietary\0alias=b\0");
    let license = modinfo.get("license").map(ToString::to_string);
    assert_eq!(license, Some("GPL".into()), "so a second licence is void");
    let aliases: Vec<_> = modinfo.all("alias").map(ToString::to_string).collect();
    assert_eq!(aliases, ["a", "b"], "one module serves many devices");
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let came = Modinfo::new(b"author=Andr\xe9\0").get("author").map(|value| value.to_vec());
    assert_eq!(came, Some(b"Andr\xe9".to_vec()), "the kernel knows bytes, and nothing of UTF-8");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_is_read_back(written in proptest::collection::vec(("[a-z_]{1,9}", "[ -~]{0,20}"), 0..8)) {
        let data: Vec<u8> = written.iter().flat_map(|(key, value)| format!("{key}={value}\0").into_bytes()).collect();
        prop_assert_eq!(pairs(&data), written);
    }

    #[test]
    fn the_strings_are_what_lies_between_nuls(data in proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..200)) {
        let came: Vec<Vec<u8>> = Modinfo::new(&data).strings().map(|string| string.to_vec()).collect();
        let expected: Vec<Vec<u8>> =
            data.split(|&byte| byte == 0).filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect();
        prop_assert_eq!(came, expected);
    }
}
