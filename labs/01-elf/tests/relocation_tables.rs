//! Which relocations the kernel applies, and what they say.

use elf::{Rela, elf_validity_check, sections, setup_load_info};

use specimens::{
    Builder, R_X86_64_64, R_X86_64_PLT32, SHF_ALLOC, SHF_WRITE, SHT_PROGBITS, Section, hello, rela, section,
    with_section,
};

/// A table of a file: its section, the section that it patches, what it says.
type Table = (usize, usize, Vec<Rela>);

/// The tables of a file that the kernel would accept up to here.
fn tables(file: &[u8]) -> Vec<Table> {
    let headers = elf_validity_check(file).expect("it is sound");
    let sections = sections(file, &headers);
    let kept_out = setup_load_info(&sections).expect("it has all that is needed").kept_out();
    let tables = elf::relocation_tables(&sections, kept_out);
    tables.iter().map(|table| (table.section, table.target, table.entries().collect())).collect()
}

/// Which section patches which.
fn who_patches_whom(file: &[u8]) -> Vec<(usize, usize)> {
    tables(file).into_iter().map(|(section, target, _)| (section, target)).collect()
}

/// The module with one more section of eight bytes, number 8, and relocations of it, number 9.
fn with_target(name: &str, flags: u64) -> Builder {
    let mut builder = hello();
    let target = builder.section(Section::new(name, SHT_PROGBITS, flags, vec![0; 8]));
    builder.relocations(".rela.new", target as u32, &[rela(0, R_X86_64_64, 2, 0)]);
    builder
}

#[test]
fn a_table_knows_its_section_and_its_target() {
    let came = who_patches_whom(&hello().build());
    assert_eq!(came, [(2, 1), (5, 4)], "section 2 patches .text, section 5 struct module: sh_info tells");
}

#[test]
fn an_entry_says_where_what_by_which_symbol_and_how_much_to_add() {
    let entries: Vec<_> = tables(&hello().build()).into_iter().flat_map(|(_, _, entries)| entries).collect();
    let call = Rela { offset: 4, kind: R_X86_64_PLT32, symbol: 5, addend: -4 };
    let init = Rela { offset: 312, kind: R_X86_64_64, symbol: 4, addend: 0 };
    assert_eq!(entries, [call, init], "the call of _printk, and struct module's pointer to init_module");
}

#[test]
fn what_is_loaded_is_patched() {
    let came = who_patches_whom(&with_target(".data", SHF_ALLOC | SHF_WRITE).build());
    assert_eq!(came, [(2, 1), (5, 4), (9, 8)], ".data says ALLOC, whatever it is called");
}

#[test]
fn what_is_not_loaded_is_not_patched() {
    let came = who_patches_whom(&with_target(".debug_info", 0).build());
    assert_eq!(came, [(2, 1), (5, 4)], "it will have no address: apply_relocations does not bother with it");
}

#[test]
fn what_the_kernel_keeps_out_although_it_says_alloc_is_not_patched_either() {
    let came = who_patches_whom(&with_target(".data..percpu", SHF_ALLOC | SHF_WRITE).build());
    assert_eq!(came, [(2, 1), (5, 4)], "layout_and_allocate drops ALLOC from the per-CPU section");
    for (number, name) in [(3, ".modinfo"), (6, "__versions")] {
        let mut builder = hello();
        builder.relocations(".rela.kept_out", number, &[rela(0, R_X86_64_64, 2, 0)]);
        let came = who_patches_whom(&builder.build());
        assert_eq!(came, [(2, 1), (5, 4)], "rewrite_section_headers drops ALLOC from {name}");
    }
}

#[test]
fn a_table_for_a_section_that_does_not_exist_is_passed_over() {
    for target in [11u32, 12, u32::MAX] {
        let file = with_section(&hello().build(), 2, section::INFO, &target.to_le_bytes());
        assert_eq!(
            who_patches_whom(&file),
            [(5, 4)],
            "there is no section {target}: not an error, just none"
        );
    }
}

#[test]
fn section_zero_is_never_patched() {
    let file = with_section(&hello().build(), 2, section::INFO, &[0; 4]);
    assert_eq!(who_patches_whom(&file), [(5, 4)], "it is the empty one and is not loaded");
}

#[test]
fn the_table_itself_need_not_be_loaded_and_may_be() {
    let file = with_section(&hello().build(), 2, section::FLAGS, &[SHF_ALLOC as u8]);
    assert_eq!(
        who_patches_whom(&file),
        [(2, 1), (5, 4)],
        "the flags of the target count, not the table's own"
    );
}

#[test]
fn only_relocations_with_addends_are_taken() {
    for kind in [1u8, 3, 9] {
        let file = with_section(&hello().build(), 2, section::TYPE, &[kind]);
        let came = who_patches_whom(&file);
        assert_eq!(came, [(5, 4)], "type {kind} is not SHT_RELA (9 is SHT_REL, which x86-64 has no use for)");
    }
}

#[test]
fn part_of_a_record_at_the_end_is_ignored() {
    let mut builder = hello();
    builder.named(".rela.text").data.extend([0; 23]);
    let counts: Vec<_> = tables(&builder.build()).iter().map(|(_, _, entries)| entries.len()).collect();
    assert_eq!(counts, [1, 1], "the kernel divides the size by that of a record, 24 bytes");
}
