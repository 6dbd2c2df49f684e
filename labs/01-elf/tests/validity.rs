//! elf_validity_check: each refusal with the kernel's words, in the kernel's order.

mod common;

use abi::{Errno, LoadError};
use common::{header, hello, section, section_header, with, with_section};
use elf::elf_validity_check;

const TEXT: usize = 1;
const BSS: usize = 7;
const SYMTAB: usize = 8;
const SHSTRTAB: usize = 10;

/// A change to the module and what the kernel says to it.
type Case = (&'static str, fn(&[u8]) -> Vec<u8>, &'static str);

#[track_caller]
fn assert_refused(cases: &[Case]) {
    let sound = hello().build();
    for (what, change, message) in cases {
        let refusal = elf_validity_check(&change(&sound)).map(|_| ());
        let expected = Err(LoadError::new(Errno::ENOEXEC, *message));
        assert_eq!(refusal, expected, "{what}: see kernel/module/main.c, elf_validity_check");
    }
}

#[track_caller]
fn assert_accepted(what: &str, file: &[u8]) {
    assert_eq!(elf_validity_check(file).map(|_| ()), Ok(()), "{what}");
}

#[test]
fn a_sound_module_has_all_its_section_headers_read() {
    let headers = elf_validity_check(&hello().build()).expect("it is sound");
    assert_eq!(headers.sections.len(), 11);
    assert_eq!(headers.sections[BSS].sh_size, 32);
    assert_eq!(usize::from(headers.file.e_shstrndx), SHSTRTAB);
}

#[test]
fn a_file_shorter_than_the_elf_header_is_refused_with_its_length() {
    assert_refused(&[
        ("an empty file", |_| vec![], "Invalid ELF header len 0"),
        ("one byte too few", |file| file[..63].to_vec(), "Invalid ELF header len 63"),
    ]);
}

#[test]
fn the_elf_header_must_be_that_of_a_relocatable_x86_64_file() {
    assert_refused(&[
        ("no magic", |file| with(file, 0, b"\x7fELV"), "Invalid ELF header magic: != \x7fELF"),
        ("an executable", |file| with(file, header::TYPE, &[2, 0]), "Invalid ELF header type: 2 != 1"),
        ("a shared object", |file| with(file, header::TYPE, &[3, 0]), "Invalid ELF header type: 3 != 1"),
        (
            "for aarch64",
            |file| with(file, header::MACHINE, &[183, 0]),
            "Invalid architecture in ELF header: 183",
        ),
        ("short headers", |file| with(file, header::SHENTSIZE, &[40, 0]), "Invalid ELF section header size"),
    ]);
}

#[test]
fn of_several_mistakes_in_the_header_the_first_one_checked_is_reported() {
    assert_refused(&[
        (
            "type and architecture",
            |file| with(&with(file, header::MACHINE, &[3, 0]), header::TYPE, &[2, 0]),
            "Invalid ELF header type: 2 != 1",
        ),
        (
            "architecture and entry size",
            |file| with(&with(file, header::MACHINE, &[3, 0]), header::SHENTSIZE, &[0, 0]),
            "Invalid architecture in ELF header: 3",
        ),
    ]);
}

#[test]
fn neither_class_nor_byte_order_is_looked_at() {
    let sound = hello().build();
    for (class, data) in [(1, 1), (2, 2), (0, 0), (255, 255)] {
        let file = with(&with(&sound, header::CLASS, &[class]), header::DATA, &[data]);
        assert_accepted("Linux 6.1 reads every file as 64-bit and little-endian", &file);
    }
}

#[test]
fn the_table_of_section_headers_must_lie_inside_the_file() {
    assert_refused(&[
        (
            "at the file's end",
            |file| with(file, header::SHOFF, &(file.len() as u64).to_le_bytes()),
            "Invalid ELF section header overflow",
        ),
        (
            "far beyond",
            |file| with(file, header::SHOFF, &u64::MAX.to_le_bytes()),
            "Invalid ELF section header overflow",
        ),
        (
            "one section too many",
            |file| with(file, header::SHNUM, &[12, 0]),
            "Invalid ELF section header overflow",
        ),
        ("one byte cut off", |file| file[..file.len() - 1].to_vec(), "Invalid ELF section header overflow"),
    ]);
}

#[test]
fn the_section_of_the_names_must_exist() {
    assert_refused(&[
        (
            "none",
            |file| with(file, header::SHSTRNDX, &[0, 0]),
            "Invalid ELF section name index: 0 || e_shstrndx (0) >= e_shnum (11)",
        ),
        (
            "one too far",
            |file| with(file, header::SHSTRNDX, &[11, 0]),
            "Invalid ELF section name index: 11 || e_shstrndx (11) >= e_shnum (11)",
        ),
        (
            "no sections at all",
            |file| with(file, header::SHNUM, &[0, 0]),
            "Invalid ELF section name index: 10 || e_shstrndx (10) >= e_shnum (0)",
        ),
    ]);
}

