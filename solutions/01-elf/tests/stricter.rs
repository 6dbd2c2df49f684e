//! What Linux 6.1 believes and is hurt by: each is refused, and the message names the rule.

use abi::{Errno, Stricter};
use elf::{Module, elf_validity_check, sections, setup_load_info};
use specimens::{
    Builder, R_X86_64_64, R_X86_64_PLT32, SHF_ALLOC, SHF_WRITE, SHT_NOBITS, SHT_NULL, SHT_PROGBITS, Section,
    header, hello, rela, section, with, with_section,
};

/// The module is refused by this rule, and 6.1 would have gone on with it.
#[track_caller]
fn assert_refused(file: &[u8], rule: Stricter) {
    let headers = elf_validity_check(file).expect("Linux 6.1 does not refuse this");
    setup_load_info(&sections(file, &headers)).expect("Linux 6.1 does not refuse this");
    let refusal = Module::parse(file).expect_err("a safe loader refuses this");
    assert_eq!(refusal.errno, Errno::ENOEXEC);
    assert_eq!(refusal.stricter, Some(rule), "{refusal}");
}

/// The module with a change to one section.
fn changed(name: &str, change: impl FnOnce(&mut Section)) -> Vec<u8> {
    let mut builder = hello();
    change(builder.named(name));
    builder.build()
}

/// The module with one more relocation of `.text`.
fn relocated(record: Vec<u8>) -> Vec<u8> {
    changed(".rela.text", |table| table.data.extend(record))
}

fn with_symbol(section: u16, value: u64) -> Builder {
    let mut builder = hello();
    builder.symbol("there", specimens::FUNCTION, section, value, 0);
    builder
}

#[test]
fn a_sound_module_is_not_refused() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    assert_eq!((module.name.to_string(), module.sections.len()), ("hello".into(), 11));
}

#[test]
fn the_file_must_say_that_it_is_64_bit_and_little_endian() {
    let file = hello().build();
    assert_refused(&with(&file, header::CLASS, &[1]), Stricter::Class);
    assert_refused(&with(&file, header::DATA, &[2]), Stricter::ByteOrder);
}

#[test]
fn every_section_needs_a_name_inside_the_table() {
    let file = hello().build();
    assert_refused(&with_section(&file, 2, section::NAME, &[0xff; 4]), Stricter::SectionName);
    assert_refused(&with_section(&file, 7, section::NAME, &[0xff; 4]), Stricter::SectionName);
    let size = size_of(&file, 10);
    let end = with_section(&file, 2, section::NAME, &(size as u32).to_le_bytes());
    assert_refused(&end, Stricter::SectionName);
    let last = with_section(&file, 2, section::NAME, &(size as u32 - 1).to_le_bytes());
    Module::parse(&last).expect("the NUL at the end of the table is an empty name");
}

#[test]
fn a_section_of_no_kind_must_not_be_loaded() {
    assert_refused(&changed(".text", |text| text.kind = SHT_NULL), Stricter::NullSection);
}

#[test]
fn alignment_must_be_a_power_of_two_that_fits_into_32_bits() {
    for alignment in [3, 24, 4097, 1 << 32, 1 << 63, u64::MAX] {
        let file = with_section(&hello().build(), 1, section::ALIGN, &alignment.to_le_bytes());
        assert_refused(&file, Stricter::Alignment);
    }
    for alignment in [0, 1, 2, 4096, 8192, 1 << 31] {
        let file = with_section(&hello().build(), 1, section::ALIGN, &u64::to_le_bytes(alignment));
        Module::parse(&file).expect("this alignment is fine");
    }
}

#[test]
fn what_is_not_loaded_may_ask_for_any_alignment() {
    let file = with_section(&hello().build(), 2, section::ALIGN, &[3]);
    Module::parse(&file).expect("nobody aligns relocations");
}

#[test]
fn sizes_must_not_wrap_when_they_are_added_up() {
    for size in [u64::MAX, 1 << 32, 3 << 30] {
        assert_refused(&changed(".bss", |bss| bss.nobits = size), Stricter::TotalSize);
    }
}

