//! Sections as the loader sees them: the fields of the header, the name and the bytes.
//! include/uapi/linux/elf.h, Elf64_Shdr; kernel/module/main.c, find_sec.

use bstr::BStr;
use goblin::elf::section_header::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_NULL};
use goblin::elf64::section_header::SectionHeader;

use crate::records::{Headers, cstr, range};

/// One section of a module. All offsets and sizes are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section<'a> {
    /// The name, such as `.text`; empty where the header points outside the table of names.
    pub name: &'a BStr,
    /// `sh_type`: what the section holds.
    pub kind: u32,
    /// `sh_flags`: SHF_ALLOC, SHF_WRITE, SHF_EXECINSTR and others.
    pub flags: u64,
    /// `sh_addr`: zero in a file that is still to be placed; the kernel overwrites it.
    pub address: u64,
    /// `sh_offset`: where the bytes begin in the file.
    pub offset: u64,
    /// `sh_size`: how many bytes it takes in memory.
    pub size: u64,
    /// `sh_link`: another section, which one depends on `kind`.
    pub link: u32,
    /// `sh_info`: for relocations, the section to be patched.
    pub info: u32,
    /// `sh_addralign`: a power of two; 0 means 1.
    pub alignment: u64,
    /// `sh_entsize`: the size of a record; the kernel does not look at it.
    pub entry_size: u64,
    /// The bytes in the file; empty for NOBITS (such as `.bss`) and NULL.
    pub data: &'a [u8],
}

impl<'a> Section<'a> {
    /// The section is to be loaded: it has memory at run time.
    pub fn is_alloc(&self) -> bool {
        self.flags & u64::from(SHF_ALLOC) != 0
    }

    /// The section is to be written to at run time.
    pub fn is_writable(&self) -> bool {
        self.flags & u64::from(SHF_WRITE) != 0
    }

    /// The section holds instructions.
    pub fn is_executable(&self) -> bool {
        self.flags & u64::from(SHF_EXECINSTR) != 0
    }

    /// The section has no bytes in the file and starts as zeroes in memory.
    pub fn is_nobits(&self) -> bool {
        self.kind == SHT_NOBITS
    }

    fn new(bytes: &'a [u8], names: &'a [u8], header: &SectionHeader) -> Section<'a> {
        let has_bytes = !matches!(header.sh_type, SHT_NOBITS | SHT_NULL);
        let data = range(bytes, header.sh_offset, header.sh_size).filter(|_| has_bytes);
        Section {
            name: cstr(names, header.sh_name.into()).unwrap_or_default(),
            kind: header.sh_type,
            flags: header.sh_flags,
            address: header.sh_addr,
            offset: header.sh_offset,
            size: header.sh_size,
            link: header.sh_link,
            info: header.sh_info,
            alignment: header.sh_addralign,
            entry_size: header.sh_entsize,
            data: data.unwrap_or_default(),
        }
    }
}

/// Every section of a file whose `headers` have passed elf_validity_check, in file order.
pub fn sections<'a>(bytes: &'a [u8], headers: &Headers) -> Vec<Section<'a>> {
    let names = headers.sections.get(usize::from(headers.file.e_shstrndx));
    let names = names.and_then(|names| range(bytes, names.sh_offset, names.sh_size)).unwrap_or_default();
    headers.sections.iter().map(|header| Section::new(bytes, names, header)).collect()
}

/// The number of the first section of this name among those to be loaded: for the kernel, a cleared
/// ALLOC flag means "ignore it".
pub fn find_sec(sections: &[Section], name: impl AsRef<[u8]>) -> Option<usize> {
    let name = BStr::new(name.as_ref());
    sections.iter().skip(1).position(|section| section.is_alloc() && section.name == name).map(|at| at + 1)
}
