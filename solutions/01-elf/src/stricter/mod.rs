//! What this loader refuses and Linux 6.1 does not, because 6.1 is hurt by it.
use crate::{Headers, LoadInfo, Section, Symbol};
use abi::LoadError;
/// Sections.
pub fn check_sections(_: &Headers, _: &[Section], _: &LoadInfo) -> Result<(), LoadError> {
    Ok(())
}
/// Symbols.
pub fn check_symbols(_: &[Section], _: &[Symbol], _: &[u8], _: &[u8]) -> Result<(), LoadError> {
    Ok(())
}
/// Relocations.
pub fn check_relocations(_: &[Section], _: usize) -> Result<(), LoadError> {
    Ok(())
}
