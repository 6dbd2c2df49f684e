//! Where the sections of a module go, group by group.

#[path = "../../01-elf/tests/common/mod.rs"]
mod common;

use abi::{Errno, LoadError};
use common::{
    Builder, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_PROGBITS, Section, hello,
    section::{ALIGN, SIZE},
    with_section,
};
use elf::Module;
use layout::{Bases, Layout, MODULES_LEN, PAGE_SIZE, PerCpu, Placement, Position};
use proptest::prelude::*;

const TEXT: u64 = SHF_ALLOC | SHF_EXECINSTR;
const DATA: u64 = SHF_ALLOC | SHF_WRITE;
const RO_AFTER_INIT: u64 = 0x0020_0000;

/// Only what every module must have; `.gnu.linkonce.this_module` is writable data of 896 bytes.
fn bare() -> Builder {
    hello().without(".text").without(".rela.text").without(".rela.gnu.linkonce.this_module").without(".bss")
}

/// A bare module with these sections: name, flags, size, alignment. Symbols are left out.
fn module_of(sections: &[(&str, u64, usize, u64)]) -> Vec<u8> {
    let mut builder = bare();
    builder.symbols.truncate(1);
    for &(name, flags, size, alignment) in sections {
        let section = Section::new(name, SHT_PROGBITS, flags, vec![0x11; size]);
        builder.section(Section { alignment, ..section });
    }
    builder.build()
}

fn layout_of(file: &[u8]) -> Layout {
    Layout::of(&Module::parse(file).expect("a sound file")).expect("a layout")
}

fn lay_out(sections: &[(&str, u64, usize, u64)]) -> Layout {
    layout_of(&module_of(sections))
}

/// Part and offset of the section called `name`, which may have lost its ALLOC flag.
fn place(file: &[u8], name: &str) -> Option<(Position, u64)> {
    let module = Module::parse(file).expect("a sound file");
    let number =
        module.sections.iter().position(|section| section.name == name).expect("it has that section");
    layout_of(file).placement(number).map(|Placement { part, offset }| (part, offset))
}

// One more thing at the end (module_get_offset).

#[test]
fn sections_of_one_group_follow_one_another() {
    let file = module_of(&[(".text", TEXT, 0x30, 16), (".text.unlikely", TEXT, 0x20, 16)]);
    assert_eq!(place(&file, ".text"), Some((Position::Core, 0)));
    assert_eq!(place(&file, ".text.unlikely"), Some((Position::Core, 0x30)));
}

#[test]
fn each_section_begins_at_a_multiple_of_its_alignment() {
    let file = module_of(&[(".text", TEXT, 0x31, 16), (".b", TEXT, 1, 64), (".c", TEXT, 1, 2)]);
    assert_eq!(place(&file, ".b"), Some((Position::Core, 0x40)));
    assert_eq!(place(&file, ".c"), Some((Position::Core, 0x42)));
}

#[test]
fn an_alignment_of_zero_is_none() {
    let file = module_of(&[(".a", TEXT, 3, 1), (".b", TEXT, 1, 0)]);
    assert_eq!(place(&file, ".b"), Some((Position::Core, 3)));
}

#[test]
fn an_empty_section_has_a_place_and_takes_no_room() {
    let file = module_of(&[(".a", TEXT, 8, 8), (".empty", TEXT, 0, 8), (".b", TEXT, 8, 8)]);
    assert_eq!(place(&file, ".empty"), Some((Position::Core, 8)));
    assert_eq!(place(&file, ".b"), Some((Position::Core, 8)));
}

#[test]
fn a_section_without_bytes_takes_the_room_that_it_asks_for() {
    let mut builder = bare();
    builder.section(Section { nobits: 0x5000, ..Section::new(".bss", SHT_NOBITS, DATA, []) });
    let file = builder.build();
    assert!(layout_of(&file).core.size > 0x5000);
}

