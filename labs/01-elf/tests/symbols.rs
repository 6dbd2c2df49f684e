//! The symbol table, read into names and numbers.

mod common;

use common::{OBJECT, hello};
use elf::{Module, symbols};
use proptest::prelude::*;

/// A record of a symbol table: name at `name`, all other fields counting up.
fn record(name: u32) -> Vec<u8> {
    let mut record = name.to_le_bytes().to_vec();
    record.extend([0x12, 2]);
    record.extend(3u16.to_le_bytes());
    record.extend(4u64.to_le_bytes());
    record.extend(5u64.to_le_bytes());
    record
}

#[test]
fn every_field_comes_from_its_place() {
    let table = symbols(&record(1), b"\0name\0");
    let symbol = table.first().expect("one record");
    assert_eq!(symbol.name, "name");
    assert_eq!((symbol.info, symbol.other, symbol.section, symbol.value, symbol.size), (0x12, 2, 3, 4, 5));
}

#[test]
fn the_symbols_of_a_module_are_in_file_order() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let names: Vec<_> = module.symbols.iter().map(|symbol| symbol.name.to_string()).collect();
    assert_eq!(names, ["", "", "hello_init", "__this_module", "init_module", "_printk", "maybe_there"]);
}

#[test]
fn info_holds_binding_and_kind() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let this_module = &module.symbols[3];
    assert_eq!(this_module.info, OBJECT);
    assert_eq!(
        (this_module.binding(), this_module.kind()),
        (1, 1),
        "STB_GLOBAL in the upper half, STT_OBJECT below"
    );
}

#[test]
fn undefined_and_weak_are_two_different_things() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let said: Vec<_> =
        module.symbols[4..].iter().map(|symbol| (symbol.is_undefined(), symbol.is_weak())).collect();
    assert_eq!(said, [(false, false), (true, false), (true, true)], "init_module, _printk, maybe_there");
}

#[test]
fn part_of_a_record_at_the_end_is_ignored() {
    let mut table = record(1);
    table.extend(&record(1)[..23]);
    assert_eq!(symbols(&table, b"\0name\0").len(), 1, "the kernel divides the size by that of a record");
}

#[test]
fn a_name_outside_the_strings_or_without_an_end_is_read_as_empty() {
    for name in [6, 7, u32::MAX] {
        let table = symbols(&record(name), b"\0name\0");
        assert_eq!(table.first().map(|symbol| symbol.name.to_vec()), Some(vec![]), "st_name {name}");
    }
    let table = symbols(&record(1), b"\0name");
    assert_eq!(table.first().map(|symbol| symbol.name.to_vec()), Some(vec![]), "no NUL ends the strings");
}

#[test]
fn a_name_may_begin_inside_another_one() {
    let table = symbols(&record(3), b"\0__crc_name\0");
    assert_eq!(
        table.first().map(|symbol| symbol.name.to_string()),
        Some("crc_name".into()),
        "linkers share tails"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(table: Vec<u8>, strings: Vec<u8>) {
        prop_assert_eq!(symbols(&table, &strings).len(), table.len() / 24);
    }
}
