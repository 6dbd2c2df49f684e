//! Where a group of pages ends; and, as this is the last step of it, whole layouts.

use abi::{Errno, LoadError};
use elf::Module;
use layout::{Bases, Layout, MODULES_LEN, PAGE_SIZE, PartLayout, Position, end_pass};
use proptest::prelude::*;

use crate::common::{
    DATA, Hex, TEXT, bare,
    builder::{
        OBJECT, SHF_ALLOC, SHT_NOBITS, Section, hello,
        section::{ALIGN, SIZE},
        with_section,
    },
    lay_out, module_of, parse, place,
};

const RO_AFTER_INIT: u64 = layout::RO_AFTER_INIT;

/// A part's sizes, as they are shown.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sizes {
    text_size: Hex,
    ro_size: Hex,
    ro_after_init_size: Hex,
    size: Hex,
}

impl From<PartLayout> for Sizes {
    fn from(PartLayout { text_size, ro_size, ro_after_init_size, size }: PartLayout) -> Sizes {
        sizes(text_size, ro_size, ro_after_init_size, size)
    }
}

/// The sizes of a part: the end of its text, of read-only data, of what is read-only after init, of all.
fn sizes(text_size: u64, ro_size: u64, ro_after_init_size: u64, size: u64) -> Sizes {
    let [text_size, ro_size, ro_after_init_size, size] =
        [text_size, ro_size, ro_after_init_size, size].map(Hex);
    Sizes { text_size, ro_size, ro_after_init_size, size }
}

/// What the sizes of `part` are after the end of a pass over it.
fn ended(before: Sizes, part: Position, pass: usize) -> Sizes {
    let mut sizes = PartLayout {
        text_size: before.text_size.0,
        ro_size: before.ro_size.0,
        ro_after_init_size: before.ro_after_init_size.0,
        size: before.size.0,
    };
    end_pass(&mut sizes, part, pass).expect("room enough");
    sizes.into()
}

#[test]
fn text_ends_with_a_page() {
    for part in [Position::Core, Position::Init] {
        assert_eq!(
            ended(sizes(0, 0, 0, 0x21), part, 0),
            sizes(0x1000, 0, 0, 0x1000),
            "{part:?}: what comes next must not be executed, and protection works on whole pages"
        );
    }
}

#[test]
fn read_only_data_ends_with_a_page() {
    for part in [Position::Core, Position::Init] {
        assert_eq!(
            ended(sizes(0x1000, 0, 0, 0x2001), part, 1),
            sizes(0x1000, 0x3000, 0, 0x3000),
            "{part:?}: what comes next is written to"
        );
    }
}

#[test]
fn what_is_read_only_after_init_ends_with_a_page_in_the_core_part() {
    assert_eq!(
        ended(sizes(0x1000, 0x2000, 0, 0x2008), Position::Core, 2),
        sizes(0x1000, 0x2000, 0x3000, 0x3000),
        "these pages lose their write permission when init has succeeded"
    );
}

#[test]
fn the_init_part_has_no_group_that_is_read_only_after_init() {
    assert_eq!(
        ended(sizes(0x1000, 0x2000, 0, 0x2008), Position::Init, 2),
        sizes(0x1000, 0x2000, 0x2000, 0x2008),
        "after init there is no init part: such sections share the pages of writable data"
    );
}

#[test]
fn writable_data_goes_on_into_small_data() {
    for part in [Position::Core, Position::Init] {
        let before = sizes(0x1000, 0x2000, 0x2000, 0x2388);
        assert_eq!(
            ended(before, part, 3),
            before,
            "{part:?}: both are protected alike, and may share a page"
        );
    }
}

#[test]
fn the_whole_part_ends_with_a_page() {
    for part in [Position::Core, Position::Init] {
        assert_eq!(
            ended(sizes(0x1000, 0x2000, 0x2000, 0x2388), part, 4),
            sizes(0x1000, 0x2000, 0x2000, 0x3000),
            "{part:?}: the figures of the groups before it stay as they are"
        );
    }
}

#[test]
fn a_page_that_is_exactly_full_ends_where_it_ends() {
    assert_eq!(ended(sizes(0, 0, 0, 0x1000), Position::Core, 0), sizes(0x1000, 0, 0, 0x1000), "no page more");
    assert_eq!(ended(sizes(0, 0, 0, 0), Position::Core, 0), sizes(0, 0, 0, 0), "no text, no page for it");
}