#[test]
fn more_than_all_the_room_for_modules_is_refused_in_silence() {
    let mut builder = bare();
    let bss = builder.section(Section { nobits: 1, ..Section::new(".bss", SHT_NOBITS, DATA, []) });
    let file = builder.build();
    for size in [MODULES_LEN + 1, 1 << 32, u64::MAX - 0x1000, u64::MAX] {
        let hostile = with_section(&file, bss, SIZE, &size.to_le_bytes());
        let refusal = Module::parse(&hostile).and_then(|module| Layout::of(&module)).unwrap_err();
        assert!(
            refusal == LoadError::silent(Errno::ENOMEM) || refusal.errno == Errno::ENOEXEC,
            "{size:#x}: {refusal:?}: the kernel would add it up in 32 bits"
        );
    }
}

#[test]
fn two_sections_that_are_too_much_together_are_refused() {
    let mut builder = bare();
    for name in [".bss", ".bss.more"] {
        builder.section(Section { nobits: MODULES_LEN / 2, ..Section::new(name, SHT_NOBITS, DATA, []) });
    }
    let file = builder.build();
    assert_eq!(Layout::of(&Module::parse(&file).unwrap()), Err(LoadError::silent(Errno::ENOMEM)));
}

// Which flags count.

#[test]
fn modinfo_and_versions_are_read_from_the_file_and_not_loaded() {
    let file = hello().build();
    assert_eq!(place(&file, ".modinfo"), None);
    assert_eq!(place(&file, "__versions"), None);
}

#[test]
fn a_section_without_alloc_is_not_loaded() {
    let file = module_of(&[(".comment", 0, 8, 1), (".debug_info", 0, 8, 1)]);
    assert_eq!(place(&file, ".comment"), None);
    assert_eq!(place(&file, ".symtab"), None);
}

#[test]
fn per_cpu_data_is_a_part_of_its_own() {
    let file = module_of(&[(".data..percpu", DATA, 0x28, 32)]);
    assert_eq!(place(&file, ".data..percpu"), Some((Position::PerCpu, 0)));
    let percpu = layout_of(&file).percpu;
    assert_eq!((percpu.size, percpu.alignment()), (0x28, 32));
    assert_eq!(percpu.warning("m".into()), None);
}

#[test]
fn where_there_is_no_room_for_per_cpu_data_the_kernel_says_how_much_it_was() {
    let percpu = lay_out(&[(".data..percpu", DATA, 0x28, 8)]).percpu;
    let refusal = percpu.could_not_allocate("m".into());
    assert_eq!(refusal, LoadError::new(Errno::ENOMEM, "m: Could not allocate 40 bytes percpu data"));
}

#[test]
fn per_cpu_data_cannot_be_aligned_to_more_than_a_page() {
    let percpu = PerCpu { size: 8, wanted_alignment: 0x4000 };
    assert_eq!(percpu.alignment(), PAGE_SIZE);
    assert_eq!(percpu.warning("m".into()).as_deref(), Some("m: per-cpu alignment 16384 > 4096"));
}

#[test]
fn only_the_first_section_of_that_name_is_per_cpu() {
    let file = module_of(&[(".data..percpu", DATA, 8, 8), (".data..percpu", DATA, 8, 8)]);
    let layout = layout_of(&file);
    let percpu = layout.placements().filter(|(_, placement)| placement.part == Position::PerCpu);
    assert_eq!(percpu.count(), 1, "find_sec stops at the first; the other is plain data");
}

#[test]
fn two_sections_become_read_only_after_init_by_their_names() {
    for name in [".data..ro_after_init", "__jump_table"] {
        let layout = lay_out(&[(name, DATA, 0x10, 8)]);
        assert_eq!(layout.core.ro_after_init_size - layout.core.ro_size, PAGE_SIZE, "{name}");
    }
    let layout = lay_out(&[(".data", DATA, 0x10, 8)]);
    assert_eq!(layout.core.ro_after_init_size, layout.core.ro_size);
}

