//! Reading `__versions`: the CRCs that a module was built with.

use modversions::Versions;
use proptest::prelude::*;

use crate::common::{put, version};

fn get(data: &[u8], name: &str) -> Option<u64> {
    Versions::new(data).get(&name.into())
}

#[test]
fn each_record_is_a_crc_and_a_name() {
    let data = [version(0x1111, "kfree"), version(0x2222, "_printk")].concat();
    assert_eq!(get(&data, "kfree"), Some(0x1111), "the first record");
    assert_eq!(get(&data, "_printk"), Some(0x2222), "the second one");
    let listed: Vec<_> = Versions::new(&data).iter().map(|(name, crc)| (name.to_string(), crc)).collect();
    assert_eq!(listed, [("kfree".into(), 0x1111), ("_printk".into(), 0x2222)], "in the order of the file");
}

#[test]
fn a_name_that_is_not_there_has_no_version() {
    let data = version(1, "kfree");
    for absent in ["kfre", "kfree2", "", "KFREE"] {
        assert_eq!(get(&data, absent), None, "{absent:?}: only an equal name is the name");
    }
    assert_eq!(get(&[], "kfree"), None, "an empty table lists nothing");
}

#[test]
fn of_two_records_for_one_name_the_first_counts() {
    let data = [version(1, "a"), version(2, "kfree"), version(3, "kfree")].concat();
    assert_eq!(get(&data, "kfree"), Some(2), "check_version stops at the first name that is equal");
}

#[test]
fn the_crc_is_compared_with_all_its_64_bits() {
    let data = version(0xdead_0000_1234_5678, "kfree");
    assert_eq!(
        get(&data, "kfree"),
        Some(0xdead_0000_1234_5678),
        "struct modversion_info has an unsigned long"
    );
}

#[test]
fn a_record_that_is_cut_off_is_not_read() {
    let data = [version(1, "kfree"), version(2, "_printk")].concat();
    assert_eq!(get(&data[..127], "_printk"), None, "sh_size / sizeof(struct modversion_info) is 1");
    assert_eq!(get(&data[..127], "kfree"), Some(1), "the record before it is whole");
}

#[test]
fn a_name_without_its_nul_ends_with_its_field() {
    let mut data = [version(1, "x"), version(2, "y")].concat();
    put(&mut data, 8, &[b'x'; 56]);
    assert_eq!(
        get(&data, &"x".repeat(56)),
        Some(1),
        "the kernel would read on into the next record, we stop"
    );
    assert_eq!(get(&data, "y"), Some(2), "and the next record is not disturbed");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(data: Vec<u8>, name: String) {
        let versions = Versions::new(&data);
        prop_assert_eq!(versions.iter().len(), data.len() / 64);
        let _ = versions.get(&name.as_str().into());
    }

    #[test]
    fn looking_up_by_hash_finds_what_comparing_every_name_finds(
        names in proptest::collection::vec("[a-c]{0,10}", 0..60), wanted in "[a-c]{0,10}",
    ) {
        let data: Vec<u8> = (1..).zip(&names).flat_map(|(crc, name)| version(crc, name)).collect();
        let expected = names.iter().position(|name| *name == wanted).map(|at| at as u64 + 1);
        prop_assert_eq!(get(&data, &wanted), expected);
    }
}
