//! The letter of a symbol.

use elf::{Module, Symbol};
use kallsyms::elf_type;

use crate::common::{
    ABS, DATA, TEXT, TEXT_SECTION,
    builder::{
        Builder, OBJECT, SHF_ALLOC, SHF_EXECINSTR, SHT_NOBITS, SHT_PROGBITS, Section, WANTED, WANTED_WEAKLY,
    },
    program,
};

const WEAK_OBJECT: u8 = 2 << 4 | 1;
const WEAK_FUNCTION: u8 = 2 << 4 | 2;

/// The letter of a symbol in a section of this name and kind.
fn letter(name: &str, kind: u32, flags: u64, info: u8) -> char {
    let mut builder = program();
    let section = builder.section(Section { nobits: 8, ..Section::new(name, kind, flags, []) });
    builder.symbol("symbol", info, section as u16, 0, 0);
    letter_of_last(&builder)
}

fn letter_of_last(builder: &Builder) -> char {
    let bytes = builder.build();
    let module = Module::parse(&bytes).expect("a sound file");
    elf_type(&module, module.symbols.last().expect("it has symbols"))
}

#[test]
fn sections_give_their_symbols_letters() {
    for (name, kind, flags, expected, why) in [
        (".text.unlikely", SHT_PROGBITS, TEXT, 't', "it holds instructions"),
        (".rodata", SHT_PROGBITS, SHF_ALLOC, 'r', "it is loaded, has bytes in the file, and is not writable"),
        (".data.more", SHT_PROGBITS, DATA, 'd', "it is loaded, has bytes in the file, and is writable"),
        (".bss", SHT_NOBITS, DATA, 'b', "it is loaded and writable, but has no bytes in the file"),
        (".debug_info", SHT_PROGBITS, 0, 'n', "it is not loaded, and only here the name counts"),
        (".comment", SHT_PROGBITS, 0, '?', "it is not loaded, and no name that the kernel looks for"),
    ] {
        assert_eq!(letter(name, kind, flags, OBJECT), expected, "{name}: {why}");
    }
}

#[test]
fn the_order_of_the_questions_counts() {
    for (name, kind, flags, expected) in [
        (".text", SHT_NOBITS, TEXT, 't'),
        (".odd", SHT_PROGBITS, SHF_EXECINSTR, 't'),
        (".debug_zeroes", SHT_NOBITS, 0, 'b'),
        (".debug_loaded", SHT_PROGBITS, SHF_ALLOC, 'r'),
    ] {
        assert_eq!(
            letter(name, kind, flags, OBJECT),
            expected,
            "{name} fits two rows, and the upper one wins"
        );
    }
}

#[test]
fn a_weak_symbol_is_v_where_it_is_an_object_and_w_where_it_is_not() {
    assert_eq!(letter(".data.more", SHT_PROGBITS, DATA, WEAK_OBJECT), 'v', "weak comes before all else");
    assert_eq!(letter(".text.more", SHT_PROGBITS, TEXT, WEAK_FUNCTION), 'w', "weak comes before all else");
}

#[test]
fn a_symbol_wanted_from_elsewhere_is_u_unless_it_is_weak() {
    for (info, expected) in [(WANTED, 'U'), (WANTED_WEAKLY, 'w')] {
        let mut builder = program();
        builder.symbol("symbol", info, 0, 0, 0);
        assert_eq!(letter_of_last(&builder), expected, "section 0 means undefined, and weak is asked first");
    }
}

#[test]
fn absolute_and_per_cpu_symbols_are_a() {
    let mut builder = program();
    builder.symbol("absolute", OBJECT, ABS, 0, 0);
    assert_eq!(letter_of_last(&builder), 'a', "SHN_ABS: its value is what it is, in no section");
    let percpu = letter(".data..percpu", SHT_PROGBITS, DATA, OBJECT);
    assert_eq!(percpu, 'a', "a per-CPU symbol's value is no address, but a distance from each CPU's area");
}

#[test]
fn a_symbol_in_no_section_at_all_is_a_question_mark() {
    let bytes = program().build();
    let module = Module::parse(&bytes).expect("a sound file");
    for section in [0xff00, 0xff20, 0xfff2, 0x7000] {
        let symbol = Symbol { name: "s".into(), info: OBJECT, other: 0, section, value: 0, size: 0 };
        assert_eq!(elf_type(&module, &symbol), '?', "section {section:#x} is reserved, or not there");
    }
}

#[test]
fn reserved_numbers_are_not_sections_even_where_there_are_so_many() {
    let bytes = program().build();
    let mut module = Module::parse(&bytes).expect("a sound file");
    let text = module.sections[usize::from(TEXT_SECTION)];
    module.sections.resize(0xff01, text);
    for (section, expected) in [(0xfeff, 't'), (0xff00, '?')] {
        let symbol = Symbol { name: "s".into(), info: OBJECT, other: 0, section, value: 0, size: 0 };
        assert_eq!(elf_type(&module, &symbol), expected, "{section:#x}: SHN_LORESERVE is 0xff00");
    }
}
