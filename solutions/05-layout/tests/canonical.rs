//! The layout of a module with a section of every group, as a table.

use std::fmt::Write;

use elf::Module;
use layout::{Layout, PartLayout};
use specimens::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_PROGBITS, Section, hello};

/// Every group of a part, then every section in the order of its place.
fn table(layout: &Layout, module: &Module) -> String {
    let mut text = String::new();
    let groups = |name: &str, part: &PartLayout| -> String {
        part.groups().map(|group| format!("{name} {:#06x?} {:?}\n", group.range, group.protection)).collect()
    };
    text += &groups("core", &layout.core);
    text += &groups("init", &layout.init);
    let mut placements: Vec<_> = layout.placements().collect();
    placements.sort_by_key(|(number, placement)| (placement.part, placement.offset, *number));
    for (number, placement) in placements {
        let section = &module.sections[number];
        let (part, offset) = (placement.part, placement.offset);
        writeln!(text, "{part:?} {offset:#06x} {:#05x} {number:2} {}", section.size, section.name).unwrap();
    }
    text
}

#[test]
fn a_module_with_a_section_of_every_group() {
    let mut builder = hello();
    let (text, data) = (SHF_ALLOC | SHF_EXECINSTR, SHF_ALLOC | SHF_WRITE);
    for (name, flags, size) in [
        (".data", data, 0x18),
        (".init.data", data, 0x11),
        ("__jump_table", data, 0x20),
        (".init.text", text, 0x21),
        (".rodata", SHF_ALLOC, 0x1001),
        (".text.unlikely", text, 0x7),
        (".data..percpu", data, 0x28),
        (".data..ro_after_init", data, 0x8),
        (".init.rodata", SHF_ALLOC, 0x3),
        (".comment", 0, 0x9),
    ] {
        builder.section(Section::new(name, SHT_PROGBITS, flags, vec![0; size]));
    }
    builder.section(Section { nobits: 0x2000, ..Section::new(".bss..page_aligned", SHT_NOBITS, data, []) });
    let bytes = builder.build();
    let module = Module::parse(&bytes).unwrap();
    insta::assert_snapshot!(table(&Layout::of(&module).unwrap(), &module));
}
