//! One pass over one part.

use abi::{Errno, LoadError};
use elf::Module;
use layout::{Layout, MODULES_LEN, Position, RO_AFTER_INIT, effective_flags, layout_pass};

use crate::common::{
    DATA, Hex, TEXT, bare,
    builder::{SHF_ALLOC, SHF_WRITE, SHT_NOBITS, SHT_PROGBITS, Section, hello},
    module_of, parse, place,
};

const THIS_MODULE: &str = ".gnu.linkonce.this_module";

/// The layout after these passes over `part`, without the ends of pages between them.
fn after(module: &Module, part: Position, passes: &[usize]) -> Layout {
    let mut layout = Layout::new(module);
    let flags = effective_flags(module);
    for &pass in passes {
        layout_pass(&mut layout, module, &flags, part, pass).expect("room enough");
    }
    layout
}

/// Where these passes over the core part put the section called `name`.
fn core(module: &Module, passes: &[usize], name: &str) -> Option<(Position, Hex)> {
    place(module, &after(module, Position::Core, passes), name)
}

#[test]
fn each_pass_takes_its_own_kind_of_section() {
    let file = module_of(&[
        (".data", DATA, 8, 8),
        ("__jump_table", DATA, 0x10, 8),
        (".rodata", SHF_ALLOC, 8, 8),
        (".text", TEXT, 8, 16),
    ]);
    let module = parse(&file);
    for (pass, expected) in [".text", ".rodata", "__jump_table", THIS_MODULE].into_iter().enumerate() {
        let layout = after(&module, Position::Core, &[pass]);
        let first = layout.placements().find(|(_, placement)| placement.offset == 0);
        let name = first.map(|(number, _)| module.sections[number].name.to_string());
        assert_eq!(name.as_deref(), Some(expected), "pass {pass}: row {pass} of PASSES says what it takes");
    }
}

#[test]
fn the_last_pass_takes_whatever_the_others_left() {
    let file = module_of(&[(".text", TEXT, 8, 16), (".data", DATA, 8, 8)]);
    assert_eq!(
        core(&parse(&file), &[4], ".text"),
        Some((Position::Core, Hex(896))),
        "x86-64 has no small data: row 4 asks for nothing but SHF_ALLOC"
    );
}

#[test]
fn within_a_pass_the_order_is_that_of_the_file() {
    let file = module_of(&[(".z", SHF_ALLOC, 8, 8), (".a", SHF_ALLOC, 8, 8), (".m", SHF_ALLOC, 8, 8)]);
    let module = parse(&file);
    assert_eq!(
        [".z", ".a", ".m"].map(|name| core(&module, &[1], name)),
        [0, 8, 16].map(|offset| Some((Position::Core, Hex(offset)))),
        "the linker may have put them into an order that matters"
    );
}

#[test]
fn a_later_pass_appends_to_what_is_there() {
    let file = module_of(&[(".rodata", SHF_ALLOC, 0x18, 8), (".text", TEXT, 0x21, 16)]);
    assert_eq!(
        core(&parse(&file), &[0, 1], ".rodata"),
        Some((Position::Core, Hex(0x28))),
        "behind the 0x21 bytes of .text, at the next multiple of 8"
    );
}

#[test]
fn a_section_keeps_the_place_that_an_earlier_pass_gave_it() {
    let file = module_of(&[(".late", RO_AFTER_INIT | SHF_ALLOC, 8, 8), (".text", TEXT, 8, 8)]);
    let module = parse(&file);
    let layout = after(&module, Position::Core, &[0, 1, 2, 3, 4]);
    assert_eq!(
        place(&module, &layout, ".late"),
        Some((Position::Core, Hex(8))),
        "it is not writable, so pass 1 takes it and pass 2, which would want it too, must not move it"
    );
    assert_eq!(Hex(layout.core.size), Hex(16 + 896), "nothing is counted twice");
}

#[test]
fn names_that_begin_with_init_go_to_the_init_part() {
    let file = module_of(&[
        (".init.text", TEXT, 8, 16),
        (".exit.text", TEXT, 8, 16),
        (".initcall", TEXT, 8, 8),
        (".text.init", TEXT, 8, 8),
    ]);
    let module = parse(&file);
    let (core, init) = (after(&module, Position::Core, &[0]), after(&module, Position::Init, &[0]));
    for (name, in_core, in_init) in [
        (".init.text", None, Some((Position::Init, Hex(0)))),
        (".exit.text", Some((Position::Core, Hex(0))), None),
        (".initcall", None, Some((Position::Init, Hex(8)))),
        (".text.init", Some((Position::Core, Hex(8))), None),
    ] {
        let came = (place(&module, &core, name), place(&module, &init, name));
        assert_eq!(
            came,
            (in_core, in_init),
            "{name}: a section lies in one part, and its name says in which"
        );
    }
}

#[test]
fn the_flags_that_count_are_not_those_of_the_file() {
    let file = module_of(&[(".data..percpu", DATA, 8, 8)]);
    let module = parse(&file);
    for name in [".modinfo", ".data..percpu"] {
        assert_eq!(
            core(&module, &[0, 1, 2, 3, 4], name),
            None,
            "{name} has SHF_ALLOC in the file, and effective_flags has taken it away"
        );
    }
}

#[test]
fn a_section_without_alloc_is_not_loaded() {
    let mut builder = hello();
    builder.section(Section::new(".debug_info", SHT_PROGBITS, 0, [0; 8]));
    builder.section(Section::new(".scratch", SHT_PROGBITS, SHF_WRITE, [0; 8]));
    let file = builder.build();
    for name in [".debug_info", ".scratch", ".symtab", ".rela.text"] {
        assert_eq!(
            core(&parse(&file), &[0, 1, 2, 3, 4], name),
            None,
            "{name}: every pass asks for SHF_ALLOC; relocations are done with once they are applied"
        );
    }
}

#[test]
fn a_section_without_bytes_takes_the_room_that_it_asks_for() {
    let mut builder = bare();
    builder.section(Section { nobits: 0x5000, ..Section::new(".bss", SHT_NOBITS, DATA, []) });
    let file = builder.build();
    let layout = after(&parse(&file), Position::Core, &[3]);
    assert_eq!(
        Hex(layout.core.size),
        Hex(896 + 0x5000),
        "it has no bytes in the file, but needs them in memory"
    );
}

#[test]
fn two_sections_that_are_too_much_together_are_refused() {
    let mut builder = bare();
    for name in [".bss", ".bss.more"] {
        builder.section(Section { nobits: MODULES_LEN / 2, ..Section::new(name, SHT_NOBITS, DATA, []) });
    }
    let file = builder.build();
    let module = parse(&file);
    let flags = effective_flags(&module);
    assert_eq!(
        layout_pass(&mut Layout::new(&module), &module, &flags, Position::Core, 3),
        Err(LoadError::silent(Errno::ENOMEM)),
        "the refusal of module_get_offset is that of the pass"
    );
}

#[test]
fn there_are_five_passes() {
    let file = module_of(&[(".text", TEXT, 8, 8), (".comment", 0, 8, 1)]);
    let layout = after(&parse(&file), Position::Core, &[5, usize::MAX]);
    assert_eq!(layout.placements().count(), 0, "a pass that is not there wants nothing");
}
