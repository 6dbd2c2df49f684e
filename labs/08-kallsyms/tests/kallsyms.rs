//! Names for the addresses of a module, as an oops and `/proc/kallsyms` give them.

#[path = "../../01-elf/tests/common/mod.rs"]
mod common;

use common::{
    Builder, FUNCTION, LOCAL_FUNCTION, OBJECT, SECTION, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS,
    SHT_PROGBITS, Section, WANTED, WANTED_WEAKLY, hello,
};
use elf::Module;
use kallsyms::{Kallsyms, elf_type};
use layout::{Bases, Layout};
use proptest::prelude::*;

const TEXT: u64 = SHF_ALLOC | SHF_EXECINSTR;
const DATA: u64 = SHF_ALLOC | SHF_WRITE;
const CORE: u64 = 0x10_0000;
const INIT: u64 = 0x20_0000;
const ABS: u16 = 0xfff1;

/// The sections of [`program`], by number.
const TEXT_SECTION: u16 = 2;
const INIT_SECTION: u16 = 3;
const DATA_SECTION: u16 = 4;

/// A module called hello: number 1 is `struct module`, 2 instructions, 3 instructions of init, 4 data;
/// no symbols but number 0.
fn program() -> Builder {
    let mut builder = hello();
    for name in [".text", ".rela.text", ".rela.gnu.linkonce.this_module", "__versions", ".modinfo", ".bss"] {
        builder = builder.without(name);
    }
    builder.section(Section::new(".text", SHT_PROGBITS, TEXT, [0; 0x100]));
    builder.section(Section::new(".init.text", SHT_PROGBITS, TEXT, [0; 0x40]));
    builder.section(Section::new(".data", SHT_PROGBITS, DATA, [0; 0x40]));
    builder.symbols.truncate(1);
    builder
}

/// The names of a module at [`CORE`] and [`INIT`]; a wanted symbol's value is 0xf00.
fn kallsyms_of(builder: &Builder) -> Kallsyms {
    let bytes = builder.build();
    let module = Module::parse(&bytes).expect("a sound file");
    let layout = Layout::of(&module).expect("a layout");
    let bases = Bases { core: CORE, init: INIT, percpu: 0x30 };
    let addresses = layout.addresses(bases);
    let value = |symbol: &elf::Symbol| match symbol.section {
        0 => 0xf00,
        ABS => symbol.value,
        section => addresses[usize::from(section)] + symbol.value,
    };
    let values: Vec<u64> = module.symbols.iter().map(value).collect();
    Kallsyms::new(&module, &layout, bases, &values)
}

/// The program with these symbols: name, section, offset.
fn with(symbols: &[(&str, u16, u64)]) -> Kallsyms {
    let mut builder = program();
    for &(name, section, value) in symbols {
        builder.symbol(name, FUNCTION, section, value, 0);
    }
    kallsyms_of(&builder)
}

fn name_of(kallsyms: &Kallsyms, address: u64) -> Option<String> {
    kallsyms.lookup_address(address).map(|location| location.to_string())
}

// lookup_address

#[test]
fn an_address_belongs_to_the_symbol_before_it() {
    let names = with(&[("first", TEXT_SECTION, 0), ("second", TEXT_SECTION, 0x40)]);
    assert_eq!(name_of(&names, CORE).as_deref(), Some("first+0x0/0x40 [hello]"));
    assert_eq!(name_of(&names, CORE + 0x3f).as_deref(), Some("first+0x3f/0x40 [hello]"));
    assert_eq!(name_of(&names, CORE + 0x41).as_deref(), Some("second+0x1/0xfc0 [hello]"));
}

#[test]
fn the_last_function_ends_with_the_pages_of_the_text() {
    let names = with(&[("only", TEXT_SECTION, 0x10)]);
    let location = names.lookup_address(CORE + 0x20).unwrap();
    assert_eq!((location.offset, location.size), (0x10, 0xff0), "the kernel does not look at st_size");
}

#[test]
fn an_address_before_every_symbol_has_no_name() {
    let names = with(&[("only", TEXT_SECTION, 0x10)]);
    assert_eq!(name_of(&names, CORE + 0xf), None);
    assert_eq!(name_of(&with(&[]), CORE), None);
}

#[test]
fn of_two_names_for_one_address_the_first_in_the_table_is_given() {
    let names = with(&[("zebra", TEXT_SECTION, 8), ("alias", TEXT_SECTION, 8)]);
    assert_eq!(name_of(&names, CORE + 9).as_deref(), Some("zebra+0x1/0xff8 [hello]"));
}

#[test]
fn names_without_meaning_are_passed_over() {
    let mut builder = program();
    builder.symbol("function", FUNCTION, TEXT_SECTION, 0, 0);
    for name in ["", ".L42", "$a", "$x.7", "$d"] {
        builder.symbol(name, FUNCTION, TEXT_SECTION, 0x10, 0);
    }
    builder.symbol("", SECTION, TEXT_SECTION, 0, 0);
    let names = kallsyms_of(&builder);
    assert_eq!(name_of(&names, CORE + 0x20).as_deref(), Some("function+0x20/0x1000 [hello]"));
}

