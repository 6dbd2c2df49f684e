//! Character sets used from outside: which there are, and what they make of a character.

use std::mem::offset_of;

use abi::Errno;

use super::{NlsTable, Tables, load, unload_nls};
use crate::Machine;
use crate::services::host::{Failure, check, task};
use crate::services::invoke::invoke_int;
use crate::services::with_of;

// The offsets that are proved against the kernel's own type information.
const _: () = assert!(
    size_of::<NlsTable>() == abi::offsets::nls_table::SIZE
        && offset_of!(NlsTable, uni2char) == abi::offsets::nls_table::UNI2CHAR
        && offset_of!(NlsTable, char2uni) == abi::offsets::nls_table::CHAR2UNI
);

/// A machine's character sets.
#[derive(Debug, Clone, Copy)]
pub struct Nls<'a>(&'a Machine);

impl Machine {
    /// Its character sets.
    pub fn nls(&self) -> Nls<'_> {
        Nls(self)
    }
}

impl Nls<'_> {
    /// The names of the registered character sets, the newest first.
    pub fn list(&self) -> Vec<String> {
        let name = |charset: &Vec<u8>| String::from_utf8_lossy(charset).into_owned();
        with_of(self.0, |tables: &mut Tables| tables.0.iter().map(|entry| name(&entry.charset)).collect())
    }

    /// The first character of `bytes`, and how many bytes it has (`char2uni`).
    ///
    /// # Errors
    /// No such character set; or EINVAL and its like from the set: these bytes are no character.
    pub fn char2uni(&self, charset: &str, bytes: &[u8]) -> Result<(u16, usize), Failure> {
        self.with(charset, |table| {
            let mut character = 0u16;
            let arguments = [bytes.as_ptr() as u64, bytes.len() as u64, &raw mut character as u64];
            // SAFETY: the table's own function, for these arguments.
            let length = check(unsafe { invoke_int((*table).char2uni, arguments) })?;
            Ok((character, length as usize))
        })
    }

    /// The bytes of a character (`uni2char`), six at most.
    ///
    /// # Errors
    /// No such character set; or EINVAL and its like from the set: it has no such character.
    pub fn uni2char(&self, charset: &str, character: u16) -> Result<Vec<u8>, Failure> {
        self.with(charset, |table| {
            let mut out = [0u8; 6];
            let arguments = [u64::from(character), out.as_mut_ptr() as u64, out.len() as u64];
            // SAFETY: the table's own function, for these arguments.
            let length = check(unsafe { invoke_int((*table).uni2char, arguments) })?;
            Ok(out.iter().copied().take(length as usize).collect())
        })
    }

    /// Works with a character set while holding a reference on its module.
    fn with<T: Send>(
        &self,
        charset: &str,
        work: impl FnOnce(*const NlsTable) -> Result<T, Errno> + Send,
    ) -> Result<T, Failure> {
        task(self.0, "nls", || {
            let table = load(charset.as_bytes()).ok_or(Errno::ENOENT)? as *const NlsTable;
            let result = work(table);
            // SAFETY: load() returned the table.
            unsafe { unload_nls(table) };
            result
        })
    }
}
