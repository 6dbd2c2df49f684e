//! The parts of elf_validity_check and of `Module::parse` that the lab gives to the learner.

use elf::{AnyElf, Module, elf_validity_check};
use specimens::{header, hello, said, section, with, with_section};

/// What elf_validity_check says of a changed file.
fn check(file: &[u8]) -> String {
    said(elf_validity_check(file))
}

#[test]
fn a_sound_module_has_all_its_section_headers_read() {
    let headers = elf_validity_check(&hello().build()).expect("it is sound");
    assert_eq!(headers.sections.len(), 11);
    assert_eq!(headers.sections[7].sh_size, 32, ".bss");
    assert_eq!(headers.file.e_shstrndx, 10);
}

#[test]
fn the_table_of_section_headers_must_lie_inside_the_file() {
    let file = hello().build();
    for (what, changed) in [
        ("at the file's end", with(&file, header::SHOFF, &(file.len() as u64).to_le_bytes())),
        ("far beyond", with(&file, header::SHOFF, &u64::MAX.to_le_bytes())),
        ("one section too many", with(&file, header::SHNUM, &[12, 0])),
        ("one byte cut off", file[..file.len() - 1].to_vec()),
    ] {
        assert_eq!(check(&changed), "ENOEXEC: Invalid ELF section header overflow", "{what}");
    }
}

#[test]
fn a_table_of_no_section_headers_must_begin_inside_the_file_all_the_same() {
    let none = with(&hello().build(), header::SHNUM, &[0, 0]);
    let at_the_end = with(&none, header::SHOFF, &(none.len() as u64).to_le_bytes());
    assert_eq!(check(&at_the_end), "ENOEXEC: Invalid ELF section header overflow");
    let message = "ENOEXEC: Invalid ELF section name index: 10 || e_shstrndx (10) >= e_shnum (0)";
    let inside = with(&none, header::SHOFF, &(none.len() as u64 - 1).to_le_bytes());
    assert_eq!(check(&inside), message);
}

#[test]
fn section_zero_must_be_the_empty_one() {
    let file = hello().build();
    let message = |kind| {
        format!("ENOEXEC: ELF Spec violation: section 0 type({kind})!=SH_NULL or non-zero len or addr")
    };
    assert_eq!(check(&with_section(&file, 0, section::TYPE, &[1])), message(1));
    assert_eq!(check(&with_section(&file, 0, section::TYPE, &[0xff; 4])), message(-1), "as C's %d prints it");
    assert_eq!(check(&with_section(&file, 0, section::SIZE, &[1])), message(0), "a length");
    assert_eq!(check(&with_section(&file, 0, section::ADDR, &[1])), message(0), "an address");
}

#[test]
fn a_file_too_short_for_an_elf_header_is_refused_in_silence() {
    let file = hello().build();
    for length in 0..64 {
        let said = said(Module::parse(&file[..length]));
        let expected = "ENOEXEC: Exec format error (the kernel prints nothing)";
        assert_eq!(said, expected, "copy_module_from_user, {length} bytes");
    }
}

#[test]
fn from_64_bytes_on_the_kernel_says_what_is_wrong() {
    let said = said(Module::parse(&[0; 64]));
    assert_eq!(said, "ENOEXEC: Invalid ELF header magic: != \x7fELF");
}

#[test]
fn a_sections_fields_and_flags_are_told_apart() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let number = |name: &str| module.section_named(name).expect("the builder has it");
    let flags = |name: &str| {
        let section = &module.sections[number(name)];
        (section.is_alloc(), section.is_writable(), section.is_executable(), section.is_nobits())
    };
    assert_eq!(flags(".text"), (true, false, true, false));
    assert_eq!(flags(".bss"), (true, true, false, true));
    assert_eq!(module.sections[number(".bss")].data, b"", "no bytes in the file");
    assert_eq!(module.section_named(".symtab"), None, "it does not say ALLOC");
    assert_eq!(module.section_named(""), None);
}

#[test]
fn any_elf_finds_sections_whatever_their_flags() {
    let file = hello().build();
    let elf = AnyElf::open(&file).expect("it is an ELF file");
    let modinfo = Some(specimens::MODINFO);
    assert_eq!((elf.section(".modinfo"), elf.section_number(3)), (modinfo, modinfo));
    assert!(elf.section(".symtab").is_some_and(|symbols| symbols.len() == 7 * 24));
    assert_eq!((elf.section(".bss"), elf.section_number(0), elf.section("")), (None, None, None));
    assert_eq!((elf.section(".none"), elf.section_number(11)), (None, None));
}

#[test]
fn any_elf_never_takes_section_zero_for_another() {
    let file = hello().build();
    let name = specimens::section_header(&file, 3, section::NAME);
    let named = with_section(&file, 0, section::NAME, &file[name..name + 4]);
    let posing = with_section(&with_section(&named, 0, section::TYPE, &[1]), 0, section::SIZE, &[4]);
    let elf = AnyElf::open(&posing).expect("it is an ELF file");
    assert_eq!(elf.section(".modinfo"), Some(specimens::MODINFO), "kmod begins at section 1");
}

#[test]
fn any_elf_knows_the_layout_of_x86_64() {
    let file = hello().build();
    let is = |file: &[u8]| AnyElf::open(file).map(|elf| elf.is_64_bit_little_endian());
    assert_eq!(is(&file), Ok(true));
    assert_eq!(is(&with(&file, header::CLASS, &[1])), Ok(false), "32-bit");
    let without_sections = with(&[0; 64], 0, b"\x7fELF\x02\x02\x01");
    assert_eq!(is(&without_sections), Ok(false), "big-endian");
}

#[test]
fn entries_of_a_table_can_be_walked_twice_and_counted() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let table = module.relocation_tables().next().expect("there are two");
    assert_eq!(table.entries().len(), 1);
    assert!(table.entries().eq(table.entries()));
}
