//! Sections of an ELF file by name, as kmod's tools look them up: no verdict is passed, and any
//! architecture will do, because a module need not be for the machine that describes it.

use abi::{Errno, LoadError};
use bstr::BStr;
use goblin::container::Ctx;
use goblin::elf::section_header::{SHT_NOBITS, SHT_NULL, SectionHeader};
use goblin::elf::{Elf, Header};

use crate::records::{cstr, range};
use crate::validity::elf_validity_check;

/// An ELF file of any class, byte order and architecture.
#[derive(Debug)]
pub struct AnyElf<'a> {
    bytes: &'a [u8],
    header: Header,
    sections: Vec<SectionHeader>,
}

impl<'a> AnyElf<'a> {
    /// Opens an ELF file; `bytes` may end in a signature.
    ///
    /// # Errors
    /// What the kernel says to it, where it is one for the kernel to refuse; else ENOEXEC with goblin's words.
    pub fn open(bytes: &'a [u8]) -> Result<AnyElf<'a>, LoadError> {
        let open = || {
            let header = Elf::parse_header(bytes)?;
            let context = Ctx::new(header.container()?, header.endianness()?);
            let (offset, count) = (header.e_shoff as usize, usize::from(header.e_shnum));
            let sections = SectionHeader::parse(bytes, offset, count, context)?;
            Ok::<_, goblin::error::Error>(AnyElf { bytes, header, sections })
        };
        open().map_err(|error| match elf_validity_check(bytes) {
            Err(refusal) => refusal,
            Ok(_) => LoadError::new(Errno::ENOEXEC, error.to_string()),
        })
    }

    /// The bytes of the first section of this name that lies inside the file.
    pub fn section(&self, name: &str) -> Option<&'a [u8]> {
        let names = self.data(self.sections.get(usize::from(self.header.e_shstrndx))?)?;
        let called = |section: &&SectionHeader| cstr(names, section.sh_name as u64) == Some(BStr::new(name));
        self.sections.iter().skip(1).filter(called).find_map(|section| self.data(section))
    }

    /// The bytes of a section by its number.
    pub fn section_number(&self, number: usize) -> Option<&'a [u8]> {
        self.data(self.sections.get(number)?)
    }

    /// The file is laid out as x86-64's are: 64-bit and little-endian.
    pub fn is_64_bit_little_endian(&self) -> bool {
        let little = self.header.endianness().is_ok_and(|order| order.is_little());
        little && self.header.container().is_ok_and(|container| container.is_big())
    }

    fn data(&self, section: &SectionHeader) -> Option<&'a [u8]> {
        let has_bytes = !matches!(section.sh_type, SHT_NULL | SHT_NOBITS);
        range(self.bytes, section.sh_offset, section.sh_size).filter(|_| has_bytes)
    }
}
