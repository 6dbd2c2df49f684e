//! `__versions`: for each symbol that a module uses, the CRC that the symbol had when the module was
//! built. Records of `struct modversion_info`, include/linux/module.h.

use abi::offsets::modversion_info;
use bstr::{BStr, ByteSlice};
use elf::Module;

use crate::names::{Name, NameIndex};

/// A module's `__versions`, ready for look-up.
#[derive(Debug, Clone)]
pub struct Versions<'a> {
    records: &'a [[u8; modversion_info::SIZE]],
    index: NameIndex,
}

impl<'a> Versions<'a> {
    /// The records in `data`; a trailing part of a record is ignored, as the kernel does.
    pub fn new(data: &'a [u8]) -> Versions<'a> {
        let (records, _) = data.as_chunks();
        let index = NameIndex::new(records.iter().map(name));
        Versions { records, index }
    }

    /// The versions of `module`; `None` where it has no `__versions` to be loaded.
    pub fn of(module: &Module<'a>) -> Option<Versions<'a>> {
        let section = module.sections.get(module.versions?)?;
        Some(Versions::new(section.data))
    }

    /// Every name with its CRC, in file order. The kernel declares the CRC as an `unsigned long`, so all 64
    /// bits of it must agree with the exporter's 32.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'a BStr, u64)> + use<'a> {
        self.records.iter().map(|record| (name(record), crc(record)))
    }

    /// The CRC recorded for `symbol`, all 64 bits of it, or `None` where it is not listed. Where it is listed
    /// twice, the first one counts.
    ///
    /// `self.index` finds the numbers of the records whose names have the right hash, lowest first; it asks
    /// back whether a record's name really is the one ([`NameIndex::find`]).
    pub fn get(&self, symbol: &Name) -> Option<u64> {
        todo!("find the first record of that name and return its number")
    }
}

/// The name in a record, up to its NUL. One that fills the field to the end has none: the kernel would read
/// on into the next record, we stop.
fn name(record: &[u8; modversion_info::SIZE]) -> &BStr {
    let field = record.get(modversion_info::NAME..).unwrap_or_default();
    BStr::new(field.split_str("\0").next().unwrap_or_default())
}

fn crc(record: &[u8; modversion_info::SIZE]) -> u64 {
    record.first_chunk().map_or(0, |crc| u64::from_le_bytes(*crc))
}
