//! What every kind of relocation makes of a few symbols, as a table.

use std::fmt::Write;

use elf::Rela;
use relocate::x86_64::apply_relocate_add;

const KINDS: [(u32, &str); 7] =
    [(0, "NONE"), (1, "64"), (2, "PC32"), (4, "PLT32"), (10, "32"), (11, "32S"), (24, "PC64")];

#[test]
fn every_kind_against_a_few_symbols() {
    let mut text = String::new();
    for symbol in [0x1000_0100, 0x7fff_fffc, 0xffff_ffff_8100_0000] {
        for (kind, name) in KINDS {
            let mut section = [0; 8];
            let entry = Rela { offset: 0, kind, symbol: 0, addend: -4 };
            let result =
                apply_relocate_add(&mut section, 0x1000_0000, std::iter::once(entry), &[symbol], "m".into());
            let bytes: String = section.iter().map(|byte| format!("{byte:02x} ")).collect();
            let outcome = result.map_or_else(|refusal| refusal.to_string(), |()| bytes);
            writeln!(text, "{symbol:#018x} {name:5} {}", outcome.trim_end()).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}