#[test]
fn names_that_only_resemble_marks_are_names() {
    for name in ["$b", "$ab", ".text_begin", "L1", "$"] {
        let names = with(&[(name, TEXT_SECTION, 8)]);
        assert_eq!(name_of(&names, CORE + 8), Some(format!("{name}+0x0/0xff8 [hello]")));
    }
}

#[test]
fn what_is_wanted_from_elsewhere_names_nothing_here() {
    let mut builder = program();
    builder.symbol("elsewhere", WANTED, 0, 0, 0);
    let names = kallsyms_of(&builder);
    assert_eq!(name_of(&names, 0xf00), None);
    assert_eq!(names.lookup_name("elsewhere".into()), None);
}

#[test]
fn behind_the_text_the_size_is_a_negative_number() {
    let names = with(&[("variable", DATA_SECTION, 0)]);
    let value = names.lookup_name("variable".into()).unwrap();
    let location = names.lookup_address(value + 4).unwrap();
    assert_eq!(location.offset, 4);
    assert_eq!(
        location.size,
        (CORE + 0x1000).wrapping_sub(value),
        "nextval is the end of the text; Linux 6.1 subtracts all the same"
    );
}

#[test]
fn functions_of_init_end_with_the_text_of_init() {
    let names = with(&[("start", INIT_SECTION, 0), ("function", TEXT_SECTION, 0)]);
    assert_eq!(name_of(&names, INIT + 4).as_deref(), Some("start+0x4/0x1000 [hello]"));
    assert_eq!(name_of(&names, CORE + 4).as_deref(), Some("function+0x4/0x1000 [hello]"));
}

#[test]
fn a_name_longer_than_the_kernels_buffer_is_cut_off() {
    let name = "n".repeat(600);
    let names = with(&[(&name, TEXT_SECTION, 0)]);
    assert_eq!(name_of(&names, CORE), Some(format!("{}+0x0/0x1000 [hello]", "n".repeat(511))));
}

// free_init

#[test]
fn once_init_is_freed_its_names_are_gone() {
    let mut names = with(&[("start", INIT_SECTION, 0), ("function", TEXT_SECTION, 0)]);
    names.free_init();
    assert_eq!(names.lookup_name("start".into()), None);
    assert_eq!(names.lookup_name("function".into()), Some(CORE));
}

#[test]
fn once_init_is_freed_what_was_wanted_is_forgotten() {
    let mut builder = program();
    builder.symbol("elsewhere", WANTED, 0, 0, 0);
    builder.symbol("absolute", OBJECT, ABS, 7, 0);
    let mut names = kallsyms_of(&builder);
    assert_eq!(names.iter().count(), 2);
    names.free_init();
    assert_eq!(names.iter().count(), 0, "is_core_symbol keeps what lies in sections of the core part");
}

#[test]
fn data_keeps_its_names_too() {
    let mut names = with(&[("variable", DATA_SECTION, 8)]);
    names.free_init();
    assert!(names.lookup_name("variable".into()).is_some(), "CONFIG_KALLSYMS_ALL");
}

#[test]
fn per_cpu_variables_keep_their_names() {
    let mut builder = program();
    let percpu = builder.section(Section::new(".data..percpu", SHT_PROGBITS, DATA, [0; 8]));
    builder.symbol("counter", OBJECT, percpu as u16, 4, 4);
    let mut names = kallsyms_of(&builder);
    names.free_init();
    assert_eq!(names.lookup_name("counter".into()), Some(0x34));
}

#[test]
fn an_address_of_freed_init_text_is_named_after_what_lies_before_it() {
    let mut names = with(&[("start", INIT_SECTION, 0), ("function", TEXT_SECTION, 0)]);
    names.free_init();
    assert_eq!(names.lookup_address(INIT + 4).unwrap().symbol, "function");
}

// elf_type

/// The letter of a symbol in a section of this name and kind.
fn letter(name: &str, kind: u32, flags: u64, info: u8) -> char {
    let mut builder = program();
    let section = builder.section(Section { nobits: 8, ..Section::new(name, kind, flags, []) });
    builder.symbol("symbol", info, section as u16, 0, 0);
    letter_of_last(&builder)
}

fn letter_of_last(builder: &Builder) -> char {
    let bytes = builder.build();
    let module = Module::parse(&bytes).unwrap();
    elf_type(&module, module.symbols.last().unwrap())
}

