//! Reading ELF's records out of untrusted bytes: goblin knows their shapes (include/uapi/linux/elf.h),
//! scroll checks every read against the length of the file.

use bstr::{BStr, ByteSlice};
use goblin::elf::header::{EI_DATA, ELFDATA2LSB};
use goblin::elf64::header::{Header, SIZEOF_EHDR};
use goblin::elf64::section_header::SectionHeader;
use scroll::ctx::TryFromCtx;
use scroll::{Endian, LE, Pread};

/// What elf_validity_check has found to be sound: the ELF header and the table of section headers.
#[derive(Debug, Clone)]
pub struct Headers {
    /// The ELF header at the start of the file.
    pub file: Header,
    /// The section headers, in file order; number 0 is the empty one.
    pub sections: Vec<SectionHeader>,
}

/// The ELF header, or `None` where the file is too short to have one. The kernel reads it little-endian
/// whatever it says of itself; goblin would obey `e_ident[EI_DATA]`, so it is shown what it must see.
pub(crate) fn file_header(bytes: &[u8]) -> Option<Header> {
    let mut copy = *bytes.first_chunk::<SIZEOF_EHDR>()?;
    let claimed = std::mem::replace(&mut copy[EI_DATA], ELFDATA2LSB);
    let mut header: Header = copy.pread_with(0, LE).ok()?;
    header.e_ident[EI_DATA] = claimed;
    Some(header)
}

/// The record at `offset`, little-endian as x86-64 has it, or `None` where `bytes` end before it does.
pub(crate) fn record<'a, T>(bytes: &'a [u8], offset: u64) -> Option<T>
where
    T: TryFromCtx<'a, Endian, Error = scroll::Error>,
{
    bytes.pread_with(usize::try_from(offset).ok()?, LE).ok()
}

// ANCHOR: range
/// The `size` bytes from `offset` on, or `None` where the file has not so many or the sum overflows.
pub(crate) fn range(bytes: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let end = offset.checked_add(size)?;
    bytes.get(usize::try_from(offset).ok()?..usize::try_from(end).ok()?)
}
// ANCHOR_END: range

/// The string that begins at `offset` of a string table, without its NUL; `None` where `offset` lies
/// outside or no NUL follows.
pub fn cstr(table: &[u8], offset: u64) -> Option<&BStr> {
    let rest = table.get(usize::try_from(offset).ok()?..)?;
    rest.find_byte(0).and_then(|end| rest.get(..end)).map(BStr::new)
}
