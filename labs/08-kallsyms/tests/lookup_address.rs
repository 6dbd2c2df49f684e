//! Which symbol an address belongs to.

use kallsyms::Kallsyms;
use proptest::prelude::*;

use crate::common::{
    ABS, CORE, DATA_SECTION, DATA_START, INIT, INIT_SECTION, TEXT_SECTION,
    builder::{FUNCTION, SECTION, WANTED},
    kallsyms_of, program, with,
};

fn name_of(kallsyms: &Kallsyms, address: u64) -> Option<String> {
    kallsyms.lookup_address(address).map(|location| location.to_string())
}

#[test]
fn an_address_belongs_to_the_symbol_before_it() {
    let names = with(&[("first", TEXT_SECTION, 0), ("second", TEXT_SECTION, 0x40)]);
    for (address, expected) in [
        (CORE, "first+0x0/0x40 [hello]"),
        (CORE + 0x3f, "first+0x3f/0x40 [hello]"),
        (CORE + 0x40, "second+0x0/0xfc0 [hello]"),
        (CORE + 0x41, "second+0x1/0xfc0 [hello]"),
    ] {
        assert_eq!(
            name_of(&names, address).as_deref(),
            Some(expected),
            "{address:#x}, and first begins at {CORE:#x}"
        );
    }
}

#[test]
fn the_last_function_ends_with_the_pages_of_the_text() {
    let names = with(&[("only", TEXT_SECTION, 0x10)]);
    assert_eq!(
        name_of(&names, CORE + 0x20).as_deref(),
        Some("only+0x10/0xff0 [hello]"),
        "no symbol follows, so the end of the text is its end; the kernel does not look at st_size"
    );
}

#[test]
fn an_address_before_every_symbol_has_no_name() {
    let names = with(&[("only", TEXT_SECTION, 0x10)]);
    assert_eq!(name_of(&names, CORE + 0xf), None, "nothing lies before it");
    assert_eq!(name_of(&with(&[]), CORE), None, "a module without symbols: the oops prints the bare address");
}

#[test]
fn of_two_names_for_one_address_the_first_in_the_table_is_given() {
    let names = with(&[("zebra", TEXT_SECTION, 8), ("alias", TEXT_SECTION, 8)]);
    assert_eq!(
        name_of(&names, CORE + 9).as_deref(),
        Some("zebra+0x1/0xff8 [hello]"),
        "`thisval > bestval`: an equal one does not win"
    );
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
    assert_eq!(
        name_of(&names, CORE + 0x20).as_deref(),
        Some("function+0x20/0x1000 [hello]"),
        "is_arm_mapping_symbol, and no empty names: neither do they end a function"
    );
}

#[test]
fn names_that_only_resemble_marks_are_names() {
    for name in ["$b", "$ab", ".text_begin", "L1", "$"] {
        let names = with(&[(name, TEXT_SECTION, 8)]);
        assert_eq!(name_of(&names, CORE + 8), Some(format!("{name}+0x0/0xff8 [hello]")), "{name} is a name");
    }
}

#[test]
fn what_is_wanted_from_elsewhere_names_nothing_here() {
    let mut builder = program();
    builder.symbol("elsewhere", WANTED, 0, 0, 0);
    let names = kallsyms_of(&builder);
    assert_eq!(name_of(&names, 0xf00), None, "SHN_UNDEF: the value is an address in somebody else");
}

#[test]
fn behind_the_text_the_size_is_a_negative_number() {
    let names = with(&[("variable", DATA_SECTION, 0)]);
    let size = (CORE + 0x1000).wrapping_sub(DATA_START);
    assert_eq!(
        name_of(&names, DATA_START + 4),
        Some(format!("variable+0x4/{size:#x} [hello]")),
        "nextval is the end of the text, which lies before the variable; Linux 6.1 subtracts all the same"
    );
}

#[test]
fn functions_of_init_end_with_the_text_of_init() {
    let names = with(&[("start", INIT_SECTION, 0), ("function", TEXT_SECTION, 0)]);
    assert_eq!(name_of(&names, INIT + 4).as_deref(), Some("start+0x4/0x1000 [hello]"), "within_module_init");
    assert_eq!(
        name_of(&names, CORE + 4).as_deref(),
        Some("function+0x4/0x1000 [hello]"),
        "the next symbol lies in the init part, farther away than the end of the core part's text"
    );
}

#[test]
fn before_the_first_function_of_init_the_limit_is_that_of_init_already() {
    let names = with(&[("function", TEXT_SECTION, 0), ("start", INIT_SECTION, 0x10)]);
    assert_eq!(
        name_of(&names, INIT + 4).as_deref(),
        Some("function+0x100004/0x100010 [hello]"),
        "within_module_init asks of the address; the symbol may lie far before it, in the other part"
    );
}

#[test]
fn a_name_longer_than_the_kernels_buffer_is_cut_off() {
    let name = "n".repeat(600);
    let names = with(&[(&name, TEXT_SECTION, 0)]);
    assert_eq!(
        name_of(&names, CORE),
        Some(format!("{}+0x0/0x1000 [hello]", "n".repeat(511))),
        "KSYM_NAME_LEN counts the NUL"
    );
}

#[test]
fn a_symbol_of_the_value_0_names_nothing() {
    let mut builder = program();
    builder.symbol("nought", FUNCTION, ABS, 0, 0);
    let names = kallsyms_of(&builder);
    assert_eq!(
        name_of(&names, 5),
        None,
        "the kernel's best value is 0 from the start, and only a greater one wins"
    );
}

#[test]
fn the_next_symbol_ends_a_function_even_if_its_name_is_the_same() {
    let names =
        with(&[("twin", TEXT_SECTION, 0x40), ("twin", TEXT_SECTION, 0x10), ("later", TEXT_SECTION, 0x80)]);
    assert_eq!(
        name_of(&names, CORE + 0x12).as_deref(),
        Some("twin+0x2/0x30 [hello]"),
        "the next greater value ends it, wherever in the table that symbol stands"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

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
        prop_assert_eq!(name_of(&with(&symbols), CORE + at), expected, "the kernel walks over the whole table: {:#x}", at);
    }
}
