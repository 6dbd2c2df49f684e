//! Modules with chosen sections, and where those went.

pub use specimens as builder;

pub use specimens::Hex;

use elf::Module;
use layout::{Layout, Placement, Position};
use specimens::{Builder, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_PROGBITS, Section, hello};

pub const TEXT: u64 = SHF_ALLOC | SHF_EXECINSTR;
pub const DATA: u64 = SHF_ALLOC | SHF_WRITE;

/// Only what every module must have; number 1 is `.modinfo`, number 2 `.gnu.linkonce.this_module`, 896 bytes of
/// writable data.
pub fn bare() -> Builder {
    let unneeded = [".text", ".rela.text", ".rela.gnu.linkonce.this_module", "__versions", ".bss"];
    let mut builder = unneeded.into_iter().fold(hello(), Builder::without);
    builder.symbols.truncate(1);
    builder
}

/// A bare module with these sections, from number 3 on: name, flags, size, alignment.
pub fn module_of(sections: &[(&str, u64, usize, u64)]) -> Vec<u8> {
    let mut builder = bare();
    for &(name, flags, size, alignment) in sections {
        let section = Section::new(name, SHT_PROGBITS, flags, vec![0x11; size]);
        builder.section(Section { alignment, ..section });
    }
    builder.build()
}

pub fn parse(file: &[u8]) -> Module<'_> {
    Module::parse(file).expect("a sound file")
}

/// The layout of a bare module with these sections.
pub fn lay_out(sections: &[(&str, u64, usize, u64)]) -> Layout {
    Layout::of(&parse(&module_of(sections))).expect("a layout")
}

/// Part and offset of the section called `name`, which may have lost its ALLOC flag.
pub fn place(module: &Module, layout: &Layout, name: &str) -> Option<(Position, Hex)> {
    let number =
        module.sections.iter().position(|section| section.name == name).expect("it has that section");
    layout.placement(number).map(|Placement { part, offset }| (part, Hex(offset)))
}
