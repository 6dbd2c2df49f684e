//! The table of the sections' names: its number, its range, the NUL at its end.

use elf::elf_validity_check;
use proptest::prelude::*;

use specimens::{self, header, hello, section, section_header, with, with_section};

/// The number of the table of names.
const SHSTRTAB: usize = 10;

/// What the kernel says next where it believes the table of names: section 0 of these files is not empty.
const BELIEVED: &str = "ENOEXEC: ELF Spec violation: section 0 type(1)!=SH_NULL or non-zero len or addr";

/// A module with nothing wrong before section 0, which has a type.
fn file() -> Vec<u8> {
    with_section(&hello().build(), 0, section::TYPE, &[1])
}

fn said(file: &[u8]) -> String {
    specimens::said(elf_validity_check(file))
}

/// The file with another offset and size of the table of names.
fn placed(offset: u64, size: u64) -> Vec<u8> {
    let file = with_section(&file(), SHSTRTAB, section::OFFSET, &offset.to_le_bytes());
    with_section(&file, SHSTRTAB, section::SIZE, &size.to_le_bytes())
}

/// The offset of the table of names and its size.
fn place() -> (u64, u64) {
    let file = file();
    let field = |field| {
        let at = section_header(&file, SHSTRTAB, field);
        u64::from_le_bytes(file[at..at + 8].try_into().expect("eight bytes"))
    };
    (field(section::OFFSET), field(section::SIZE))
}

#[test]
fn a_sound_table_is_believed_and_section_zero_is_next() {
    assert_eq!(said(&file()), BELIEVED, "the table of names is sound, so the next check has the word");
}

#[test]
fn its_number_must_be_that_of_a_section() {
    for number in [11u16, 12, 0xff00, 0xffff] {
        let changed = with(&file(), header::SHSTRNDX, &number.to_le_bytes());
        let expected = format!(
            "ENOEXEC: Invalid ELF section name index: {number} || e_shstrndx ({number}) >= e_shnum (11)"
        );
        assert_eq!(said(&changed), expected, "there are 11 sections: the last one has the number 10");
    }
}

#[test]
fn number_zero_means_that_there_is_none() {
    let changed = with(&file(), header::SHSTRNDX, &[0, 0]);
    let expected = "ENOEXEC: Invalid ELF section name index: 0 || e_shstrndx (0) >= e_shnum (11)";
    assert_eq!(said(&changed), expected, "section 0 exists, but as a number it is SHN_UNDEF: none");
}

#[test]
fn without_sections_there_are_no_names() {
    let changed = with(&file(), header::SHNUM, &[0, 0]);
    let expected = "ENOEXEC: Invalid ELF section name index: 10 || e_shstrndx (10) >= e_shnum (0)";
    assert_eq!(said(&changed), expected, "no section headers lie inside any file: this check has to notice");
}

#[test]
fn it_must_lie_inside_the_file() {
    let (offset, size) = place();
    let end = file().len() as u64;
    for (what, changed) in [
        ("one byte beyond the end", placed(offset, end - offset + 1)),
        ("all of it beyond the end", placed(end, size)),
        ("offset and size add up to less than the offset", placed(offset, u64::MAX)),
        ("the same, the other way round", placed(u64::MAX, size)),
    ] {
        let expected = "ENOEXEC: Invalid ELF section hdr(type 3)";
        assert_eq!(said(&changed), expected, "{what}: validate_section_offset, with the overflow in mind");
    }
    let to_the_end = placed(offset, end - offset);
    assert_eq!(said(&to_the_end), BELIEVED, "up to the very end of the file is still inside");
}

#[test]
fn an_empty_table_ends_in_nothing() {
    let (offset, _) = place();
    let expected = "ENOEXEC: empty section name table";
    assert_eq!(said(&placed(offset, 0)), expected, "the last byte of nothing lies before the table");
    assert_eq!(said(&placed(0, 0)), expected, "an empty range lies inside the file wherever it is");
}

#[test]
fn its_last_byte_must_be_nul() {
    let (offset, size) = place();
    let expected = "ENOEXEC: ELF Spec violation: section name table isn't null terminated";
    assert_eq!(
        said(&placed(offset, size - 1)),
        expected,
        "it ends in a letter: strcmp would run over its end"
    );
    assert_eq!(said(&placed(0, 1)), expected, "one byte, 0x7f, and no NUL");
}

#[test]
fn its_range_is_looked_at_before_its_bytes() {
    let end = file().len() as u64;
    let expected = "ENOEXEC: Invalid ELF section hdr(type 3)";
    assert_eq!(said(&placed(end + 1, 0)), expected, "empty, but beyond the end: that comes first");
}

#[test]
fn nobody_asks_what_kind_of_section_it_is() {
    let nobits = with_section(&file(), SHSTRTAB, section::TYPE, &[8]);
    assert_eq!(said(&nobits), BELIEVED, "even SHT_NOBITS, which has no bytes, is read");
    let beyond = with_section(&nobits, SHSTRTAB, section::OFFSET, &u64::MAX.to_le_bytes());
    let expected = "ENOEXEC: Invalid ELF section hdr(type 8)";
    assert_eq!(said(&beyond), expected, "and so its range is checked, whatever its kind");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_range_is_inside_exactly_if_its_end_is(
        offset in prop_oneof![any::<u64>(), 0u64..8000], end in prop_oneof![any::<u64>(), 0u64..8000],
    ) {
        let size = end.wrapping_sub(offset); // half of the sums overflow
        let changed = placed(offset, size);
        let inside = offset <= end && end <= changed.len() as u64;
        let believed = said(&changed) != "ENOEXEC: Invalid ELF section hdr(type 3)";
        prop_assert_eq!(believed, inside, "offset {:#x}, size {:#x}", offset, size);
    }
}
