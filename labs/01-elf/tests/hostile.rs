//! Whatever the bytes are: an answer, never a panic.

mod common;

use abi::Errno;
use common::{hello, signed};
use elf::{Module, modinfo_text};
use proptest::prelude::*;

/// Reads everything that can be read of a file.
fn read_all(file: &[u8]) {
    if let Ok(module) = Module::parse(file) {
        assert!(module.symbols.iter().all(|symbol| symbol.name.len() < file.len()));
        let entries = module.relocation_tables().flat_map(|table| table.entries());
        assert!(entries.count() < file.len());
        assert!(module.modinfo.iter().count() < file.len());
    }
    let text = modinfo_text("/x.ko", file, Default::default());
    assert!(text.is_err() || text.is_ok_and(|text| text.starts_with(b"filename:       /x.ko\n")));
}

#[test]
fn a_file_too_short_for_an_elf_header_is_refused_in_silence() {
    let file = hello().build();
    Module::parse(&file).expect("as a whole it is sound");
    for length in 0..64 {
        let refusal = Module::parse(&file[..length]).expect_err("copy_module_from_user refuses this");
        assert_eq!((refusal.errno, &*refusal.message), (Errno::ENOEXEC, ""), "{length} bytes");
    }
}

#[test]
fn a_module_cut_off_anywhere_is_refused() {
    let file = hello().build();
    for length in 0..file.len() {
        let refusal = Module::parse(&file[..length]).expect_err("the section headers are at the end");
        assert_eq!(refusal.errno, Errno::ENOEXEC, "{length} of {} bytes", file.len());
        read_all(&file[..length]);
    }
}

#[test]
fn every_bit_of_a_signed_module_may_be_wrong() {
    let file = signed(&hello().build(), &[0x30, 0x03, 0x02, 0x01, 0x00]);
    for at in 0..file.len() {
        for mask in [0xff, 0x01, 0x80] {
            let mut changed = file.clone();
            changed[at] ^= mask;
            read_all(&changed);
        }
    }
}

#[test]
fn a_module_signed_or_not_is_read_alike() {
    let file = hello().build();
    let signed = signed(&file, b"blob");
    let (plain, cut) = (Module::parse(&file).expect("sound"), Module::parse(&signed).expect("sound"));
    assert_eq!(cut.sections, plain.sections);
    assert_eq!(cut.signature.map(|signature| signature.blob), Some(&b"blob"[..]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read_all(&bytes);
    }

    #[test]
    fn several_wrong_bytes_do_not_make_it_panic(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut file = signed(&hello().build(), &[0x30, 0x03, 0x02, 0x01, 0x00]);
        for (at, value) in changes {
            let at = at.index(file.len());
            file[at] = value;
        }
        read_all(&file);
    }

    #[test]
    fn wrong_section_headers_do_not_make_it_panic(
        number in 0usize..11, field in 0usize..8, value in prop_oneof![any::<u64>(), 0u64..5000],
    ) {
        let fields = [
            common::section::NAME, common::section::TYPE, common::section::FLAGS, common::section::OFFSET,
            common::section::SIZE, common::section::LINK, common::section::INFO, common::section::ALIGN,
        ];
        let width = if [0, 1, 5, 6].contains(&field) { 4 } else { 8 };
        let value = value.to_le_bytes();
        read_all(&common::with_section(&hello().build(), number, fields[field], &value[..width]));
    }
}