#[test]
fn sizes_and_alignments_together_stay_below_3_gib() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let loaded = module.sections.iter().filter(|section| section.is_alloc());
    let needed: u64 = loaded.map(|section| section.size + section.alignment).sum();
    let room = (3 << 30) - (needed - 32); // .bss has 32
    Module::parse(&changed(".bss", |bss| bss.nobits = room - 1)).expect("one byte less than 3 GiB");
    assert_refused(&changed(".bss", |bss| bss.nobits = room), Stricter::TotalSize);
}

/// Where the bytes of a section begin in the file.
fn offset_of(file: &[u8], number: usize) -> u64 {
    field_of(file, number, section::OFFSET)
}

/// How many bytes a section has.
fn size_of(file: &[u8], number: usize) -> u64 {
    field_of(file, number, section::SIZE)
}

fn field_of(file: &[u8], number: usize, field: usize) -> u64 {
    let field = specimens::section_header(file, number, field);
    u64::from_le_bytes(file[field..][..8].try_into().expect("eight bytes"))
}

#[test]
fn nothing_may_share_bytes_with_what_the_kernel_writes_to_its_copy_of_the_file() {
    let file = hello().build();
    let headers = specimens::section_header(&file, 0, 0) as u64;
    let last = headers + 11 * 64 - 16; // .text has 16 bytes
    for offset in [headers, headers - 1, last] {
        let changed = with_section(&file, 1, section::OFFSET, &offset.to_le_bytes());
        assert_refused(&changed, Stricter::Overlap);
    }
}

#[test]
fn the_symbols_may_not_lie_in_the_headers() {
    let file = hello().build();
    let headers = specimens::section_header(&file, 0, 0) as u64;
    assert_refused(&with_section(&file, 8, section::OFFSET, &headers.to_le_bytes()), Stricter::Overlap);
}

#[test]
fn sections_that_are_only_read_may_share_bytes() {
    let file = hello().build();
    let next = offset_of(&file, 1) + 8;
    for offset in [next, 0, offset_of(&file, 8)] {
        let changed = with_section(&file, 1, section::OFFSET, &u64::to_le_bytes(offset));
        Module::parse(&changed).expect("the kernel copies both and is none the worse");
    }
}

#[test]
fn the_symbols_names_must_be_in_a_string_table_that_ends() {
    let file = hello().build();
    assert_refused(&with_section(&file, 8, section::LINK, &[8, 0, 0, 0]), Stricter::StringTable);
    let of_no_type = with_section(&file, 9, section::TYPE, &[99]);
    Module::parse(&of_no_type).expect("what matters is where the bytes are");
    assert_refused(&with_section(&file, 9, section::TYPE, &[SHT_NOBITS as u8]), Stricter::StringTable);
    assert_refused(&with_section(&file, 9, section::SIZE, &[5, 0]), Stricter::StringTable);
    assert_refused(&with_section(&file, 9, section::SIZE, &[0, 0]), Stricter::StringTable);
}

#[test]
fn struct_module_must_be_there_as_a_whole() {
    let name = ".gnu.linkonce.this_module";
    assert_refused(&changed(name, |section| section.data.truncate(895)), Stricter::ThisModule);
    assert_refused(&changed(name, |section| section.data.clear()), Stricter::ThisModule);
    let nobits = changed(name, |section| {
        section.kind = SHT_NOBITS;
        section.nobits = 896;
        section.data.clear();
    });
    assert_refused(&nobits, Stricter::ThisModule);
}

#[test]
fn struct_module_must_be_writable_and_its_name_must_end() {
    let name = ".gnu.linkonce.this_module";
    assert_refused(&changed(name, |section| section.flags = SHF_ALLOC), Stricter::ThisModule);
    assert_refused(&changed(name, |section| section.data[24..80].fill(b'a')), Stricter::ThisModule);
    let longest = changed(name, |section| section.data[24..79].fill(b'a'));
    Module::parse(&longest).expect("55 letters and a NUL fit");
}

#[test]
fn modinfo_must_end_in_nul() {
    assert_refused(&changed(".modinfo", |section| section.data.extend(b"name=x")), Stricter::Modinfo);
    let nobits = changed(".modinfo", |section| {
        section.kind = SHT_NOBITS;
        section.data.clear();
    });
    assert_refused(&nobits, Stricter::Modinfo);
}

