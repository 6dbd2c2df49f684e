//! The lines of `/proc/kallsyms`.

use kallsyms::Ksym;

use crate::common::{
    DATA_SECTION, TEXT_SECTION,
    builder::{Builder, FUNCTION, LOCAL_FUNCTION, OBJECT, SECTION, WANTED},
    kallsyms_of, program,
};

/// The lines of a module that exports one symbol.
fn lines(builder: &Builder, exported: &str) -> Vec<String> {
    kallsyms_of(builder).lines(|symbol| symbol.name == exported).collect()
}

#[test]
fn a_line_is_address_letter_name_and_module() {
    let mut builder = program();
    builder.symbol("function", LOCAL_FUNCTION, TEXT_SECTION, 0x20, 0);
    assert_eq!(
        lines(&builder, ""),
        ["0000000000100020 t function\t[hello]"],
        "programs read these lines: sixteen digits, one space, a tab before the module"
    );
}

#[test]
fn exported_symbols_have_capital_letters() {
    let mut builder = program();
    builder.symbol("function", FUNCTION, TEXT_SECTION, 0, 0);
    builder.symbol("variable", OBJECT, DATA_SECTION, 0, 0);
    assert_eq!(
        lines(&builder, "function"),
        ["0000000000100000 T function\t[hello]", "0000000000101380 d variable\t[hello]"],
        "s_show asks whether it is exported; a global symbol alone is not"
    );
}

#[test]
fn what_is_wanted_is_listed_in_small_letters_while_init_runs() {
    let mut builder = program();
    builder.symbol("elsewhere", WANTED, 0, 0, 0);
    assert_eq!(
        lines(&builder, ""),
        ["0000000000000f00 u elsewhere\t[hello]"],
        "elf_type says U, and s_show takes tolower of what is not exported"
    );
}

#[test]
fn lines_come_in_the_order_of_the_table() {
    let mut builder = program();
    for (name, value) in [("z", 8), ("a", 0), ("m", 4)] {
        builder.symbol(name, FUNCTION, TEXT_SECTION, value, 0);
    }
    assert_eq!(
        lines(&builder, ""),
        ["0000000000100008 t z\t[hello]", "0000000000100000 t a\t[hello]", "0000000000100004 t m\t[hello]"],
        "the kernel sorts neither by name nor by address"
    );
}

#[test]
fn symbols_without_names_have_no_lines() {
    let mut builder = program();
    builder.symbol("", SECTION, TEXT_SECTION, 0, 0);
    builder.symbol("function", FUNCTION, TEXT_SECTION, 0, 0);
    assert_eq!(
        lines(&builder, ""),
        ["0000000000100000 t function\t[hello]"],
        "s_show passes over empty names: every section has such a symbol"
    );
}

#[test]
fn a_letter_that_is_no_letter_stays_as_it_is() {
    let listed = Ksym { name: "odd".into(), value: u64::MAX, letter: '?' };
    let names = kallsyms_of(&program());
    assert_eq!(
        [true, false].map(|is_exported| names.line(&listed, is_exported)),
        ["ffffffffffffffff ? odd\t[hello]"; 2],
        "there is no capital question mark"
    );
}
