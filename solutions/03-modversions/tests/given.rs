//! What lab 03 gives its learner.

use elf::Module;
use modversions::{
    Name, NameIndex, Versions,
    genksyms::{Scanned, scan},
};
use proptest::prelude::*;
use specimens::hello;

#[test]
fn a_module_without_the_section_has_no_versions_at_all() {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    assert_eq!(Versions::of(&module).unwrap().iter().len(), 2);
    let file = hello().without("__versions").build();
    let module = Module::parse(&file).unwrap();
    assert!(Versions::of(&module).is_none(), "an empty table and none at all are judged differently");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_index_finds_every_record_of_a_name_in_order(names in proptest::collection::vec("[ab]{0,3}", 0..40), wanted in "[ab]{0,3}") {
        let index = NameIndex::new(names.iter().map(|name| name.as_str().into()));
        let found: Vec<_> = index.find(&Name::from(wanted.as_str()), |number| names[number] == wanted).collect();
        let expected: Vec<_> = (0..names.len()).filter(|&number| names[number] == wanted).collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn a_number_is_the_longer_of_an_integer_and_a_real_number() {
    for (text, length) in [
        ("0x1fu;", 5),
        ("0x1g", 3),
        ("0xg", 1),
        ("0x;", 1),
        ("017", 3),
        ("08", 1),
        ("42;", 2),
        ("42u;", 3),
        ("42L;", 3),
        ("42ul;", 4),
        ("42lu;", 4),
        ("42ull", 4),
        ("1.5f;", 4),
        ("1.5l", 4),
        (".5;", 2),
        ("1.;", 2),
        ("1e5;", 3),
        ("1e;", 1),
        ("1.e;", 2),
        ("1.5e;", 3),
        ("1e+;", 1),
        ("1.5e+;", 3),
        ("1e+5;", 4),
        ("1.5e-33l;", 8),
        ("12e345;", 6),
        ("12.75e10;", 8),
        ("123456.5;", 8),
    ] {
        assert_eq!(
            scan(text.as_bytes()),
            (Scanned::Number, length),
            "{text}: scripts/genksyms/lex.l, INT and REAL"
        );
    }
}
