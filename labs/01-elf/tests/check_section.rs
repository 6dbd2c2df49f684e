//! Every section but the empty one: the link of a symbol table, the range, the name.

use elf::elf_validity_check;
use proptest::prelude::*;

use specimens::{self, SHF_ALLOC, hello, section, with, with_section};

const TEXT: usize = 1;
const RELA_TEXT: usize = 2;
const BSS: usize = 7;
const SYMTAB: usize = 8;

fn said(file: &[u8]) -> String {
    specimens::said(elf_validity_check(file))
}

/// What is said of a sound module with one other value in the header of section `number`.
fn changed(number: usize, field: usize, value: &[u8]) -> String {
    said(&with_section(&hello().build(), number, field, value))
}

#[test]
fn a_sound_module_is_accepted_with_all_its_section_headers() {
    let file = hello().build();
    assert_eq!(said(&file), "accepted", "nothing is wrong with any section");
    let headers = elf_validity_check(&file).map(|headers| headers.sections.len());
    assert_eq!(headers, Ok(11), "and the headers are handed on");
}

#[test]
fn a_section_with_bytes_must_have_them_inside_the_file() {
    let end = hello().build().len() as u64;
    for (what, field, value) in [
        ("an offset at the end of the file", section::OFFSET, end),
        ("one byte too many", section::SIZE, end - 63),
        ("a sum that overflows", section::SIZE, u64::MAX),
    ] {
        let said = changed(TEXT, field, &value.to_le_bytes());
        let expected = "ENOEXEC: Invalid ELF section in module (section 1 type 1)";
        assert_eq!(said, expected, "{what}: the kernel would copy what lies behind the file");
    }
    let whole = changed(TEXT, section::SIZE, &(end - 64).to_le_bytes());
    assert_eq!(whole, "accepted", "up to the very end of the file is still inside (.text begins at 64)");
}

#[test]
fn what_is_not_loaded_must_lie_inside_the_file_too() {
    let said = changed(RELA_TEXT, section::SIZE, &[0xff; 4]);
    let expected = "ENOEXEC: Invalid ELF section in module (section 2 type 4)";
    assert_eq!(said, expected, "relocations are not loaded, but the kernel reads them");
}

#[test]
fn a_section_without_bytes_may_be_of_any_size() {
    let huge = changed(BSS, section::SIZE, &u64::MAX.to_le_bytes());
    assert_eq!(huge, "accepted", ".bss (SHT_NOBITS) takes no room in the file");
    let nowhere = changed(BSS, section::OFFSET, &u64::MAX.to_le_bytes());
    assert_eq!(nowhere, "accepted", "nor does it begin anywhere");
}

#[test]
fn a_section_of_no_kind_is_passed_over() {
    let file = with_section(&hello().build(), TEXT, section::TYPE, &[0]);
    let file = with_section(&file, TEXT, section::OFFSET, &u64::MAX.to_le_bytes());
    assert_eq!(said(&file), "accepted", "SHT_NULL: the header means nothing, whatever it says");
}

#[test]
fn a_symbol_table_must_be_linked_to_a_section_that_exists() {
    for (link, printed) in [(0u32, "0"), (11, "11"), (99, "99")] {
        let said = changed(SYMTAB, section::LINK, &link.to_le_bytes());
        let expected = format!(
            "ENOEXEC: Invalid ELF sh_link!=SHN_UNDEF({printed}) or (sh_link({printed}) >= hdr->e_shnum(11)"
        );
        assert_eq!(said, expected, "the names of the symbols are in the section that sh_link tells");
    }
    assert_eq!(changed(SYMTAB, section::LINK, &[10, 0, 0, 0]), "accepted", "10 is the last of 11 sections");
}

#[test]
fn a_link_is_printed_as_a_signed_number() {
    let said = changed(SYMTAB, section::LINK, &[0xff; 4]);
    let expected = "ENOEXEC: Invalid ELF sh_link!=SHN_UNDEF(-1) or (sh_link(-1) >= hdr->e_shnum(11)";
    assert_eq!(said, expected, "the kernel's format is %d, although the field is unsigned");
}

#[test]
fn the_link_of_any_other_section_may_be_anything() {
    assert_eq!(changed(TEXT, section::LINK, &[0xff; 4]), "accepted", "only SHT_SYMTAB is asked for its link");
}