#[test]
fn versions_must_be_in_the_file_and_need_not_be_whole_records() {
    for sound in [
        changed("__versions", |section| section.data.extend([0; 63])),
        changed("__versions", |section| section.data[72..128].fill(b'a')),
    ] {
        Module::parse(&sound).expect("what is no record, or has no name, is nobody's version");
    }
    let nobits = changed("__versions", |section| {
        section.kind = SHT_NOBITS;
        section.nobits = 64;
        section.data.clear();
    });
    assert_refused(&nobits, Stricter::Versions);
}

#[test]
fn a_symbols_name_must_lie_inside_the_string_table() {
    let file = hello().build();
    let table = offset_of(&file, 8) as usize;
    assert_refused(&with(&file, table + 24 * 5, &[0xff; 4]), Stricter::SymbolName);
    let size = size_of(&file, 9) as u32;
    assert_refused(&with(&file, table + 24 * 5, &size.to_le_bytes()), Stricter::SymbolName);
    Module::parse(&with(&file, table + 24 * 5, &(size - 1).to_le_bytes())).expect("an empty name");
}

#[test]
fn a_symbol_must_lie_inside_its_section_or_at_its_end() {
    assert_refused(&with_symbol(1, 17).build(), Stricter::SymbolValue);
    assert_refused(&with_symbol(7, u64::MAX).build(), Stricter::SymbolValue);
    for (section, value) in [(1, 16), (7, 32), (0, u64::MAX), (0xfff1, u64::MAX), (0xfff2, 8), (500, 8)] {
        let file = with_symbol(section, value).build();
        Module::parse(&file).expect("what is undefined, absolute, common or nowhere is for simplify_symbols");
    }
}

#[test]
fn the_symbols_must_not_be_patched_while_they_are_used() {
    for target in [8, 9] {
        let mut builder = hello();
        builder.relocations(".rela.symtab", target + 1, &[rela(0, R_X86_64_64, 2, 0)]);
        let file = builder.build();
        let flags = [SHF_ALLOC as u8];
        assert_refused(
            &with_section(&file, target as usize + 1, section::FLAGS, &flags),
            Stricter::RelocationTarget,
        );
    }
}

#[test]
fn the_symbols_are_patched_even_if_they_do_not_say_alloc() {
    let mut builder = hello();
    builder.relocations(".rela.symtab", 9, &[rela(0, R_X86_64_64, 2, 0)]);
    assert_refused(&builder.build(), Stricter::RelocationTarget);
}

#[test]
fn a_relocation_must_be_by_a_symbol_that_exists() {
    assert_refused(&relocated(rela(0, R_X86_64_PLT32, 7, 0)), Stricter::RelocationSymbol);
    assert_refused(&relocated(rela(0, R_X86_64_PLT32, u32::MAX, 0)), Stricter::RelocationSymbol);
}

#[test]
fn a_relocation_must_patch_bytes_of_its_section() {
    for (offset, kind) in
        [(16, R_X86_64_PLT32), (13, R_X86_64_PLT32), (9, R_X86_64_64), (u64::MAX, R_X86_64_64)]
    {
        assert_refused(&relocated(rela(offset, kind, 2, 0)), Stricter::RelocationPlace);
    }
    for (offset, kind) in [(12, R_X86_64_PLT32), (8, R_X86_64_64), (u64::MAX, 0), (u64::MAX, 999)] {
        let file = relocated(rela(offset, kind, 2, 0));
        Module::parse(&file)
            .expect("the last bytes, or none at all: R_X86_64_NONE, and a kind nobody applies");
    }
}

#[test]
fn the_kernels_own_refusals_come_first() {
    let file = with(&hello().build_stripped(), header::CLASS, &[1]);
    let refusal = Module::parse(&file).expect_err("it has no symbols");
    assert_eq!(refusal.message, "hello: module has no symbols (stripped?)");
}

#[test]
fn sections_of_relocations_may_be_loaded_and_patched_like_any_other() {
    let mut builder = hello();
    let data = Section::new(".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, vec![0; 8]);
    let target = builder.section(data) as u32;
    builder.relocations(".rela.data", target, &[rela(0, R_X86_64_64, 6, 0)]);
    let file = builder.build();
    Module::parse(&file).expect("a weak symbol may be in a relocation");
}