#[test]
fn the_table_of_names_must_lie_inside_the_file_and_end_in_nul() {
    assert_refused(&[
        (
            "too long",
            |file| with_section(file, SHSTRTAB, section::SIZE, &u64::MAX.to_le_bytes()),
            "Invalid ELF section hdr(type 3)",
        ),
        (
            "outside the file",
            |file| with_section(file, SHSTRTAB, section::OFFSET, &(file.len() as u64).to_le_bytes()),
            "Invalid ELF section hdr(type 3)",
        ),
        ("empty", |file| with_section(file, SHSTRTAB, section::SIZE, &[0; 8]), "empty section name table"),
        (
            "one byte short, so that it ends in a letter",
            |file| {
                let at = section_header(file, SHSTRTAB, section::SIZE);
                with(file, at, &[file[at] - 1])
            },
            "ELF Spec violation: section name table isn't null terminated",
        ),
    ]);
}

#[test]
fn the_range_of_the_names_is_checked_even_if_the_section_claims_to_have_no_bytes() {
    let file = hello().build();
    let nobits = with_section(&file, SHSTRTAB, section::TYPE, &[8]);
    assert_accepted("the kernel does not ask what kind of section it is", &nobits);
    let beyond = with_section(&nobits, SHSTRTAB, section::OFFSET, &u64::MAX.to_le_bytes());
    let refusal = elf_validity_check(&beyond).expect_err("offset and size overflow");
    assert_eq!(refusal.message, "Invalid ELF section hdr(type 8)");
}

#[test]
fn section_zero_must_be_the_empty_one() {
    const MESSAGE: &str = "ELF Spec violation: section 0 type(0)!=SH_NULL or non-zero len or addr";
    assert_refused(&[
        (
            "a type",
            |file| with_section(file, 0, section::TYPE, &[1]),
            "ELF Spec violation: section 0 type(1)!=SH_NULL or non-zero len or addr",
        ),
        (
            "a type that C prints as negative",
            |file| with_section(file, 0, section::TYPE, &[0xff; 4]),
            "ELF Spec violation: section 0 type(-1)!=SH_NULL or non-zero len or addr",
        ),
        ("a length", |file| with_section(file, 0, section::SIZE, &[1]), MESSAGE),
        ("an address", |file| with_section(file, 0, section::ADDR, &[1]), MESSAGE),
    ]);
}

#[test]
fn every_section_with_bytes_must_have_them_inside_the_file() {
    assert_refused(&[
        (
            "an offset beyond the file",
            |file| with_section(file, TEXT, section::OFFSET, &(file.len() as u64).to_le_bytes()),
            "Invalid ELF section in module (section 1 type 1)",
        ),
        (
            "a sum that overflows",
            |file| with_section(file, TEXT, section::SIZE, &u64::MAX.to_le_bytes()),
            "Invalid ELF section in module (section 1 type 1)",
        ),
        (
            "relocations beyond the file",
            |file| with_section(file, 2, section::SIZE, &[0xff; 4]),
            "Invalid ELF section in module (section 2 type 4)",
        ),
    ]);
}

#[test]
fn sections_without_bytes_may_be_of_any_size() {
    let file = hello().build();
    let huge = with_section(&file, BSS, section::SIZE, &u64::MAX.to_le_bytes());
    assert_accepted(".bss takes no room in the file", &huge);
    let no_kind = with_section(&file, TEXT, section::TYPE, &[0]);
    let no_kind = with_section(&no_kind, TEXT, section::OFFSET, &u64::MAX.to_le_bytes());
    assert_accepted("a section of type SHT_NULL is not looked at", &no_kind);
}

#[test]
fn a_symbol_table_must_be_linked_to_a_section_that_exists() {
    assert_refused(&[
        (
            "to none",
            |file| with_section(file, SYMTAB, section::LINK, &[0; 4]),
            "Invalid ELF sh_link!=SHN_UNDEF(0) or (sh_link(0) >= hdr->e_shnum(11)",
        ),
        (
            "to one too far",
            |file| with_section(file, SYMTAB, section::LINK, &[11, 0, 0, 0]),
            "Invalid ELF sh_link!=SHN_UNDEF(11) or (sh_link(11) >= hdr->e_shnum(11)",
        ),
        (
            "to one that C prints as negative",
            |file| with_section(file, SYMTAB, section::LINK, &[0xff; 4]),
            "Invalid ELF sh_link!=SHN_UNDEF(-1) or (sh_link(-1) >= hdr->e_shnum(11)",
        ),
    ]);
}

#[test]
fn a_symbol_table_is_checked_for_its_link_before_its_range() {
    assert_refused(&[(
        "both wrong",
        |file| {
            let file = with_section(file, SYMTAB, section::SIZE, &u64::MAX.to_le_bytes());
            with_section(&file, SYMTAB, section::LINK, &[99, 0, 0, 0])
        },
        "Invalid ELF sh_link!=SHN_UNDEF(99) or (sh_link(99) >= hdr->e_shnum(11)",
    )]);
}

#[test]
fn only_sections_to_be_loaded_need_a_name_inside_the_table() {
    assert_refused(&[(
        ".text",
        |file| with_section(file, TEXT, section::NAME, &[0xff; 4]),
        "Invalid ELF section name in module (section 1 type 1)",
    )]);
    let file = hello().build();
    let relocations = with_section(&file, 2, section::NAME, &[0xff; 4]);
    assert_accepted("relocations are not loaded", &relocations);
    let bss = with_section(&file, BSS, section::NAME, &[0xff; 4]);
    assert_accepted(".bss is loaded, but skipped as it has no bytes", &bss);
}
