//! The checks that Linux 6.1 makes before it believes a word of an ELF file, in its order and with its
//! words. kernel/module/main.c, elf_validity_check.

use abi::{Errno, LoadError};
use goblin::elf::header::{ELFMAG, EM_X86_64, ET_REL};
use goblin::elf::section_header::{SHF_ALLOC, SHN_UNDEF, SHT_NOBITS, SHT_NULL, SHT_SYMTAB};
use goblin::elf64::{
    header::Header,
    section_header::{SIZEOF_SHDR, SectionHeader},
};

use crate::records::{Headers, file_header, range, record};

// ANCHOR: elf_validity_check
/// Refuses what Linux 6.1 refuses at first sight; `bytes` is the file without its signature.
///
/// # Errors
/// ENOEXEC with the kernel's line.
pub fn elf_validity_check(bytes: &[u8]) -> Result<Headers, LoadError> {
    let file = check_file_header(bytes)?;
    let sections = read_section_headers(bytes, &file)?;
    let names = check_section_name_table(bytes, &file, &sections)?;
    check_section_zero(&sections)?;
    for (number, section) in sections.iter().enumerate().skip(1) {
        check_section(bytes, number, section, sections.len(), names)?;
    }
    Ok(Headers { file, sections })
}
// ANCHOR_END: elf_validity_check

/// The ELF header at the start of the file; or the first of these refusals, in this order:
///
/// 1. The file is shorter than the header, so that [`file_header`] finds none:
///    `Invalid ELF header len {bytes in the file}`
/// 2. `e_ident` does not start with [`ELFMAG`] (the message ends in these four bytes, the first one raw):
///    `Invalid ELF header magic: != \x7fELF`
/// 3. `e_type` is not [`ET_REL`], which is 1:
///    `Invalid ELF header type: {e_type} != 1`
/// 4. `e_machine` is not [`EM_X86_64`]:
///    `Invalid architecture in ELF header: {e_machine}`
/// 5. `e_shentsize` is not [`SIZEOF_SHDR`]:
///    `Invalid ELF section header size`
///
/// No other field is looked at: what `e_ident` says of class and byte order is believed by nobody here.
fn check_file_header(bytes: &[u8]) -> Result<Header, LoadError> {
    // ANCHOR: task_check_file_header
    let Some(header) = file_header(bytes) else {
        return refuse(format!("Invalid ELF header len {}", bytes.len()));
    };
    if !header.e_ident.starts_with(ELFMAG) {
        return refuse("Invalid ELF header magic: != \x7fELF");
    }
    if header.e_type != ET_REL {
        return refuse(format!("Invalid ELF header type: {} != {ET_REL}", header.e_type));
    }
    if header.e_machine != EM_X86_64 {
        return refuse(format!("Invalid architecture in ELF header: {}", header.e_machine));
    }
    if usize::from(header.e_shentsize) != SIZEOF_SHDR {
        return refuse("Invalid ELF section header size");
    }
    Ok(header)
    // ANCHOR_END: task_check_file_header
}

/// The section headers, all of which must lie inside the file.
fn read_section_headers(bytes: &[u8], file: &Header) -> Result<Vec<SectionHeader>, LoadError> {
    let size = u64::from(file.e_shnum) * SIZEOF_SHDR as u64;
    let table = range(bytes, file.e_shoff, size).filter(|_| file.e_shoff < bytes.len() as u64);
    let Some(table) = table else {
        return refuse("Invalid ELF section header overflow");
    };
    Ok(table.chunks_exact(SIZEOF_SHDR).filter_map(|header| record(header, 0)).collect())
}

