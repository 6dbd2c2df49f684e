//! Checks of the ELF header and of each section by itself that Linux 6.1 does not make.
//! Compare kernel/module/main.c: layout_sections and module_get_offset, which trust all this.

use std::ops::Range;

use abi::{LoadError, Stricter};
use goblin::elf::header::{EI_CLASS, EI_DATA, ELFCLASS64, ELFDATA2LSB, SIZEOF_IDENT};
use goblin::elf::section_header::SHT_NULL;
use goblin::elf64::header::SIZEOF_EHDR;
use goblin::elf64::section_header::SIZEOF_SHDR;

use super::require;
use crate::load_info::LoadInfo;
use crate::records::Headers;
use crate::section::Section;

/// The largest power of two that the kernel's 32 bits can hold; bytes.
const LARGEST_ALIGNMENT: u64 = 1 << 31;

/// What the sections of one module may take in memory; bytes. It is far more than there is room for, and far enough
/// below 4 GiB for all the padding between sections.
const SIZE_LIMIT: u64 = 3 << 30;

/// Checks the ELF header and every section by itself.
///
/// # Errors
/// ENOEXEC, by a rule of [`Stricter`].
pub fn check_sections(headers: &Headers, sections: &[Section], info: &LoadInfo) -> Result<(), LoadError> {
    check_ident(&headers.file.e_ident)?;
    let names = sections.get(usize::from(headers.file.e_shstrndx)).map_or(0, |names| names.size);
    for (number, header) in headers.sections.iter().enumerate().skip(1) {
        require(Stricter::SectionName, u64::from(header.sh_name) < names, || {
            format!("the name of section {number} is outside the table of names")
        })?;
    }
    for (number, section) in sections.iter().enumerate().filter(|(_, section)| section.is_alloc()) {
        require(Stricter::NullSection, section.kind != SHT_NULL, || {
            format!("section {number} has no kind but is to be loaded")
        })?;
        check_alignment(number, section)?;
    }
    // The symbols and their names are loaded too, whatever their flags say (layout_symtab).
    for number in [info.symbol_table, info.string_table] {
        sections.get(number).map_or(Ok(()), |section| check_alignment(number, section))?;
    }
    check_total_size(sections)?;
    check_overlap(headers, sections, info.this_module)
}

fn check_ident(e_ident: &[u8; SIZEOF_IDENT]) -> Result<(), LoadError> {
    let class = e_ident[EI_CLASS];
    require(Stricter::Class, class == ELFCLASS64, || {
        format!("the file's class is {class}, not {ELFCLASS64} (64-bit)")
    })?;
    let data = e_ident[EI_DATA];
    require(Stricter::ByteOrder, data == ELFDATA2LSB, || {
        format!("the byte order is {data}, not {ELFDATA2LSB} (little-endian)")
    })
}

fn check_alignment(number: usize, section: &Section) -> Result<(), LoadError> {
    let alignment = section.alignment;
    let sound = alignment == 0 || alignment.is_power_of_two() && alignment <= LARGEST_ALIGNMENT;
    require(Stricter::Alignment, sound, || {
        format!("section {number} ({}) wants an alignment of {alignment}", section.name)
    })
}

/// The sections with the padding before each must stay within what 32 bits can count.
fn check_total_size(sections: &[Section]) -> Result<(), LoadError> {
    let total = sections
        .iter()
        .filter(|section| section.is_alloc())
        .try_fold(0u64, |sum, section| sum.checked_add(section.size)?.checked_add(section.alignment));
    let sound = total.is_some_and(|total| total < SIZE_LIMIT);
    require(Stricter::TotalSize, sound, || "the sections to be loaded need 3 GiB or more".into())
}

/// The kernel writes into the section headers and into the struct module of its copy of the file, before it copies any section
/// from there. No other part may share bytes with them.
fn check_overlap(headers: &Headers, sections: &[Section], this_module: usize) -> Result<(), LoadError> {
    let range_of =
        |section: &Section| section.offset..section.offset.saturating_add(section.data.len() as u64);
    let table_size = (headers.sections.len() * SIZEOF_SHDR) as u64;
    let table = headers.file.e_shoff..headers.file.e_shoff.saturating_add(table_size);
    let this = sections.get(this_module).map(range_of).unwrap_or_default();

    let share = |one: &Range<u64>, other: &Range<u64>| {
        !one.is_empty() && !other.is_empty() && one.start < other.end && other.start < one.end
    };
    let numbered = sections.iter().map(range_of).enumerate();
    let others = numbered.chain([(sections.len(), 0..SIZEOF_EHDR as u64)]);
    for (number, part) in others {
        let written = match () {
            () if share(&part, &table) => "the section headers",
            () if number != this_module && share(&part, &this) => "struct module",
            () => continue,
        };
        let what = format!("the file from {:#x} to {:#x} shares bytes with {written}", part.start, part.end);
        return Err(LoadError::stricter(Stricter::Overlap, what));
    }
    Ok(())
}
