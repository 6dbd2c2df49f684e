//! Which flags count, whatever the file says.

use layout::{RO_AFTER_INIT, effective_flags};

use crate::common::{
    DATA, Hex, TEXT,
    builder::{SHF_ALLOC, SHT_PROGBITS, Section, hello},
    module_of, parse,
};

/// The flags that count for every section called `name`, in file order.
fn flags(file: &[u8], name: &str) -> Vec<Hex> {
    let module = parse(file);
    let flags = effective_flags(&module);
    let sections = module.sections.iter().zip(flags);
    sections.filter(|(section, _)| section.name == name).map(|(_, flags)| Hex(flags)).collect()
}

#[test]
fn sections_keep_the_flags_that_the_file_gives_them() {
    let file = module_of(&[(".text", TEXT, 8, 8), (".data", DATA, 8, 8), (".comment", 0x30, 8, 1)]);
    for (name, expected) in [(".text", TEXT), (".data", DATA), (".comment", 0x30)] {
        assert_eq!(
            flags(&file, name),
            [Hex(expected)],
            "{name}: the linker has decided what is to be loaded"
        );
    }
}

#[test]
fn there_is_one_value_for_each_section() {
    let file = hello().build();
    let module = parse(&file);
    assert_eq!(
        effective_flags(&module).len(),
        module.sections.len(),
        "they are found by the section's number"
    );
}

#[test]
fn modinfo_and_versions_are_read_from_the_file_and_not_loaded() {
    let file = hello().build();
    for name in [".modinfo", "__versions"] {
        assert_eq!(
            flags(&file, name),
            [Hex(0)],
            "{name}: nobody reads it once the module is loaded; rewrite_section_headers clears SHF_ALLOC"
        );
    }
}

#[test]
fn per_cpu_data_has_a_place_of_its_own() {
    let file = module_of(&[(".data..percpu", DATA, 8, 8)]);
    assert_eq!(
        flags(&file, ".data..percpu"),
        [Hex(DATA & !SHF_ALLOC)],
        "percpu_modalloc finds room for it in the area of each CPU; its other flags stay"
    );
}

#[test]
fn only_the_first_section_of_that_name_is_per_cpu() {
    let file = module_of(&[(".data..percpu", DATA, 8, 8), (".data..percpu", DATA, 8, 8)]);
    assert_eq!(
        flags(&file, ".data..percpu"),
        [DATA & !SHF_ALLOC, DATA].map(Hex),
        "find_sec stops at the first; the other is plain data"
    );
}

#[test]
fn two_sections_become_read_only_after_init_by_their_names() {
    for name in [".data..ro_after_init", "__jump_table"] {
        let file = module_of(&[(name, DATA, 0x10, 8), (".data", DATA, 8, 8)]);
        assert_eq!(
            flags(&file, name),
            [Hex(DATA | RO_AFTER_INIT)],
            "{name}: the linker knows nothing of Linux's own flag, so the kernel goes by the name"
        );
        assert_eq!(flags(&file, ".data"), [Hex(DATA)], "{name}: its neighbour is plain data");
    }
}

#[test]
fn each_of_the_two_is_there_or_not_by_itself() {
    let file = module_of(&[("__jump_table", DATA, 8, 8), (".data..ro_after_init", DATA, 8, 8)]);
    let came: Vec<_> = ["__jump_table", ".data..ro_after_init"].map(|name| flags(&file, name)).concat();
    assert_eq!(came, [Hex(DATA | RO_AFTER_INIT); 2], "a module may have both, in any order");
}

#[test]
fn a_section_of_that_name_that_is_not_loaded_stays_as_it_is() {
    let mut builder = hello();
    builder.section(Section::new("__jump_table", SHT_PROGBITS, 0, [0; 8]));
    assert_eq!(
        flags(&builder.build(), "__jump_table"),
        [Hex(0)],
        "find_sec passes over what has no SHF_ALLOC"
    );
}
