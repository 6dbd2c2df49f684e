//! Writing `__versions`, as modpost does for a module that is being built.

use abi::Symvers;
use modversions::{Undefined, WriteError, record, write_versions};
use proptest::prelude::*;

const SYMVERS: &str = "0x00001111\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n\
                       0xdeadbeef\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n\
                       0x00000005\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n";

fn symvers(text: &str) -> Symvers {
    Symvers::parse(text).unwrap()
}

fn strong(name: &str) -> Undefined<'_> {
    Undefined { name, weak: false }
}

/// CRC and name of each record.
fn listed(section: &[u8]) -> Vec<(u64, String)> {
    let (records, rest) = section.as_chunks::<64>();
    assert_eq!(rest, b"", "the kernel divides the section by the size of a record");
    let name = |record: &[u8; 64]| String::from_utf8_lossy(&record[8..]).trim_end_matches('\0').to_owned();
    records.iter().map(|record| (u64::from_le_bytes(*record.first_chunk().unwrap()), name(record))).collect()
}

#[test]
fn each_symbol_has_a_record_in_the_order_of_the_object_and_module_layout_is_the_last() {
    let section = write_versions("hello", [strong("kfree"), strong("_printk")], &symvers(SYMVERS)).unwrap();
    let expected = [(0x1111, "kfree".into()), (0xdead_beef, "_printk".into()), (5, "module_layout".into())];
    assert_eq!(
        listed(&section),
        expected,
        "modpost walks the symbol table and adds module_layout at its end"
    );
}

#[test]
fn a_module_that_uses_nothing_still_depends_on_the_layout_of_struct_module() {
    let section = write_versions("hello", [], &symvers(SYMVERS)).unwrap();
    assert_eq!(listed(&section), [(5, "module_layout".into())], "the loader reads its struct module");
}

#[test]
fn a_record_is_64_bytes_and_what_the_name_leaves_is_zero() {
    let section = write_versions("hello", [strong("kfree")], &symvers(SYMVERS)).unwrap();
    let mut expected = [0; 64];
    expected[..13].copy_from_slice(b"\x11\x11\0\0\0\0\0\0kfree");
    assert_eq!(section[..64], expected, "an unsigned long and char[56]; two builds give the same bytes");
}

#[test]
fn a_symbol_that_nobody_exports_is_an_error_and_all_of_them_are_named() {
    let errors =
        write_versions("hello", [strong("gone"), strong("kfree"), strong("lost")], &symvers(SYMVERS))
            .unwrap_err();
    let said: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let expected = ["\"gone\" [hello.ko] undefined!", "\"lost\" [hello.ko] undefined!"];
    assert_eq!(said, expected, "better while it is built than while it is loaded");
}

#[test]
fn a_weak_symbol_that_nobody_exports_has_no_record() {
    let weak = Undefined { name: "gone", weak: true };
    let section = write_versions("hello", [weak, strong("kfree")], &symvers(SYMVERS)).unwrap();
    assert_eq!(listed(&section)[0].1, "kfree", "its value will be 0, and 0 has no version");
}

#[test]
fn a_weak_symbol_that_somebody_exports_has_a_record_like_any_other() {
    let weak = Undefined { name: "kfree", weak: true };
    let section = write_versions("hello", [weak], &symvers(SYMVERS)).unwrap();
    assert_eq!(listed(&section)[0], (0x1111, "kfree".into()), "the kernel checks it when it finds it");
}

#[test]
fn a_kernel_without_module_layout_has_no_versions_to_build_for() {
    let errors = write_versions("hello", [], &symvers("")).unwrap_err();
    assert_eq!(
        errors,
        [WriteError::Undefined { symbol: "module_layout".into(), module: "hello".into() }],
        "it is like any other symbol"
    );
}

#[test]
fn a_name_must_leave_room_for_its_nul() {
    let line = |name: &str| format!("{SYMVERS}0x1\t{name}\tvmlinux\tEXPORT_SYMBOL\t\n");
    let (fits, too_long) = ("x".repeat(55), "x".repeat(56));
    let section = write_versions("hello", [strong(&fits)], &symvers(&line(&fits))).unwrap();
    assert_eq!(listed(&section)[0].1, fits, "55 letters and a NUL are 56");
    let errors = write_versions("hello", [strong(&too_long)], &symvers(&line(&too_long))).unwrap_err();
    let expected = WriteError::TooLong { symbol: too_long, module: "hello".into() };
    assert_eq!(errors, [expected], "strcmp would read on into the next record");
}

#[test]
fn whatever_is_wrong_is_said_in_the_order_of_the_symbols() {
    let long = "y".repeat(60);
    let symvers = symvers(&format!("0x1\t{long}\tvmlinux\tEXPORT_SYMBOL\t\n"));
    let errors = write_versions("m", [strong("gone"), strong(&long)], &symvers).unwrap_err();
    let kinds: Vec<_> = errors.iter().map(|error| error.to_string().contains("undefined")).collect();
    assert_eq!(kinds, [true, false, true], "gone, the long name, module_layout");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_kernel_reads_what_was_written(crcs in proptest::collection::vec(any::<u32>(), 0..20)) {
        let names: Vec<_> = (0..crcs.len()).map(|at| format!("symbol_{at}")).collect();
        let lines = names.iter().zip(&crcs).map(|(name, crc)| format!("0x{crc:08x}\t{name}\tvmlinux\tEXPORT_SYMBOL\t\n"));
        let symvers = symvers(&(lines.collect::<String>() + SYMVERS));
        let section = write_versions("m", names.iter().map(|name| strong(name)), &symvers).unwrap();
        let expected: Vec<_> = names.iter().zip(&crcs).filter_map(|(name, &crc)| record(crc, name)).flatten().collect();
        prop_assert_eq!(&section[..section.len() - 64], &expected[..]);
    }
}