#[test]
fn an_end_that_does_not_fit_is_refused_in_silence() {
    let refusal = Err(LoadError::silent(Errno::ENOMEM));
    for pass in [0, 1, 2, 4] {
        let mut sizes = PartLayout { size: u64::MAX - 8, ..PartLayout::default() };
        assert_eq!(
            end_pass(&mut sizes, Position::Core, pass),
            refusal,
            "pass {pass}: the sum would wrap to 0"
        );
    }
}

// Whole layouts.

#[test]
fn groups_come_in_the_order_of_the_passes_and_not_of_the_file() {
    let file = module_of(&[
        (".data", DATA, 8, 8),
        ("__jump_table", DATA, 0x10, 8),
        (".rodata", SHF_ALLOC, 8, 8),
        (".text", TEXT, 8, 16),
    ]);
    let module = parse(&file);
    let layout = Layout::of(&module).expect("a layout");
    for (name, offset) in [
        (".text", 0),
        (".rodata", 0x1000),
        ("__jump_table", 0x2000),
        (".gnu.linkonce.this_module", 0x3000),
        (".data", 0x3000 + 896),
    ] {
        assert_eq!(
            place(&module, &layout, name),
            Some((Position::Core, Hex(offset))),
            "{name}: each group begins with a page, whatever comes first in the file"
        );
    }
}

#[test]
fn each_group_but_the_writable_one_ends_with_a_page() {
    let core =
        lay_out(&[(".text", TEXT, 1, 1), (".rodata", SHF_ALLOC, 0x1001, 1), ("__jump_table", DATA, 1, 1)])
            .core;
    assert_eq!(
        Sizes::from(core),
        sizes(0x1000, 0x3000, 0x4000, 0x6000),
        "behind the groups a page for struct module, and one for the names of symbols"
    );
}

#[test]
fn groups_that_are_empty_have_no_pages() {
    assert_eq!(
        Sizes::from(lay_out(&[]).core),
        sizes(0, 0, 0, 0x2000),
        "a page for struct module, and one for the names"
    );
}

#[test]
fn a_section_goes_into_the_first_group_that_wants_it() {
    let file = module_of(&[(".a", RO_AFTER_INIT | SHF_ALLOC, 8, 8), (".b", RO_AFTER_INIT | DATA, 8, 8)]);
    let module = parse(&file);
    let layout = Layout::of(&module).expect("a layout");
    assert_eq!(
        (place(&module, &layout, ".a"), place(&module, &layout, ".b")),
        (Some((Position::Core, Hex(0))), Some((Position::Core, Hex(0x1000)))),
        ".a is not writable, so read-only comes first"
    );
}

#[test]
fn init_data_lies_behind_init_text() {
    let file = module_of(&[
        (".init.data", DATA, 8, 8),
        (".init.rodata", SHF_ALLOC, 8, 8),
        (".init.text", TEXT, 8, 16),
        (".init.late", RO_AFTER_INIT | DATA, 8, 8),
    ]);
    let module = parse(&file);
    let layout = Layout::of(&module).expect("a layout");
    let came = [".init.text", ".init.rodata", ".init.late", ".init.data"]
        .map(|name| place(&module, &layout, name).map(|(_, offset)| offset));
    assert_eq!(
        came,
        [0, 0x1000, 0x2000, 0x2008].map(|offset| Some(Hex(offset))),
        "passes 0 to 3, over the init part; pass 2 does not end with a page there"
    );
}

#[test]
fn the_names_that_stay_have_room_in_the_core_part_and_all_of_them_in_the_init_part() {
    let mut builder = bare();
    for number in 0..200 {
        builder.symbol(&format!("symbol_number_{number:03}"), OBJECT, 2, 0, 8);
    }
    let layout = Layout::of(&parse(&builder.build())).expect("a layout");
    // 201 symbols of 24 bytes, 1 + 200 * 18 of names, 201 letters: 8,626 bytes behind struct module.
    assert_eq!(Hex(layout.core.size), Hex(0x4000), "layout_symtab begins with a page, where pass 4 ended");
    assert_eq!(
        Hex(layout.init.size),
        Hex(0x3000),
        "the whole table, the strings, struct mod_kallsyms and the letters"
    );
}

