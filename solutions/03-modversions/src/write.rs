//! Writing `__versions`: for each symbol that a module uses, the version that it has at this moment, to be
//! compared when the module is loaded. The kernel's build does it in scripts/mod/modpost.c, `check_exports` and
//! `add_versions`.

use std::fmt;

use abi::{Symvers, offsets::modversion_info};

/// A symbol that an object uses and does not define.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undefined<'a> {
    /// Its name.
    pub name: &'a str,
    /// The module can do without it.
    pub weak: bool,
}

/// Why no versions can be written. The words are modpost's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// Nobody exports the symbol.
    Undefined {
        /// The symbol.
        symbol: String,
        /// The module that wants it.
        module: String,
    },
    /// The name fills its field, so that there is no room for the NUL.
    TooLong {
        /// The symbol.
        symbol: String,
        /// The module that wants it.
        module: String,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Undefined { symbol, module } => write!(f, "\"{symbol}\" [{module}.ko] undefined!"),
            WriteError::TooLong { symbol, module } => write!(f, "too long symbol \"{symbol}\" [{module}.ko]"),
        }
    }
}

impl std::error::Error for WriteError {}

// ANCHOR: record
/// One record of `__versions`: the CRC as an `unsigned long` of 64 bits, then the name, then NULs up to the
/// end; `None` where the name leaves no room for one.
pub fn record(crc: u32, name: &str) -> Option<[u8; modversion_info::SIZE]> {
    let mut record = [0; modversion_info::SIZE];
    let (number, field) = record.split_at_mut(modversion_info::NAME);
    number.copy_from_slice(&u64::from(crc).to_le_bytes());
    let (place, rest) = field.split_at_mut_checked(name.len())?;
    place.copy_from_slice(name.as_bytes());
    (!rest.is_empty()).then_some(record)
}
// ANCHOR_END: record

/// The section `__versions` of `module`, which uses the symbols `undefined`.
///
/// For each symbol, in the order given, one [`record`] with the CRC that `symvers` has for it; behind all of
/// them one for `module_layout`, which no module uses and each is checked by. Nothing is sorted and nothing
/// left out, but for one case:
///
/// | case | outcome |
/// |---|---|
/// | `symvers` does not have the symbol, and it is weak | no record |
/// | `symvers` does not have it, and it is not weak | [`WriteError::Undefined`] |
/// | `symvers` has it, and there is no room for its name | [`WriteError::TooLong`] |
///
/// `module_layout` is treated like any other symbol that is not weak.
///
/// # Errors
/// All that is wrong, in the order of the symbols: whoever builds a module wants to see it at once.
pub fn write_versions<'a>(
    module: &str,
    undefined: impl IntoIterator<Item = Undefined<'a>>,
    symvers: &Symvers,
) -> Result<Vec<u8>, Vec<WriteError>> {
    let (mut section, mut errors) = (Vec::new(), Vec::new());
    // ANCHOR: task_write_versions
    let layout = Undefined { name: "module_layout", weak: false };
    for Undefined { name, weak } in undefined.into_iter().chain([layout]) {
        let (symbol, module) = (name.to_owned(), module.to_owned());
        match symvers.get(name) {
            Some(entry) => match record(entry.crc, name) {
                Some(record) => section.extend(record),
                None => errors.push(WriteError::TooLong { symbol, module }),
            },
            None if weak => {}
            None => errors.push(WriteError::Undefined { symbol, module }),
        }
    }
    // ANCHOR_END: task_write_versions
    if errors.is_empty() { Ok(section) } else { Err(errors) }
}
