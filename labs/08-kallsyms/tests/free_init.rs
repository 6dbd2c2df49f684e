//! What remains of the names once init is gone.

use crate::common::{
    ABS, CORE, DATA, DATA_SECTION, DATA_START, Hex, INIT, INIT_SECTION, TEXT_SECTION,
    builder::{OBJECT, SHT_PROGBITS, Section, WANTED},
    kallsyms_of, program, with,
};

#[test]
fn once_init_is_freed_its_names_are_gone() {
    let mut names = with(&[("start", INIT_SECTION, 0), ("function", TEXT_SECTION, 0)]);
    names.free_init();
    assert_eq!(
        names.lookup_name("start".into()).map(Hex),
        None,
        "its memory may already hold something else"
    );
    assert_eq!(names.lookup_name("function".into()).map(Hex), Some(Hex(CORE)), "the core part stays");
}

#[test]
fn once_init_is_freed_what_was_wanted_is_forgotten() {
    let mut builder = program();
    builder.symbol("elsewhere", WANTED, 0, 0, 0);
    builder.symbol("absolute", OBJECT, ABS, 7, 0);
    builder.symbol("variable", OBJECT, DATA_SECTION, 0, 0);
    let mut names = kallsyms_of(&builder);
    names.free_init();
    let left: Vec<_> = names.iter().map(|symbol| symbol.name.to_string()).collect();
    assert_eq!(left, ["variable"], "is_core_symbol keeps what lies in sections of the core part");
}

#[test]
fn data_keeps_its_names_too() {
    let mut names = with(&[("variable", DATA_SECTION, 8)]);
    names.free_init();
    assert_eq!(
        names.lookup_name("variable".into()).map(Hex),
        Some(Hex(DATA_START + 8)),
        "CONFIG_KALLSYMS_ALL: not only functions are kept"
    );
}

#[test]
fn per_cpu_variables_keep_their_names() {
    let mut builder = program();
    let percpu = builder.section(Section::new(".data..percpu", SHT_PROGBITS, DATA, [0; 8]));
    builder.symbol("counter", OBJECT, percpu as u16, 4, 4);
    let mut names = kallsyms_of(&builder);
    names.free_init();
    assert_eq!(
        names.lookup_name("counter".into()).map(Hex),
        Some(Hex(0x34)),
        "each CPU keeps its copy as long as the module lives"
    );
}

#[test]
fn addresses_are_looked_up_among_what_remains() {
    let mut names = with(&[
        ("start", INIT_SECTION, 0),
        ("one", TEXT_SECTION, 0),
        ("early", INIT_SECTION, 8),
        ("two", TEXT_SECTION, 0x10),
    ]);
    names.free_init();
    assert_eq!(
        names.lookup_address(CORE + 0x14).map(|location| location.to_string()).as_deref(),
        Some("two+0x4/0xff0 [hello]"),
        "the symbols have new numbers: an old order would name the wrong ones"
    );
}

#[test]
fn an_address_of_freed_init_text_is_named_after_what_lies_before_it() {
    let mut names = with(&[("start", INIT_SECTION, 0), ("function", TEXT_SECTION, 0)]);
    names.free_init();
    assert_eq!(
        names.lookup_address(INIT + 4).map(|location| location.to_string()).as_deref(),
        Some("function+0x100004/0x1000 [hello]"),
        "find_kallsyms_symbol knows no upper limit for the offset, its caller asks first; and as the init part is no \
         more, the function ends with the core part's text"
    );
}

#[test]
fn lines_are_those_of_what_remains() {
    let mut names = with(&[("start", INIT_SECTION, 0), ("function", TEXT_SECTION, 0)]);
    names.free_init();
    let lines: Vec<_> = names.lines(|_| false).collect();
    assert_eq!(
        lines,
        ["0000000000100000 t function\t[hello]"],
        "as /proc/kallsyms shows a module that is live"
    );
}
