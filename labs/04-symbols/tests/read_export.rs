//! One record of `__ksymtab`, read out of a module's memory.

use proptest::prelude::*;
use symbols::{Image, read_export};

/// The core part's address: the record, 0x100 bytes on the strings "", "f", "NS".
const CORE: u64 = 0x1000;
const EMPTY: u64 = 0x1100;
const F: u64 = 0x1101;
const NS: u64 = 0x1103;

/// The init part's address: the strings "g" and, without an end, "xxx".
const INIT: u64 = 0x8000;
const G: u64 = INIT;
const ENDLESS: u64 = INIT + 2;

/// The three offsets of a record at the address `at`, each relative to its own place; a namespace at 0 is
/// none.
fn record(at: u64, value: u64, name: u64, namespace: u64) -> [u8; 12] {
    let relative = |place: u64, to: u64| (to.wrapping_sub(place) as i32).to_le_bytes();
    let namespace = if namespace == 0 { [0; 4] } else { relative(at + 8, namespace) };
    let mut record = [0; 12];
    record[..4].copy_from_slice(&relative(at, value));
    record[4..8].copy_from_slice(&relative(at + 4, name));
    record[8..].copy_from_slice(&namespace);
    record
}

/// Name, value and namespace of an export.
type Shown = (String, String, String);

/// What is read from a record at `at`, with the strings above in memory.
fn read(at: u64, record: [u8; 12]) -> Option<Shown> {
    let mut core = [0; 0x110];
    core[0x100..0x106].copy_from_slice(b"\0f\0NS\0");
    read_in(&Image { core: (CORE, &core), init: (INIT, b"g\0xxx") }, at, record)
}

/// What is read from a record at `at`, in this memory; that it has no CRC and no licence is checked here.
fn read_in(image: &Image, at: u64, record: [u8; 12]) -> Option<Shown> {
    let came = read_export(image, at, &record)?;
    assert_eq!((came.crc, came.gpl_only), (None, false), "CRC and licence are not in the record");
    Some((came.name.to_string(), format!("{:#x}", came.value), came.namespace.to_string()))
}

fn listed(name: &str, value: u64, namespace: &str) -> Option<Shown> {
    Some((name.into(), format!("{value:#x}"), namespace.into()))
}

#[test]
fn each_field_is_relative_to_its_own_place() {
    assert_eq!(
        read(CORE, [0x80, 0, 0, 0, 0xfd, 0, 0, 0, 0xfb, 0, 0, 0]),
        listed("f", 0x1080, "NS"),
        "value 0x1000 + 0x80, name 0x1004 + 0xfd, namespace 0x1008 + 0xfb (offset_to_ptr adds the offset's \
         own address)"
    );
}

#[test]
fn offsets_are_signed() {
    for value in [CORE - 0x800, CORE + 0x7fff_ffff, 0] {
        assert_eq!(
            read(CORE, record(CORE, value, F, 0)),
            listed("f", value, ""),
            "value {value:#x}: what lies before the record has a negative offset, which is extended to 64 \
             bits"
        );
    }
}

#[test]
fn the_address_of_the_record_counts_and_not_only_its_offsets() {
    let at = CORE + 0x60;
    assert_eq!(
        read(at, record(at, 0x1080, F, NS)),
        listed("f", 0x1080, "NS"),
        "record number 8 of a table lies 0x60 bytes on, and its distances count from there"
    );
}

#[test]
fn an_offset_of_0_is_no_namespace_and_so_is_an_empty_string() {
    for (namespace, expected) in [(0, ""), (EMPTY, ""), (NS, "NS")] {
        assert_eq!(
            read(CORE, record(CORE, 0x1080, F, namespace)),
            listed("f", 0x1080, expected),
            "namespace at {namespace:#x}: an importer that names nothing may use what has none"
        );
    }
    let elsewhere = 0x3000;
    assert_eq!(
        read(elsewhere, record(elsewhere, 0x1080, F, 0)),
        listed("f", 0x1080, ""),
        "0 is no offset, and nothing is read: kernel_symbol_namespace looks at it before it follows it"
    );
}

#[test]
fn the_value_may_be_anything() {
    for value in [0, 1, CORE + 0x200, 0xffff_ffff_8100_0000] {
        let at = if value > 0xffff { 0xffff_ffff_c000_0000 } else { CORE };
        let core = *b"f\0";
        let image = Image { core: (0x10, &[]), init: (at + 0x100, &core) };
        assert_eq!(
            read_in(&image, at, record(at, value, at + 0x100, 0)),
            listed("f", value, ""),
            "an export need not lie in the module's memory: a per-CPU variable is an offset, an absolute \
             symbol a number"
        );
    }
}

#[test]
fn a_name_may_lie_in_either_part() {
    assert_eq!(
        read(CORE, record(CORE, 0x1080, G, 0)),
        listed("g", 0x1080, ""),
        "Image::string looks in the core part and in the init part"
    );
}

#[test]
fn a_name_outside_the_modules_memory_is_no_name() {
    for name in [0, CORE - 1, CORE + 0x110, INIT - 1, INIT + 5] {
        assert_eq!(
            read(CORE, record(CORE, 0x1080, name, 0)),
            None,
            "name at {name:#x}: the kernel would follow the pointer, wherever it leads"
        );
    }
}

#[test]
fn a_name_that_is_empty_or_does_not_end_is_no_name() {
    for (name, why) in [
        (EMPTY, "empty: nobody could ask for it"),
        (ENDLESS, "without a NUL before its part ends: the kernel would read on behind it"),
    ] {
        assert_eq!(read(CORE, record(CORE, 0x1080, name, 0)), None, "{why}");
    }
}

#[test]
fn a_record_of_zeroes_is_no_export() {
    assert_eq!(
        read(CORE, [0; 12]),
        None,
        "its name would be its own bytes, which are an empty string; a .bss full of zeroes must not fill the \
         table"
    );
}

#[test]
fn a_namespace_that_is_no_string_spoils_the_export() {
    for namespace in [CORE - 1, CORE + 0x110, ENDLESS] {
        assert_eq!(
            read(CORE, record(CORE, 0x1080, F, namespace)),
            None,
            "namespace at {namespace:#x}: without it, a symbol in a namespace would become one for everybody"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read_again(
        at in 0x100..0x8000u64, value in 0..0x8000u64, name in "[a-z]{1,20}", namespace in "[A-Z]{0,20}",
    ) {
        let core = format!("{name}\0{namespace}\0");
        let image = Image { core: (0x9000, core.as_bytes()), init: (0, &[]) };
        let record = record(at, value, 0x9000, 0x9001 + name.len() as u64);
        prop_assert_eq!(read_in(&image, at, record), listed(&name, value, &namespace));
    }

    #[test]
    fn no_record_makes_the_reader_panic(at: u64, record: [u8; 12], core: Vec<u8>, base: u64) {
        let image = Image { core: (base, &core), init: (0x1000, b"f\0") };
        let came = read_export(&image, at, &record);
        prop_assert!(came.is_none_or(|came| !came.name.is_empty()), "no export is without a name");
    }
}
