//! Which relocations the kernel applies, and what they say.

mod common;

use common::{
    Builder, R_X86_64_64, R_X86_64_PLT32, SHF_ALLOC, SHF_WRITE, SHT_PROGBITS, Section, hello, rela, section,
};
use elf::{Module, Rela};

/// The names of the sections that are patched.
fn targets(file: &[u8]) -> Vec<String> {
    let module = Module::parse(file).expect("it is sound");
    module.relocation_tables().map(|table| module.sections[table.target].name.to_string()).collect()
}

/// The module with one more section of eight bytes, and one relocation of it.
fn with_target(name: &str, flags: u64) -> Builder {
    let mut builder = hello();
    let target = builder.section(Section::new(name, SHT_PROGBITS, flags, vec![0; 8]));
    builder.relocations(".rela.new", target as u32, &[rela(0, R_X86_64_64, 2, 0)]);
    builder
}

#[test]
fn a_table_knows_its_section_and_its_target() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let tables: Vec<_> = module.relocation_tables().map(|table| (table.section, table.target)).collect();
    assert_eq!(tables, [(2, 1), (5, 4)]);
}

#[test]
fn an_entry_says_where_what_by_which_symbol_and_how_much_to_add() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let entries: Vec<_> = module.relocation_tables().flat_map(|table| table.entries()).collect();
    let call = Rela { offset: 4, kind: R_X86_64_PLT32, symbol: 5, addend: -4 };
    let init = Rela { offset: 312, kind: R_X86_64_64, symbol: 4, addend: 0 };
    assert_eq!(entries, [call, init]);
}

#[test]
fn entries_can_be_walked_twice_and_counted() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let table = module.relocation_tables().next().expect("there are two");
    assert_eq!(table.entries().len(), 1);
    assert!(table.entries().eq(table.entries()));
}

#[test]
fn what_is_not_loaded_is_not_patched() {
    let file = with_target(".debug_info", 0).build();
    assert_eq!(targets(&file), [".text", ".gnu.linkonce.this_module"]);
    let file = with_target(".data", SHF_ALLOC | SHF_WRITE).build();
    assert_eq!(targets(&file), [".text", ".gnu.linkonce.this_module", ".data"]);
}

#[test]
fn what_the_kernel_keeps_out_although_it_says_alloc_is_not_patched_either() {
    let file = with_target(".data..percpu", SHF_ALLOC | SHF_WRITE).build();
    let expected = [".text", ".gnu.linkonce.this_module"];
    assert_eq!(targets(&file), expected, "layout_and_allocate drops ALLOC from the per-CPU section");
    let mut builder = hello();
    builder.relocations(".rela__versions", 6, &[rela(0, R_X86_64_64, 2, 0)]);
    builder.relocations(".rela.modinfo", 3, &[rela(0, R_X86_64_64, 2, 0)]);
    assert_eq!(targets(&builder.build()), expected, "rewrite_section_headers drops it from these two");
}

#[test]
fn a_table_for_a_section_that_does_not_exist_is_passed_over() {
    let file = hello().build();
    for target in [11u32, u32::MAX] {
        let changed = common::with_section(&file, 2, section::INFO, &target.to_le_bytes());
        assert_eq!(
            targets(&changed),
            [".gnu.linkonce.this_module"],
            "apply_relocations: not a valid section"
        );
    }
}

#[test]
fn the_table_itself_need_not_be_loaded_and_may_be() {
    let file = hello().build();
    let changed = common::with_section(&file, 2, section::FLAGS, &[SHF_ALLOC as u8]);
    assert_eq!(targets(&changed), [".text", ".gnu.linkonce.this_module"]);
}

#[test]
fn part_of_a_record_at_the_end_is_ignored() {
    let mut builder = hello();
    builder.named(".rela.text").data.extend([0; 23]);
    let file = builder.build();
    let module = Module::parse(&file).expect("it is sound");
    assert_eq!(module.relocation_tables().map(|table| table.entries().count()).sum::<usize>(), 2);
}
