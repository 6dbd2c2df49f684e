//! The symbol table: what the module defines, and what it wants of others.
//! include/uapi/linux/elf.h, Elf64_Sym; read by kernel/module/main.c, simplify_symbols.

use bstr::BStr;
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf::sym::{STB_WEAK, st_bind, st_type};
use goblin::elf64::sym::{SIZEOF_SYM, Sym};

use crate::records::{cstr, record};

/// One symbol of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// The name; empty for sections' symbols.
    pub name: &'a BStr,
    /// `st_info`: binding (upper half) and kind (lower half).
    pub info: u8,
    /// `st_other`: the visibility, which the kernel ignores.
    pub other: u8,
    /// `st_shndx`: the section that it lies in, or SHN_UNDEF, SHN_ABS, SHN_COMMON.
    pub section: u16,
    /// `st_value`: the offset in its section.
    pub value: u64,
    /// `st_size`: bytes.
    pub size: u64,
}

impl Symbol<'_> {
    /// STB_LOCAL, STB_GLOBAL or STB_WEAK.
    pub fn binding(&self) -> u8 {
        st_bind(self.info)
    }

    /// STT_FUNC, STT_OBJECT, STT_SECTION, STT_FILE or STT_NOTYPE.
    pub fn kind(&self) -> u8 {
        st_type(self.info)
    }

    /// The module can do without it: where nobody exports it, it becomes 0.
    pub fn is_weak(&self) -> bool {
        self.binding() == STB_WEAK
    }

    /// Somebody else must have it.
    pub fn is_undefined(&self) -> bool {
        u32::from(self.section) == SHN_UNDEF
    }
}

/// The symbols in `table`, the bytes of a symbol table: one for each whole record of [`SIZEOF_SYM`] bytes,
/// in the order of the file, number 0 included. A part of a record at the end is ignored, as the kernel does.
///
/// `record` reads a [`Sym`]. Its `st_name` is where the name begins in `strings`; where [`cstr`] finds no
/// name there, it is read as empty (`stricter` refuses that later), but the symbol stays.
pub fn symbols<'a>(table: &[u8], strings: &'a [u8]) -> Vec<Symbol<'a>> {
    todo!("read every whole record of the table, and each name from the strings")
}
