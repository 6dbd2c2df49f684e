//! The value of a name.

use kallsyms::Kallsyms;

use crate::common::{
    ABS, CORE, DATA_SECTION, DATA_START, Hex, INIT, INIT_SECTION, TEXT_SECTION,
    builder::{LOCAL_FUNCTION, OBJECT, WANTED},
    kallsyms_of, program, with,
};

fn value(names: &Kallsyms, name: &str) -> Option<Hex> {
    names.lookup_name(name.into()).map(Hex)
}

#[test]
fn a_name_has_the_value_that_relocation_gave_it() {
    let names = with(&[("function", TEXT_SECTION, 0x20), ("start", INIT_SECTION, 4)]);
    assert_eq!(
        value(&names, "function"),
        Some(Hex(CORE + 0x20)),
        "the address, and not the offset in the file"
    );
    assert_eq!(value(&names, "start"), Some(Hex(INIT + 4)), "init is still there");
}

#[test]
fn local_symbols_and_data_are_found_too() {
    let mut builder = program();
    builder.symbol("helper", LOCAL_FUNCTION, TEXT_SECTION, 8, 0);
    builder.symbol("variable", OBJECT, DATA_SECTION, 8, 0);
    let names = kallsyms_of(&builder);
    assert_eq!(value(&names, "helper"), Some(Hex(CORE + 8)), "kallsyms knows more than what is exported");
    assert_eq!(value(&names, "variable"), Some(Hex(DATA_START + 8)), "CONFIG_KALLSYMS_ALL: data too");
}

#[test]
fn a_name_must_be_equal_to_the_last_letter() {
    let names = with(&[("function_two", TEXT_SECTION, 0x20)]);
    for name in ["function", "function_two_", "Function_two", "unction_two"] {
        assert_eq!(value(&names, name), None, "{name}: the kernel compares with strcmp");
    }
}

#[test]
fn of_several_symbols_of_one_name_the_first_in_the_table_counts() {
    let names = with(&[("twin", TEXT_SECTION, 0x20), ("twin", TEXT_SECTION, 0x10)]);
    assert_eq!(
        value(&names, "twin"),
        Some(Hex(CORE + 0x20)),
        "two files of one module may each have a static function of that name: the table's order decides"
    );
}

#[test]
fn what_is_wanted_from_elsewhere_is_somebody_elses() {
    let mut builder = program();
    builder.symbol("elsewhere", WANTED, 0, 0, 0);
    let names = kallsyms_of(&builder);
    assert_eq!(value(&names, "elsewhere"), None, "SHN_UNDEF: this module does not have it");
}

#[test]
fn an_undefined_symbol_does_not_hide_a_defined_one() {
    let mut builder = program();
    builder.symbol("both", WANTED, 0, 0, 0);
    builder.symbol("both", LOCAL_FUNCTION, TEXT_SECTION, 8, 0);
    let names = kallsyms_of(&builder);
    assert_eq!(
        value(&names, "both"),
        Some(Hex(CORE + 8)),
        "an undefined symbol is passed over, and the walk goes on behind it"
    );
}

#[test]
fn an_absolute_symbol_is_found_even_where_its_value_is_zero() {
    let mut builder = program();
    builder.symbol("nought", OBJECT, ABS, 0, 0);
    let names = kallsyms_of(&builder);
    assert_eq!(value(&names, "nought"), Some(Hex(0)), "the kernel returns 0 for it, and for `no such name`");
}
