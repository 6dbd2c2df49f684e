//! A module's exports, read out of its memory.

#[path = "../../01-elf/tests/common/mod.rs"]
mod common;

use abi::Errno;
use common::{Builder, SHF_ALLOC, SHT_PROGBITS, Section, hello};
use elf::Module;
use proptest::prelude::*;
use symbols::{Image, read_exports};

/// The core part's address: the table, the strings, the CRCs.
const CORE: u64 = 0x1000;
const STRINGS: u64 = 0x1100;
const CRCS: u64 = 0x1200;
const INIT: u64 = 0x8000;

/// A record of `__ksymtab` at the address `at`; a namespace at 0 is none.
fn record(at: u64, value: u64, name: u64, namespace: u64) -> Vec<u8> {
    let relative = |place: u64, to: u64| (to.wrapping_sub(place) as i32).to_le_bytes();
    let namespace = if namespace == 0 { [0; 4] } else { relative(at + 8, namespace) };
    [relative(at, value), relative(at + 4, name), namespace].concat()
}

/// Memory with the records at its start, then the strings "", "f", "g", "NS", then the CRCs 5 and 6.
fn memory(records: &[Vec<u8>]) -> Vec<u8> {
    let mut memory = vec![0; 0x300];
    common::put(&mut memory, 0, &records.concat());
    common::put(&mut memory, 0x100, b"\0f\0g\0NS\0");
    common::put(&mut memory, 0x200, &[5, 0, 0, 0, 6, 0, 0, 0]);
    memory
}

/// Name, value, CRC, GPL-only, namespace.
type Listed = (String, u64, Option<u32>, bool, String);

/// The exports of a module with these two tables, of so many bytes each, and this memory.
fn read(symbols: (&str, usize), crcs: Option<(&str, usize)>, memory: &[u8]) -> Result<Vec<Listed>, Errno> {
    let mut builder: Builder = hello();
    let section = |(name, size): (&str, usize)| Section::new(name, SHT_PROGBITS, SHF_ALLOC, vec![0; size]);
    let table = builder.section(section(symbols));
    let crcs = crcs.map(|crcs| builder.section(section(crcs)));
    let bytes = builder.build();
    let module = Module::parse(&bytes).unwrap();
    let mut addresses = vec![0; module.sections.len()];
    addresses[table] = CORE;
    crcs.into_iter().for_each(|crcs| addresses[crcs] = CRCS);
    let image = Image { core: (CORE, memory), init: (INIT, &[]) };
    let table = read_exports(&module, &addresses, &image).map_err(|refusal| refusal.errno)?;
    Ok(table
        .iter()
        .map(|it| (it.name.to_string(), it.value, it.crc, it.gpl_only, it.namespace.to_string()))
        .collect())
}

#[test]
fn each_field_is_relative_to_its_own_place() {
    let memory = memory(&[record(CORE, 0x1080, STRINGS + 1, 0), record(CORE + 12, 0x10, STRINGS + 3, 0)]);
    assert_eq!(
        read(("__ksymtab", 24), None, &memory),
        Ok(vec![("f".into(), 0x1080, None, false, "".into()), ("g".into(), 0x10, None, false, "".into())])
    );
}

#[test]
fn versions_stand_in_the_same_order_in_a_table_of_their_own() {
    let memory = memory(&[record(CORE, 1, STRINGS + 1, 0), record(CORE + 12, 2, STRINGS + 3, 0)]);
    let exports = read(("__ksymtab", 24), Some(("__kcrctab", 8)), &memory).unwrap();
    assert_eq!(exports.iter().map(|export| export.2).collect::<Vec<_>>(), [Some(5), Some(6)]);
}

#[test]
fn gpl_only_symbols_have_tables_of_their_own() {
    let memory = memory(&[record(CORE, 1, STRINGS + 1, 0)]);
    let exports = read(("__ksymtab_gpl", 12), Some(("__kcrctab_gpl", 4)), &memory);
    assert_eq!(exports, Ok(vec![("f".into(), 1, Some(5), true, "".into())]));
}

#[test]
fn a_namespace_is_a_name_and_none_is_a_zero_or_an_empty_one() {
    for (namespace, expected) in [(STRINGS + 5, "NS"), (STRINGS, ""), (0, "")] {
        let memory = memory(&[record(CORE, 1, STRINGS + 1, namespace)]);
        assert_eq!(read(("__ksymtab", 12), None, &memory).unwrap()[0].4, expected);
    }
}

#[test]
fn a_module_without_tables_exports_nothing() {
    assert_eq!(read(("__other", 12), None, &memory(&[])), Ok(vec![]));
    assert_eq!(read(("__ksymtab", 0), None, &memory(&[])), Ok(vec![]));
}

#[test]
fn a_name_outside_the_module_is_refused_where_the_kernel_would_follow_it() {
    for name in [0, CORE - 1, CORE + 0x300, INIT] {
        let memory = memory(&[record(CORE, 1, name, 0)]);
        assert_eq!(read(("__ksymtab", 12), None, &memory), Err(Errno::ENOEXEC), "{name:#x}");
    }
}

#[test]
fn a_name_that_does_not_end_is_refused() {
    let mut memory = memory(&[record(CORE, 1, CORE + 0x2f0, 0)]);
    memory[0x2f0..].fill(b'x');
    assert_eq!(read(("__ksymtab", 12), None, &memory), Err(Errno::ENOEXEC));
}

#[test]
fn a_table_of_nothing_but_zeroes_exports_nothing_and_is_refused() {
    assert_eq!(
        read(("__ksymtab", 12), None, &memory(&[])),
        Err(Errno::ENOEXEC),
        "a zero is a pointer to its own place, where an empty name would stand; a .bss full of them must \
         not fill the memory"
    );
}

#[test]
fn fewer_versions_than_symbols_are_refused_where_the_kernel_would_read_on() {
    let memory = memory(&[record(CORE, 1, STRINGS + 1, 0), record(CORE + 12, 2, STRINGS + 3, 0)]);
    assert_eq!(read(("__ksymtab", 24), Some(("__kcrctab", 7)), &memory), Err(Errno::ENOEXEC));
}

proptest! {
    #[test]
    fn no_memory_makes_the_reader_panic(memory: Vec<u8>, size in 0usize..100, crcs in 0usize..40) {
        let _ = read(("__ksymtab", size), Some(("__kcrctab", crcs)), &memory);
    }
}