#[test]
fn sections_give_their_symbols_letters() {
    for (name, kind, flags, expected) in [
        (".text.unlikely", SHT_PROGBITS, TEXT, 't'),
        (".rodata", SHT_PROGBITS, SHF_ALLOC, 'r'),
        (".data.more", SHT_PROGBITS, DATA, 'd'),
        (".bss", SHT_NOBITS, DATA, 'b'),
        (".debug_info", SHT_PROGBITS, 0, 'n'),
        (".comment", SHT_PROGBITS, 0, '?'),
    ] {
        assert_eq!(letter(name, kind, flags, OBJECT), expected, "{name}");
    }
}

#[test]
fn a_weak_symbol_is_v_where_it_is_an_object_and_w_where_it_is_not() {
    assert_eq!(letter(".data.more", SHT_PROGBITS, DATA, 2 << 4 | 1), 'v');
    assert_eq!(letter(".text.more", SHT_PROGBITS, TEXT, 2 << 4 | 2), 'w');
}

#[test]
fn a_symbol_wanted_from_elsewhere_is_u_unless_it_is_weak() {
    for (info, expected) in [(WANTED, 'U'), (WANTED_WEAKLY, 'w')] {
        let mut builder = program();
        builder.symbol("symbol", info, 0, 0, 0);
        assert_eq!(letter_of_last(&builder), expected);
    }
}

#[test]
fn absolute_and_per_cpu_symbols_are_a() {
    let mut builder = program();
    builder.symbol("absolute", OBJECT, ABS, 0, 0);
    assert_eq!(letter_of_last(&builder), 'a');
    assert_eq!(letter(".data..percpu", SHT_PROGBITS, DATA, OBJECT), 'a', "its value is no address");
}

#[test]
fn a_symbol_in_no_section_at_all_is_a_question_mark() {
    let bytes = program().build();
    let module = Module::parse(&bytes).unwrap();
    for section in [0xff00, 0xff20, 0xfff2] {
        let symbol = elf::Symbol { name: "s".into(), info: 1, other: 0, section, value: 0, size: 0 };
        assert_eq!(elf_type(&module, &symbol), '?', "{section:#x}");
    }
}

// lines

fn lines(builder: &Builder, exported: &str) -> Vec<String> {
    kallsyms_of(builder).lines(|symbol| symbol.name == exported).collect()
}

#[test]
fn a_line_is_address_letter_name_and_module() {
    let mut builder = program();
    builder.symbol("function", LOCAL_FUNCTION, TEXT_SECTION, 0x20, 0);
    assert_eq!(lines(&builder, ""), ["0000000000100020 t function\t[hello]"]);
}

#[test]
fn exported_symbols_have_capital_letters() {
    let mut builder = program();
    builder.symbol("function", FUNCTION, TEXT_SECTION, 0, 0);
    builder.symbol("variable", OBJECT, DATA_SECTION, 0, 0);
    let letters: Vec<_> = lines(&builder, "function").iter().map(|line| line.as_bytes()[17]).collect();
    assert_eq!(letters, *b"Td", "a global symbol is not an exported one");
}

#[test]
fn lines_come_in_the_order_of_the_table() {
    let mut builder = program();
    for (name, value) in [("z", 8), ("a", 0), ("m", 4)] {
        builder.symbol(name, FUNCTION, TEXT_SECTION, value, 0);
    }
    let names: Vec<_> = lines(&builder, "").iter().map(|line| line[19..20].to_owned()).collect();
    assert_eq!(names, ["z", "a", "m"]);
}

#[test]
fn symbols_without_names_have_no_lines() {
    let mut builder = program();
    builder.symbol("", SECTION, TEXT_SECTION, 0, 0);
    assert_eq!(lines(&builder, ""), [""; 0]);
}

#[test]
fn what_is_wanted_is_listed_in_small_letters_while_init_runs() {
    let mut builder = program();
    builder.symbol("elsewhere", WANTED, 0, 0, 0);
    assert_eq!(lines(&builder, ""), ["0000000000000f00 u elsewhere\t[hello]"]);
}

proptest! {
    /// The kernel's own way: it walks the whole table for every address.
    #[test]
    fn the_sorted_table_answers_as_walking_the_whole_one_does(
        offsets in proptest::collection::vec((0u64..0x100, prop::sample::select(vec!["f", "g", "", ".L1"])), 0..30), at in 0u64..0x140,
    ) {
        let symbols: Vec<_> = offsets.iter().map(|&(offset, name)| (name, TEXT_SECTION, offset)).collect();
        let (mut best, mut next) = (None, CORE + 0x1000);
        for &(name, _, offset) in symbols.iter().filter(|symbol| !matches!(symbol.0, "" | ".L1")) {
            let value = CORE + offset;
            if value <= CORE + at && best.is_none_or(|(_, best)| value > best) {
                best = Some((name, value));
            }
            if value > CORE + at && value < next {
                next = value;
            }
        }
        let expected = best.map(|(name, value)| format!("{name}+{:#x}/{:#x} [hello]", CORE + at - value, next - value));
        prop_assert_eq!(name_of(&with(&symbols), CORE + at), expected);
    }
}