#[test]
fn a_module_without_per_cpu_data_needs_none() {
    assert_eq!(lay_out(&[]).percpu.size, 0);
}

// The passes.

#[test]
fn groups_come_in_the_order_of_the_passes_and_not_of_the_file() {
    let file = module_of(&[
        (".data", DATA, 8, 8),
        ("__jump_table", DATA, 0x10, 8),
        (".rodata", SHF_ALLOC, 8, 8),
        (".text", TEXT, 8, 16),
    ]);
    assert_eq!(place(&file, ".text"), Some((Position::Core, 0)));
    assert_eq!(place(&file, ".rodata"), Some((Position::Core, 0x1000)));
    assert_eq!(place(&file, "__jump_table"), Some((Position::Core, 0x2000)));
    assert_eq!(place(&file, ".gnu.linkonce.this_module"), Some((Position::Core, 0x3000)));
    assert_eq!(place(&file, ".data"), Some((Position::Core, 0x3000 + 896)));
}

#[test]
fn within_a_group_the_order_is_that_of_the_file() {
    let file = module_of(&[(".z", SHF_ALLOC, 8, 8), (".a", SHF_ALLOC, 8, 8), (".m", SHF_ALLOC, 8, 8)]);
    assert_eq!(
        [".z", ".a", ".m"].map(|name| place(&file, name)),
        [0, 8, 16].map(|offset| Some((Position::Core, offset)))
    );
}

#[test]
fn names_that_begin_with_init_go_to_the_init_part() {
    let file = module_of(&[
        (".init.text", TEXT, 8, 16),
        (".init.data", DATA, 8, 8),
        (".initcall", SHF_ALLOC, 8, 8),
        (".exit.text", TEXT, 8, 16),
    ]);
    assert_eq!(place(&file, ".init.text"), Some((Position::Init, 0)));
    assert_eq!(place(&file, ".initcall"), Some((Position::Init, 0x1000)));
    assert_eq!(place(&file, ".init.data"), Some((Position::Init, 0x2000)));
    assert_eq!(
        place(&file, ".exit.text"),
        Some((Position::Core, 0)),
        "it is needed as long as the module lives"
    );
}

#[test]
fn a_section_goes_into_the_first_pass_that_wants_it() {
    let file = module_of(&[(".a", RO_AFTER_INIT | SHF_ALLOC, 8, 8), (".b", RO_AFTER_INIT | DATA, 8, 8)]);
    assert_eq!(place(&file, ".a"), Some((Position::Core, 0)), "it is not writable, so read-only comes first");
    assert_eq!(place(&file, ".b"), Some((Position::Core, 0x1000)));
}

#[test]
fn relocations_are_not_loaded_even_where_their_target_is() {
    assert_eq!(place(&hello().build(), ".rela.text"), None);
}

// Where a group ends.

#[test]
fn each_group_but_the_writable_one_ends_with_a_page() {
    let layout =
        lay_out(&[(".text", TEXT, 1, 1), (".rodata", SHF_ALLOC, 0x1001, 1), ("__jump_table", DATA, 1, 1)]);
    let core = layout.core;
    assert_eq!((core.text_size, core.ro_size, core.ro_after_init_size), (0x1000, 0x3000, 0x4000));
    assert_eq!(core.size, 0x6000, "a page for struct module, and one for the names of symbols");
}

#[test]
fn groups_that_are_empty_have_no_pages() {
    let core = lay_out(&[]).core;
    assert_eq!((core.text_size, core.ro_size, core.ro_after_init_size, core.size), (0, 0, 0, 0x2000));
}

#[test]
fn the_init_part_has_no_group_that_is_read_only_after_init() {
    let init = lay_out(&[
        (".init.text", TEXT, 8, 16),
        (".init.rodata", SHF_ALLOC, 8, 8),
        (".init.late", RO_AFTER_INIT | DATA, 8, 8),
    ])
    .init;
    assert_eq!((init.text_size, init.ro_size, init.ro_after_init_size), (0x1000, 0x2000, 0x2000));
}

