//! Canonical facts of the small module that the tests build: sections, symbols, relocations.

use std::fmt::Write;

use elf::Module;
use specimens::hello;

#[test]
fn a_module_in_full() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    let mut text = format!("{} ({})\n\nsections\n", module.name, module.this_module_name);
    for (number, section) in module.sections.iter().enumerate() {
        let alloc = if section.is_alloc() { 'A' } else { '-' };
        let write = if section.is_writable() { 'W' } else { '-' };
        let execute = if section.is_executable() { 'X' } else { '-' };
        let (name, kind, size) = (section.name.to_string(), section.kind, section.size);
        writeln!(text, "{number:2} {name:32} type {kind} {alloc}{write}{execute} {size} bytes")
            .expect("a string");
    }
    text.push_str("\nsymbols\n");
    for symbol in &module.symbols {
        let (binding, kind) = (symbol.binding(), symbol.kind());
        writeln!(
            text,
            "{:16} binding {binding} kind {kind} in {:#x}",
            symbol.name.to_string(),
            symbol.section
        )
        .expect("a string");
    }
    text.push_str("\nrelocations\n");
    for table in module.relocation_tables() {
        for rela in table.entries() {
            let (target, symbol) =
                (module.sections[table.target].name, module.symbols[rela.symbol as usize].name);
            let (offset, kind, addend) = (rela.offset, rela.kind, rela.addend);
            writeln!(text, "{target}+{offset:#x} type {kind} {symbol} {addend:+}").expect("a string");
        }
    }
    insta::assert_snapshot!(text);
}
