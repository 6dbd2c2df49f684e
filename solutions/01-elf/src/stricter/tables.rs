//! Checks of the sections that the loader reads as tables: names, `struct module`, modinfo, versions.
//! Newer kernels make some of them too (6.4: elf_validity_check, `.gnu.linkonce.this_module`).

use abi::offsets::module as struct_module;
use abi::{LoadError, Stricter};

use super::require;
use crate::load_info::{LoadInfo, MODULE_NAME_LEN};
use crate::section::Section;

/// Checks the sections that setup_load_info has found. What type they say they are, nobody asks.
///
/// # Errors
/// ENOEXEC, by a rule of [`Stricter`].
pub fn check_tables(sections: &[Section], info: &LoadInfo) -> Result<(), LoadError> {
    let section = |number: usize| sections.get(number);
    let strings = section(info.string_table).is_some_and(|strings| strings.data.last() == Some(&0));
    require(Stricter::StringTable, strings && info.string_table != info.symbol_table, || {
        format!("section {} holds the symbols' names, but does not end in NUL", info.string_table)
    })?;
    section(info.this_module).map_or(Ok(()), check_this_module)?;
    info.modinfo.and_then(section).map_or(Ok(()), check_modinfo)?;
    info.versions.and_then(section).map_or(Ok(()), check_versions)
}

fn check_this_module(section: &Section) -> Result<(), LoadError> {
    let (size, wanted) = (section.data.len(), struct_module::SIZE);
    require(Stricter::ThisModule, size >= wanted, || {
        format!("struct module has {size} bytes instead of {wanted}")
    })?;
    require(Stricter::ThisModule, section.is_writable(), || "struct module is not writable".into())?;
    let name = section.data.get(struct_module::NAME..struct_module::NAME + MODULE_NAME_LEN);
    require(Stricter::ThisModule, name.is_some_and(|name| name.contains(&0)), || {
        "the name in struct module has no end".into()
    })
}

fn check_modinfo(section: &Section) -> Result<(), LoadError> {
    require(Stricter::Modinfo, section.data.last() == Some(&0), || ".modinfo does not end in NUL".into())
}

/// A part of a record at the end is nobody's, and a name without an end is nobody's name: neither hurts.
fn check_versions(section: &Section) -> Result<(), LoadError> {
    let has_bytes = section.size == section.data.len() as u64;
    require(Stricter::Versions, has_bytes, || "__versions has no bytes".into())
}