/// The size in bytes of the table of section names, which is section number `e_shstrndx`; or the first
/// of these refusals, in this order:
///
/// 1. The number is 0 ([`SHN_UNDEF`]), or there is no section of this number:
///    `Invalid ELF section name index: {number} || e_shstrndx ({number}) >= e_shnum ({e_shnum})`
/// 2. Its offset and size lead outside the file, so that [`range`] finds no bytes:
///    `Invalid ELF section hdr(type {sh_type})`
/// 3. Its size is 0:
///    `empty section name table`
/// 4. Its last byte is not NUL:
///    `ELF Spec violation: section name table isn't null terminated`
///
/// The kernel does not ask for the table's type: whatever it is, its bytes are where its offset and size say.
fn check_section_name_table(
    bytes: &[u8],
    file: &Header,
    sections: &[SectionHeader],
) -> Result<u64, LoadError> {
    // ANCHOR: task_check_section_name_table
    let index = file.e_shstrndx;
    let table = sections.get(usize::from(index)).filter(|_| u32::from(index) != SHN_UNDEF);
    let Some(table) = table else {
        let count = file.e_shnum;
        return refuse(format!(
            "Invalid ELF section name index: {index} || e_shstrndx ({index}) >= e_shnum ({count})"
        ));
    };
    let Some(names) = range(bytes, table.sh_offset, table.sh_size) else {
        return refuse(format!("Invalid ELF section hdr(type {})", table.sh_type));
    };
    match names.last() {
        None => refuse("empty section name table"),
        Some(0) => Ok(table.sh_size),
        Some(_) => refuse("ELF Spec violation: section name table isn't null terminated"),
    }
    // ANCHOR_END: task_check_section_name_table
}

/// Section 0 stands for "no section" and must be empty.
fn check_section_zero(sections: &[SectionHeader]) -> Result<(), LoadError> {
    match sections.first() {
        Some(zero) if (zero.sh_type, zero.sh_size, zero.sh_addr) == (SHT_NULL, 0, 0) => Ok(()),
        zero => {
            let kind = zero.map_or(SHT_NULL, |zero| zero.sh_type) as i32;
            refuse(format!("ELF Spec violation: section 0 type({kind})!=SH_NULL or non-zero len or addr"))
        }
    }
}

/// Any section but number 0. One of type [`SHT_NULL`] or [`SHT_NOBITS`] has no bytes in the file and is
/// accepted unseen. For any other the first of these refusals, in this order:
///
/// 1. It is an [`SHT_SYMTAB`], and its `sh_link` is 0 ([`SHN_UNDEF`]) or there is no section of this number:
///    `Invalid ELF sh_link!=SHN_UNDEF({sh_link}) or (sh_link({sh_link}) >= hdr->e_shnum({count})`
/// 2. Its offset and size lead outside the file, so that [`range`] finds no bytes:
///    `Invalid ELF section in module (section {number} type {sh_type})`
/// 3. It is to be loaded ([`SHF_ALLOC`] in `sh_flags`), and its name begins outside the table of names:
///    `Invalid ELF section name in module (section {number} type {sh_type})`
///
/// `count` is the number of sections, `names` the size of the table of names in bytes. The first line has a
/// parenthesis that nobody closes, and prints `sh_link` with `%d`: as a signed number of 32 bits.
fn check_section(
    bytes: &[u8],
    number: usize,
    section: &SectionHeader,
    count: usize,
    names: u64,
) -> Result<(), LoadError> {
    // ANCHOR: task_check_section
    let kind = section.sh_type;
    if kind == SHT_NULL || kind == SHT_NOBITS {
        return Ok(());
    }
    let link = section.sh_link;
    if kind == SHT_SYMTAB && (link == SHN_UNDEF || link as usize >= count) {
        let link = link as i32;
        return refuse(format!(
            "Invalid ELF sh_link!=SHN_UNDEF({link}) or (sh_link({link}) >= hdr->e_shnum({count})"
        ));
    }
    if range(bytes, section.sh_offset, section.sh_size).is_none() {
        return refuse(format!("Invalid ELF section in module (section {number} type {kind})"));
    }
    if section.sh_flags & u64::from(SHF_ALLOC) != 0 && u64::from(section.sh_name) >= names {
        return refuse(format!("Invalid ELF section name in module (section {number} type {kind})"));
    }
    Ok(())
    // ANCHOR_END: task_check_section
}

/// The refusal that every check here ends in: ENOEXEC and the kernel's line.
fn refuse<T>(message: impl Into<String>) -> Result<T, LoadError> {
    Err(LoadError::new(Errno::ENOEXEC, message))
}