#[test]
fn a_page_that_is_exactly_full_ends_where_it_ends() {
    let core = lay_out(&[(".text", TEXT, 0x1000, 16), (".rodata", SHF_ALLOC, 0x2000, 8)]).core;
    assert_eq!((core.text_size, core.ro_size), (0x1000, 0x3000));
}

#[test]
fn every_end_is_the_end_of_a_page() {
    let layout = layout_of(&hello().build());
    for part in [layout.core, layout.init] {
        for end in [part.text_size, part.ro_size, part.ro_after_init_size, part.size] {
            assert_eq!(end % PAGE_SIZE, 0, "protection works on whole pages");
        }
    }
}

#[test]
fn the_names_that_stay_have_room_in_the_core_part_and_all_of_them_in_the_init_part() {
    let mut builder = bare();
    builder.symbols.truncate(1);
    for number in 0..200 {
        builder.symbol(&format!("symbol_number_{number:03}"), common::OBJECT, 2, 0, 8);
    }
    let layout = layout_of(&builder.build());
    // 201 symbols of 24 bytes, 1 + 200 * 18 of names, 201 letters: 8,626 bytes behind struct module.
    assert_eq!(layout.core.size, 0x4000, "struct module has its page to itself");
    assert_eq!(layout.init.size, 0x3000, "the whole table, the strings, struct mod_kallsyms and the letters");
}

// Addresses.

#[test]
fn an_address_is_the_base_of_the_part_and_the_offset() {
    let file =
        module_of(&[(".text", TEXT, 8, 16), (".init.text", TEXT, 8, 16), (".data..percpu", DATA, 8, 8)]);
    let module = Module::parse(&file).unwrap();
    let layout = Layout::of(&module).unwrap();
    let addresses = layout.addresses(Bases { core: 0x10_0000, init: 0x20_0000, percpu: 0x30 });
    let at = |name| addresses[module.section_named(name).unwrap()];
    assert_eq!((at(".text"), at(".init.text"), at(".data..percpu")), (0x10_0000, 0x20_0000, 0x30));
    assert_eq!(addresses[0], 0, "section 0 is no section");
    assert_eq!(at("__versions"), 0, "what is not loaded has no address");
}

proptest! {
    #[test]
    fn no_two_sections_overlap_and_every_one_is_aligned(
        sections in proptest::collection::vec((0usize..6, prop::sample::select(vec![SHF_ALLOC, TEXT, DATA, DATA | RO_AFTER_INIT]), 0usize..6000, 0u32..9), 0..24),
    ) {
        let names = [".text", ".data", ".init.text", ".init.data", "__jump_table", ".rodata"];
        let sections: Vec<_> = sections.iter().map(|&(name, flags, size, shift)| (names[name], flags, size, 1u64 << shift)).collect();
        let file = module_of(&sections);
        let module = Module::parse(&file).unwrap();
        let layout = Layout::of(&module).unwrap();
        let mut taken: Vec<_> = layout.placements().map(|(number, placement)| {
            let section = &module.sections[number];
            assert_eq!(placement.offset % section.alignment.max(1), 0);
            (placement.part, placement.offset, placement.offset + section.size)
        }).filter(|(_, start, end)| start != end).collect();
        taken.sort();
        for pair in taken.windows(2) {
            prop_assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "{:?}", pair);
        }
        for (part, _, end) in taken {
            let size = if part == Position::Init { layout.init.size } else { layout.core.size };
            prop_assert!(end <= size);
        }
    }

    #[test]
    fn no_size_or_alignment_makes_it_panic(size: u64, shift in 0u32..64, target in 1usize..5) {
        let file = with_section(&hello().build(), target, SIZE, &size.to_le_bytes());
        let file = with_section(&file, target, ALIGN, &(1u64 << shift).to_le_bytes());
        let _ = Module::parse(&file).and_then(|module| Layout::of(&module));
    }
}
