//! Reading a module's exports out of its finished memory: `__ksymtab` and `__kcrctab`, and their GPL-only
//! siblings. Records of `struct kernel_symbol`, include/linux/export.h; `kernel/module/main.c,
//! find_module_sections`.

use abi::offsets::kernel_symbol;
use abi::{LoadError, Stricter};
use bstr::{BStr, ByteSlice};
use elf::Module;

use crate::{Export, ExportTable};

/// The longest name of an export, its NUL included; bytes (include/linux/kallsyms.h).
const KSYM_NAME_LEN: usize = 512;

/// A module's memory after relocation: each part's address and bytes.
#[derive(Debug, Clone, Copy)]
pub struct Image<'a> {
    /// What stays.
    pub core: (u64, &'a [u8]),
    /// What is freed after `init`.
    pub init: (u64, &'a [u8]),
}

impl<'a> Image<'a> {
    /// The bytes from `address` to the end of the part that it lies in.
    pub fn bytes(&self, address: u64) -> Option<&'a [u8]> {
        [self.core, self.init].into_iter().find_map(|(base, bytes)| {
            let offset = usize::try_from(address.checked_sub(base)?).ok()?;
            bytes.get(offset..).filter(|rest| !rest.is_empty())
        })
    }

    /// The address and the bytes of the section of `module` that is called `name`, one of those that are
    /// loaded; `addresses` are the sections', by number.
    pub fn section(&self, module: &Module, addresses: &[u64], name: &str) -> Option<(u64, &'a [u8])> {
        let number = module.section_named(name)?;
        let size = usize::try_from(module.sections.get(number)?.size).ok()?;
        let address = *addresses.get(number)?;
        Some((address, self.bytes(address)?.get(..size)?))
    }

    /// The string at `address`, up to its NUL; `None` where it does not end inside its part, or not within
    /// `KSYM_NAME_LEN` bytes.
    pub fn string(&self, address: u64) -> Option<&'a BStr> {
        let bytes = self.bytes(address)?;
        let bytes = bytes.get(..KSYM_NAME_LEN).unwrap_or(bytes);
        bytes.find_byte(0).and_then(|end| bytes.get(..end)).map(BStr::new)
    }
}

/// What `module` exports, once its sections lie relocated at `addresses`.
///
/// # Errors
/// Stricter than 6.1, which would read outside the tables: `ENOEXEC` where [`read_export`] finds no export in
/// a record, and where there are fewer CRCs than exports.
pub fn read_exports(module: &Module, addresses: &[u64], image: &Image) -> Result<ExportTable, LoadError> {
    let mut exports = Vec::new();
    for (symbols, crcs, gpl_only) in
        [("__ksymtab", "__kcrctab", false), ("__ksymtab_gpl", "__kcrctab_gpl", true)]
    {
        let table = |name| image.section(module, addresses, name);
        let Some((address, symbols)) = table(symbols) else { continue };
        let crcs = table(crcs).map(|(_, crcs)| crcs);
        let records = symbols.as_chunks::<{ kernel_symbol::SIZE }>().0;
        for (number, record) in records.iter().enumerate() {
            let at = address.wrapping_add((number * kernel_symbol::SIZE) as u64);
            let export = read_export(image, at, record);
            let crc = crcs.map(|crcs| crcs.as_chunks().0.get(number).copied().map(u32::from_le_bytes));
            let Some(export) = export else {
                return Err(bad_export(module, number, Stricter::Export, "name in the module's memory"));
            };
            if crc.is_some_and(|crc| crc.is_none()) {
                return Err(bad_export(module, number, Stricter::ExportCrc, "CRC"));
            }
            exports.push(Export { crc: crc.flatten(), gpl_only, ..export });
        }
    }
    Ok(ExportTable::new(exports))
}

/// The export in the `record` that lies at the address `at`. The CRC and whether it is GPL-only stand
/// elsewhere ([`read_exports`] adds them): here they are `None` and `false`.
///
/// A record is three `i32`, little-endian, at the offsets that [`kernel_symbol`] names VALUE, NAME and
/// NAMESPACE. Each says how far what it points to is from *its own* address, which is `at` plus the field's
/// offset; sums wrap around (`include/linux/compiler.h, offset_to_ptr`).
///
/// - The value is any address at all, and may lie outside the module.
/// - The name is a string in the module's memory ([`Image::string`]), and not empty.
/// - A namespace offset of 0 means that there is none; any other points to a string in the module's memory,
///   which may be empty.
///
/// `None` where one of these is not so. (Stricter than 6.1, which follows the pointer wherever it leads.)
pub fn read_export<'a>(image: &Image<'a>, at: u64, record: &[u8; kernel_symbol::SIZE]) -> Option<Export<'a>> {
    todo!("read value, name and namespace, each relative to the place of its own field")
}

/// The refusal by `rule` of the export with this `number`, for what it `lacks`.
fn bad_export(module: &Module, number: usize, rule: Stricter, lacks: &str) -> LoadError {
    let name = module.this_module_name;
    LoadError::stricter(rule, format!("{name}: export number {number} has no {lacks}"))
}
