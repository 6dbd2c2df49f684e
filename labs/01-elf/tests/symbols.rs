//! The symbol table, read into names and numbers.

use elf::{elf_validity_check, sections, symbols};
use proptest::prelude::*;

use specimens::{OBJECT, hello};

/// A record of a symbol table: its name at `name`, all other fields counting up.
fn record(name: u32) -> Vec<u8> {
    let mut record = name.to_le_bytes().to_vec();
    record.extend([0x12, 2]);
    record.extend(3u16.to_le_bytes());
    record.extend(4u64.to_le_bytes());
    record.extend(5u64.to_le_bytes());
    record
}

/// The names of the symbols in `table`.
fn names(table: &[u8], strings: &[u8]) -> Vec<String> {
    symbols(table, strings).iter().map(|symbol| symbol.name.to_string()).collect()
}

/// The bytes of the sound module's symbol table and of its strings.
fn of_hello() -> (Vec<u8>, Vec<u8>) {
    let file = hello().build();
    let headers = elf_validity_check(&file).expect("it is sound");
    let sections = sections(&file, &headers);
    (sections[8].data.to_vec(), sections[9].data.to_vec())
}

#[test]
fn every_field_comes_from_its_place() {
    let table = symbols(&record(1), b"\0name\0");
    assert_eq!(table.len(), 1, "24 bytes are one record");
    let symbol = table[0];
    assert_eq!(symbol.name.to_string(), "name", "st_name is an offset in the strings");
    assert_eq!((symbol.info, symbol.other, symbol.section), (0x12, 2, 3), "st_info, st_other, st_shndx");
    assert_eq!((symbol.value, symbol.size), (4, 5), "st_value, st_size");
}

#[test]
fn the_symbols_of_a_module_are_in_file_order() {
    let (table, strings) = of_hello();
    let expected = ["", "", "hello_init", "__this_module", "init_module", "_printk", "maybe_there"];
    assert_eq!(
        names(&table, &strings),
        expected,
        "relocations name symbols by number, the empty one being 0"
    );
}

#[test]
fn info_holds_binding_and_kind() {
    let (table, strings) = of_hello();
    let table = symbols(&table, &strings);
    assert_eq!(table[3].info, OBJECT, "st_info is handed on as it is");
    let (binding, kind) = (table[3].binding(), table[3].kind());
    assert_eq!((binding, kind), (1, 1), "STB_GLOBAL in the upper half, STT_OBJECT below");
    let (binding, kind) = (table[2].binding(), table[2].kind());
    assert_eq!((binding, kind), (0, 2), "hello_init: STB_LOCAL, STT_FUNC");
}

#[test]
fn undefined_and_weak_are_two_different_things() {
    let (table, strings) = of_hello();
    let table = symbols(&table, &strings);
    let came: Vec<_> = table[4..].iter().map(|symbol| (symbol.is_undefined(), symbol.is_weak())).collect();
    let expected = [(false, false), (true, false), (true, true)];
    assert_eq!(came, expected, "init_module, _printk, maybe_there: st_shndx says one, st_info the other");
}

#[test]
fn part_of_a_record_at_the_end_is_ignored() {
    for more in [1, 12, 23] {
        let mut table = record(1);
        table.extend(&record(1)[..more]);
        let came = symbols(&table, b"\0name\0").len();
        assert_eq!(came, 1, "{more} bytes too many: the kernel divides the size by that of a record");
    }
}

#[test]
fn an_empty_table_has_no_symbols() {
    assert_eq!(symbols(b"", b"\0").len(), 0, "not even the empty one");
}

#[test]
fn a_name_outside_the_strings_is_read_as_empty() {
    for name in [6, 7, u32::MAX] {
        let came = names(&record(name), b"\0name\0");
        assert_eq!(came, [""], "st_name {name} of 6 bytes: the symbol stays, for its number counts");
    }
}

#[test]
fn a_name_without_an_end_is_read_as_empty() {
    assert_eq!(names(&record(1), b"\0name"), [""], "no NUL ends the strings: a C string would run on");
}

#[test]
fn a_name_may_begin_inside_another_one() {
    assert_eq!(names(&record(3), b"\0__crc_name\0"), ["crc_name"], "linkers share tails");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn there_are_as_many_symbols_as_whole_records(
        table in proptest::collection::vec(any::<u8>(), 0..200), strings in proptest::collection::vec(0u8..3, 0..20),
    ) {
        prop_assert_eq!(symbols(&table, &strings).len(), table.len() / 24);
    }
}