#[test]
fn a_symbol_table_is_asked_for_its_link_first_and_for_its_range_then() {
    let range = with_section(&hello().build(), SYMTAB, section::SIZE, &u64::MAX.to_le_bytes());
    let expected = "ENOEXEC: Invalid ELF section in module (section 8 type 2)";
    assert_eq!(said(&range), expected, "fallthrough: it needs its bytes as any section does");
    let both = with_section(&range, SYMTAB, section::LINK, &[99, 0, 0, 0]);
    let expected = "ENOEXEC: Invalid ELF sh_link!=SHN_UNDEF(99) or (sh_link(99) >= hdr->e_shnum(11)";
    assert_eq!(said(&both), expected, "of two mistakes the first one checked is named");
}

#[test]
fn a_section_to_be_loaded_needs_a_name_inside_the_table() {
    let file = hello().build();
    let names = specimens::section_header(&file, 10, section::SIZE);
    let names = u32::from_le_bytes(file[names..names + 4].try_into().expect("four bytes"));
    for name in [names, names + 1, u32::MAX] {
        let said = changed(TEXT, section::NAME, &name.to_le_bytes());
        let expected = "ENOEXEC: Invalid ELF section name in module (section 1 type 1)";
        assert_eq!(said, expected, "the name begins at {name} of {names} bytes: the kernel compares names");
    }
    let last = changed(TEXT, section::NAME, &(names - 1).to_le_bytes());
    assert_eq!(last, "accepted", "a name may be empty: it begins at the NUL that ends the table");
}

#[test]
fn what_is_not_loaded_or_has_no_bytes_is_not_asked_for_its_name() {
    assert_eq!(changed(RELA_TEXT, section::NAME, &[0xff; 4]), "accepted", "relocations do not say ALLOC");
    assert_eq!(
        changed(BSS, section::NAME, &[0xff; 4]),
        "accepted",
        ".bss says ALLOC, but was skipped before"
    );
}

#[test]
fn the_range_comes_before_the_name() {
    let file = with_section(&hello().build(), TEXT, section::NAME, &[0xff; 4]);
    let file = with_section(&file, TEXT, section::SIZE, &u64::MAX.to_le_bytes());
    let expected = "ENOEXEC: Invalid ELF section in module (section 1 type 1)";
    assert_eq!(said(&file), expected, "of two mistakes the first one checked is named");
}

#[test]
fn of_two_bad_sections_the_first_is_named() {
    let file = with_section(&hello().build(), 5, section::SIZE, &[0xff; 4]);
    let file = with_section(&file, 3, section::SIZE, &[0xff; 4]);
    let expected = "ENOEXEC: Invalid ELF section in module (section 3 type 1)";
    assert_eq!(said(&file), expected, "the kernel walks them in the order of the file");
}

#[test]
fn the_kind_is_printed_as_an_unsigned_number() {
    let file = with_section(&hello().build(), TEXT, section::TYPE, &[0xff; 4]);
    let file = with_section(&file, TEXT, section::SIZE, &u64::MAX.to_le_bytes());
    let expected = "ENOEXEC: Invalid ELF section in module (section 1 type 4294967295)";
    assert_eq!(said(&file), expected, "the kernel's format is %u here");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_section_header_says_there_is_an_answer(
        number in 1usize..11, field in 0usize..9, value in prop_oneof![any::<u64>(), 0u64..5000],
        flags in prop_oneof![Just(0), Just(SHF_ALLOC)],
    ) {
        let fields = [
            section::NAME, section::TYPE, section::FLAGS, section::ADDR, section::OFFSET,
            section::SIZE, section::LINK, section::INFO, section::ALIGN,
        ];
        let width = if matches!(fields[field], section::NAME | section::TYPE | section::LINK | section::INFO) { 4 } else { 8 };
        let file = with_section(&hello().build(), number, section::FLAGS, &[flags as u8]);
        let at = specimens::section_header(&file, number, fields[field]);
        let said = said(&with(&file, at, &value.to_le_bytes()[..width]));
        prop_assert!(said == "accepted" || said.starts_with("ENOEXEC: "), "{}", said);
    }
}
