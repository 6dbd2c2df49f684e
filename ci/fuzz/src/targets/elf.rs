//! A module's file, as far as it can be read without a kernel.

use elf::{AnyElf, ModinfoStyle, Module, modinfo_text};

use crate::{Target, modules};

pub(super) const TARGET: Target = Target {
    name: "elf",
    about: "a module's file: headers, tables, signature, what modinfo prints",
    is_module: true,
    run,
    seeds: modules::sound_and_damaged,
};

fn run(data: &[u8]) {
    let _ = AnyElf::open(data);
    let _ = modinfo_text("module.ko", data, ModinfoStyle { field: None, end: b'\n' });
    let Ok(module) = Module::parse(data) else { return };
    // What has passed every check can be used without any.
    for table in module.relocation_tables() {
        for rela in table.entries() {
            assert!((rela.symbol as usize) < module.symbols.len(), "{rela:?}");
        }
    }
    for symbol in &module.symbols {
        let _ = (symbol.binding(), symbol.kind(), symbol.name);
    }
}