#[test]
fn an_address_is_the_base_of_the_part_and_the_offset() {
    let file =
        module_of(&[(".text", TEXT, 8, 16), (".init.text", TEXT, 8, 16), (".data..percpu", DATA, 8, 8)]);
    let module = parse(&file);
    let layout = Layout::of(&module).expect("a layout");
    let addresses = layout.addresses(Bases { core: 0x10_0000, init: 0x20_0000, percpu: 0x30 });
    let numbers = [".text", ".init.text", ".data..percpu"].map(|name| module.section_named(name));
    assert_eq!(
        numbers.map(|number| number.and_then(|number| addresses.get(number).copied().map(Hex))),
        [0x10_0000, 0x20_0000, 0x30].map(|address| Some(Hex(address))),
        "each is the first in its part, so its address is the base"
    );
    assert_eq!(addresses[0], 0, "section 0 is no section");
    assert_eq!(addresses[1], 0, ".modinfo is not loaded, so it has no address");
}

#[test]
fn more_than_all_the_room_for_modules_is_refused_whatever_the_size() {
    let mut builder = bare();
    let bss = builder.section(Section { nobits: 1, ..Section::new(".bss", SHT_NOBITS, DATA, []) });
    let file = builder.build();
    for size in [MODULES_LEN + 1, 2 * MODULES_LEN] {
        let hostile = with_section(&file, bss, SIZE, &size.to_le_bytes());
        let errno =
            Module::parse(&hostile).and_then(|module| Layout::of(&module)).map_err(|error| error.errno);
        assert_eq!(errno.err(), Some(Errno::ENOMEM), "{size:#x}: the kernel's vmalloc fails");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_two_sections_overlap_and_every_one_is_aligned(
        sections in proptest::collection::vec(
            (
                prop::sample::select(vec![".text", ".data", ".init.text", ".init.data", "__jump_table", ".rodata"]),
                prop::sample::select(vec![SHF_ALLOC, TEXT, DATA, DATA | RO_AFTER_INIT]),
                0usize..6000,
                (0u32..9).prop_map(|shift| 1u64 << shift),
            ),
            0..24,
        ),
    ) {
        let file = module_of(&sections);
        let module = parse(&file);
        let layout = Layout::of(&module).expect("a layout");
        let mut taken = Vec::new();
        for (number, placement) in layout.placements() {
            let section = &module.sections[number];
            prop_assert_eq!(placement.offset % section.alignment.max(1), 0, "{} is aligned", section.name);
            if section.size != 0 {
                taken.push((placement.part, placement.offset, placement.offset + section.size));
            }
        }
        taken.sort();
        for pair in taken.windows(2) {
            prop_assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "two lie upon one another: {pair:x?}");
        }
        for (part, _, end) in taken {
            let size = if part == Position::Init { layout.init.size } else { layout.core.size };
            prop_assert!(end <= size, "{end:#x} is behind the end of the part, {size:#x}");
        }
    }

    #[test]
    fn every_end_is_the_end_of_a_page_and_none_comes_before_another(bytes in proptest::array::uniform4(0usize..9000)) {
        let [text, ro, late, data] = bytes;
        let layout = lay_out(&[
            (".text", TEXT, text, 1), (".rodata", SHF_ALLOC, ro, 1), ("__jump_table", DATA, late, 1), (".data", DATA, data, 1),
            (".init.text", TEXT, data, 1), (".init.rodata", SHF_ALLOC, late, 1), (".init.data", DATA, text, 1),
        ]);
        for PartLayout { text_size, ro_size, ro_after_init_size, size } in [layout.core, layout.init] {
            let ends = [text_size, ro_size, ro_after_init_size, size];
            prop_assert!(ends.is_sorted() && ends.iter().all(|end| end % PAGE_SIZE == 0), "{ends:#x?}");
        }
    }

    #[test]
    fn no_size_or_alignment_in_a_file_makes_it_panic(size in 0u64..0x8000_0000, shift in 0u32..13) {
        let file = with_section(&hello().build(), 7, SIZE, &size.to_le_bytes());
        let file = with_section(&file, 7, ALIGN, &(1u64 << shift).to_le_bytes());
        match Layout::of(&parse(&file)) {
            Ok(layout) => prop_assert!(layout.core.size <= MODULES_LEN + 2 * PAGE_SIZE, "{:#x}", layout.core.size),
            Err(refusal) => prop_assert_eq!(refusal, LoadError::silent(Errno::ENOMEM), "the kernel's vmalloc fails"),
        }
    }
}
