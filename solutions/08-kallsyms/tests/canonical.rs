//! The compressed names of a small kernel, as `scripts/kallsyms` of Linux 6.1 writes them for the same list.

use std::fmt::Write;

use kallsyms::{Names, Vmlinux};

/// In the order of their addresses; the letters are those of `nm`.
const SYMBOLS: [(char, &str); 20] = [
    ('T', "_text"),
    ('T', "module_put"),
    ('T', "try_module_get"),
    ('T', "__module_get"),
    ('t', "module_unload_free"),
    ('T', "module_refcount"),
    ('t', "resolve_symbol"),
    ('t', "simplify_symbols"),
    ('t', "layout_sections"),
    ('t', "layout_symtab"),
    ('t', "find_kallsyms_symbol"),
    ('T', "module_kallsyms_lookup_name"),
    ('T', "kallsyms_lookup_name"),
    ('t', "kallsyms_expand_symbol"),
    ('t', "get_symbol_offset"),
    ('T', "register_module_notifier"),
    ('T', "unregister_module_notifier"),
    ('D', "module_ktype"),
    ('d', "modules"),
    ('B', "_end"),
];

#[test]
fn the_compressed_names_of_a_small_kernel() {
    let names = Names::new(SYMBOLS.iter().map(|&(letter, name)| (letter, name.as_bytes()))).unwrap();
    let mut text = String::new();
    for code in 0..=u8::MAX {
        let token = names.tokens.text(code);
        if !token.is_empty() && token != [code] {
            writeln!(text, "{code:02x} {}", String::from_utf8_lossy(token)).unwrap();
        }
    }
    let mut start = 0;
    for symbol in names.iter() {
        writeln!(text, "{:02x?} {} {}", &names.stream[start..symbol.next], symbol.letter, symbol.name)
            .unwrap();
        start = symbol.next;
    }
    let symbols = SYMBOLS.iter().zip(0..).map(|(&(letter, name), address)| (address, letter, name.into()));
    writeln!(text, "{:?}", Vmlinux::new(symbols).unwrap().sizes()).unwrap();
    insta::assert_snapshot!(text);
}
