//! Checks of the sections that the loader reads as tables: names, `struct module`, modinfo, versions.
//! Newer kernels make some of them too (6.4: elf_validity_check, `.gnu.linkonce.this_module`).

use abi::offsets::{module as struct_module, modversion_info};
use abi::{LoadError, Stricter};
use goblin::elf::section_header::{SHT_PROGBITS, SHT_STRTAB};

use super::require;
use crate::load_info::{LoadInfo, MODULE_NAME_LEN};
use crate::section::Section;

/// Checks the sections that setup_load_info has found.
///
/// # Errors
/// ENOEXEC, by a rule of [`Stricter`].
pub fn check_tables(sections: &[Section], info: &LoadInfo) -> Result<(), LoadError> {
    let section = |number: usize| sections.get(number);
    let strings = section(info.string_table)
        .is_some_and(|strings| strings.kind == SHT_STRTAB && strings.data.last() == Some(&0));
    require(Stricter::StringTable, strings, || {
        format!(
            "section {} holds the symbols' names, but is no string table that ends in NUL",
            info.string_table
        )
    })?;
    section(info.this_module).map_or(Ok(()), check_this_module)?;
    info.modinfo.and_then(section).map_or(Ok(()), check_modinfo)?;
    info.versions.and_then(section).map_or(Ok(()), check_versions)
}

fn check_this_module(section: &Section) -> Result<(), LoadError> {
    let kind = section.kind;
    require(Stricter::ThisModule, kind == SHT_PROGBITS, || {
        format!("struct module is in a section of type {kind}")
    })?;
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

fn check_versions(section: &Section) -> Result<(), LoadError> {
    let records = section.data.chunks_exact(modversion_info::SIZE);
    let whole = records.remainder().is_empty() && section.size == section.data.len() as u64;
    require(Stricter::Versions, whole, || {
        format!("__versions is not made of records of {} bytes", modversion_info::SIZE)
    })?;
    let ended = |record: &[u8]| record.get(modversion_info::NAME..).is_some_and(|name| name.contains(&0));
    match records.enumerate().find(|(_, record)| !ended(record)) {
        None => Ok(()),
        Some((number, _)) => Err(LoadError::stricter(
            Stricter::Versions,
            format!("the name in record {number} of __versions has no end"),
        )),
    }
}
