//! Checks of the symbols that Linux 6.1 does not make.
//! Compare kernel/module/main.c, simplify_symbols, which adds each value to its section's address.

use abi::{LoadError, Stricter};
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf64::sym::SIZEOF_SYM;

use super::require;
use crate::records::record;
use crate::section::Section;
use crate::symbol::Symbol;

/// Checks `symbols`, which were read from `table` with their names from `strings`.
///
/// # Errors
/// ENOEXEC, by a rule of [`Stricter`].
pub fn check_symbols(
    sections: &[Section],
    symbols: &[Symbol],
    table: &[u8],
    strings: &[u8],
) -> Result<(), LoadError> {
    for (number, (symbol, raw)) in symbols.iter().zip(table.chunks_exact(SIZEOF_SYM)).enumerate() {
        let st_name = record::<u32>(raw, 0).unwrap_or_default();
        require(Stricter::SymbolName, (st_name as usize) < strings.len(), || {
            format!("the name of symbol {number} is outside the string table")
        })?;
        check_value(sections, symbol)?;
    }
    Ok(())
}

/// A symbol may lie at the end of its section (it marks the end, then), but not beyond. Section numbers
/// out of range are for simplify_symbols to refuse.
fn check_value(sections: &[Section], symbol: &Symbol) -> Result<(), LoadError> {
    if u32::from(symbol.section) == SHN_UNDEF {
        return Ok(());
    }
    match sections.get(usize::from(symbol.section)) {
        Some(section) if symbol.value > section.size => Err(LoadError::stricter(
            Stricter::SymbolValue,
            format!(
                "{} lies at {:#x} of {}, which has {:#x} bytes",
                symbol.name, symbol.value, section.name, section.size
            ),
        )),
        _ => Ok(()),
    }
}
