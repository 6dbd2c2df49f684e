//! The ELF header: what elf_validity_check says to each wrong field, in which order, and what it does not look at.

use elf::elf_validity_check;
use proptest::prelude::*;

use specimens::{self, header, hello, with};

/// What the kernel says next where it believes the header: the files of these tests have nothing behind it.
const BELIEVED: &str = "ENOEXEC: Invalid ELF section header overflow";

/// A sound ELF header and not a byte more.
fn alone() -> Vec<u8> {
    hello().build()[..64].to_vec()
}

fn said(file: &[u8]) -> String {
    specimens::said(elf_validity_check(file))
}

#[test]
fn a_sound_header_is_believed_and_the_section_headers_are_next() {
    assert_eq!(said(&alone()), BELIEVED, "no field is wrong, so the next check has the word");
}

#[test]
fn a_file_shorter_than_the_elf_header_is_refused_with_its_length() {
    for length in [0, 1, 4, 63] {
        let expected = format!("ENOEXEC: Invalid ELF header len {length}");
        assert_eq!(said(&alone()[..length]), expected, "to read the magic first would read beyond the file");
    }
    assert_eq!(
        said(b"#!/bin/sh\n"),
        "ENOEXEC: Invalid ELF header len 10",
        "the length comes before the magic"
    );
}

#[test]
fn each_of_the_four_bytes_of_the_magic_counts() {
    for at in 0..4 {
        let file = with(&alone(), at, b"?");
        let expected = "ENOEXEC: Invalid ELF header magic: != \x7fELF";
        assert_eq!(said(&file), expected, "byte {at} is wrong, and all four bytes are compared (SELFMAG)");
    }
}

#[test]
fn only_a_relocatable_file_is_a_module() {
    for (what, kind) in [("nothing", 0u16), ("a program", 2), ("a shared library", 3), ("a core dump", 4)] {
        let file = with(&alone(), header::TYPE, &kind.to_le_bytes());
        let expected = format!("ENOEXEC: Invalid ELF header type: {kind} != 1");
        assert_eq!(
            said(&file),
            expected,
            "{what} has been linked already: there is nothing left to relocate"
        );
    }
}

#[test]
fn only_a_file_for_x86_64_is_accepted() {
    for (what, machine) in [("no machine", 0u16), ("i386", 3), ("aarch64", 183), ("riscv", 243)] {
        let file = with(&alone(), header::MACHINE, &machine.to_le_bytes());
        let expected = format!("ENOEXEC: Invalid architecture in ELF header: {machine}");
        assert_eq!(said(&file), expected, "{what}: this processor cannot run it (elf_check_arch)");
    }
}

#[test]
fn a_section_header_must_have_the_size_that_the_kernel_steps_by() {
    for size in [0u16, 40, 63, 65, 128] {
        let file = with(&alone(), header::SHENTSIZE, &size.to_le_bytes());
        let expected = "ENOEXEC: Invalid ELF section header size";
        assert_eq!(said(&file), expected, "{size} bytes: the kernel would step by 64 all the same");
    }
}

#[test]
fn of_several_wrong_fields_the_first_one_checked_is_named() {
    let wrong: [(usize, &[u8], &str); 4] = [
        (0, b"?", "Invalid ELF header magic: != \x7fELF"),
        (header::TYPE, &[2, 0], "Invalid ELF header type: 2 != 1"),
        (header::MACHINE, &[3, 0], "Invalid architecture in ELF header: 3"),
        (header::SHENTSIZE, &[40, 0], "Invalid ELF section header size"),
    ];
    for first in 0..wrong.len() {
        let file = wrong[first..].iter().fold(alone(), |file, (at, value, _)| with(&file, *at, value));
        let expected = format!("ENOEXEC: {}", wrong[first].2);
        assert_eq!(said(&file), expected, "magic, type, architecture, size: that is the kernel's order");
    }
}

#[test]
fn neither_class_nor_byte_order_is_looked_at() {
    for (class, data) in [(1, 1), (2, 2), (0, 0), (255, 255)] {
        let file = with(&with(&alone(), header::CLASS, &[class]), header::DATA, &[data]);
        assert_eq!(said(&file), BELIEVED, "Linux 6.1 reads every file as 64-bit and little-endian");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_other_fields_may_hold_anything(ident: [u8; 12], version: [u8; 20], flags: [u8; 10]) {
        // The rest of e_ident; e_version, e_entry and e_phoff; e_flags and what is about program headers.
        let file = with(&with(&with(&alone(), 4, &ident), 20, &version), 48, &flags);
        prop_assert_eq!(said(&file), BELIEVED, "a module has no entry point and no program headers");
    }

    #[test]
    fn a_number_is_named_as_it_stands_in_the_file(kind in 2u16.., machine in 63u16..) {
        let file = with(&alone(), header::MACHINE, &machine.to_le_bytes());
        prop_assert_eq!(said(&file), format!("ENOEXEC: Invalid architecture in ELF header: {machine}"));
        let file = with(&file, header::TYPE, &kind.to_le_bytes());
        prop_assert_eq!(said(&file), format!("ENOEXEC: Invalid ELF header type: {kind} != 1"));
    }
}
