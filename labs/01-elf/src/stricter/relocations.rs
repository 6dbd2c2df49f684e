//! Checks of the relocations that Linux 6.1 does not make: it writes where they say.
//! Compare arch/x86/kernel/module.c, apply_relocate_add.

use abi::{LoadError, Stricter};
use goblin::elf::reloc::{
    R_X86_64_32, R_X86_64_32S, R_X86_64_64, R_X86_64_PC32, R_X86_64_PC64, R_X86_64_PLT32,
};
use goblin::elf::section_header::SHT_RELA;

use super::require;
use crate::load_info::LoadInfo;
use crate::relocation::{Rela, RelocationTable};
use crate::section::Section;

/// Checks every relocation that the kernel would apply; `symbols` is the number of symbols.
///
/// # Errors
/// ENOEXEC, by a rule of [`Stricter`].
pub fn check_relocations(
    sections: &[Section],
    tables: &[RelocationTable],
    symbols: usize,
    info: &LoadInfo,
) -> Result<(), LoadError> {
    for section in sections.iter().filter(|section| section.kind == SHT_RELA) {
        let patches_symbols = [info.symbol_table, info.string_table].contains(&(section.info as usize));
        require(Stricter::RelocationTarget, !patches_symbols, || {
            format!("{} patches the symbols", section.name)
        })?;
    }
    for table in tables {
        let name = sections.get(table.section).map(|section| section.name).unwrap_or_default();
        let size = sections.get(table.target).map_or(0, |section| section.size);
        for (number, rela) in table.entries().enumerate() {
            require(Stricter::RelocationSymbol, (rela.symbol as usize) < symbols, || {
                format!("relocation {number} of {name} is by symbol {}, of {symbols}", rela.symbol)
            })?;
            require(Stricter::RelocationPlace, is_inside(&rela, size), || {
                format!("relocation {number} of {name} is for {:#x}, of {size:#x} bytes", rela.offset)
            })?;
        }
    }
    Ok(())
}

/// The bytes to be patched lie inside a section of `size` bytes. A kind that nobody knows is refused
/// later, when it is applied, with the kernel's words, wherever its place is.
fn is_inside(rela: &Rela, size: u64) -> bool {
    let width = match rela.kind {
        R_X86_64_32 | R_X86_64_32S | R_X86_64_PC32 | R_X86_64_PLT32 => 4,
        R_X86_64_64 | R_X86_64_PC64 => 8,
        _ => return true, // R_X86_64_NONE, and what is not applied
    };
    rela.offset.checked_add(width).is_some_and(|end| end <= size)
}
