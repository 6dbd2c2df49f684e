//! Character sets that modules register, and the Unicode helpers beside them. Linux: fs/nls/nls_base.c.

mod default;
mod host;
mod utf;

use abi::Errno;

pub use host::Nls;

use super::{fail, functions, module_refs, text, with};
use crate::exports::Table;
use crate::{Machine, current};

pub(super) fn register(table: &mut Table) {
    functions!(table; __register_nls/2, unregister_nls/1, load_nls/1, load_nls_default/0, unload_nls/1);
    utf::register(table);
}

pub(super) fn start(machine: &Machine) {
    default::start(machine);
}

/// The character set that `load_nls_default` asks for (Debian's CONFIG_NLS_DEFAULT).
const DEFAULT: &str = "utf8";

/// `struct nls_table`.
#[repr(C)]
struct NlsTable {
    charset: *const u8,
    alias: *const u8,
    uni2char: u64,
    char2uni: u64,
    charset2lower: u64,
    charset2upper: u64,
    owner: u64,
    next: u64,
}

/// What is remembered of a registered table, so that nobody need look into a module's memory to find it.
#[derive(Debug, Clone)]
struct Entry {
    table: u64,
    charset: Vec<u8>,
    alias: Option<Vec<u8>>,
    owner: u64,
}

/// The tables, the newest first.
#[derive(Debug, Default)]
struct Tables(Vec<Entry>);

unsafe extern "C" fn __register_nls(table: *mut NlsTable, owner: u64) -> i32 {
    // SAFETY: the caller's struct nls_table with its NUL-terminated names.
    let entry = unsafe {
        if (*table).next != 0 {
            return fail(Errno::EBUSY);
        }
        (*table).owner = owner;
        let alias = (*table).alias;
        let alias = (!alias.is_null()).then(|| text::bytes(alias).to_vec());
        Entry { table: table as u64, charset: text::bytes((*table).charset).to_vec(), alias, owner }
    };
    let next = with(|tables: &mut Tables| {
        if tables.0.iter().any(|known| known.table == entry.table) {
            return Err(Errno::EBUSY);
        }
        let next = tables.0.first().map_or(0, |first| first.table);
        tables.0.insert(0, entry);
        Ok(next)
    });
    match next {
        Ok(next) => {
            // SAFETY: as above.
            unsafe { (*table).next = next };
            0
        }
        Err(errno) => fail(errno),
    }
}

unsafe extern "C" fn unregister_nls(table: u64) -> i32 {
    let found = with(|tables: &mut Tables| {
        let position = tables.0.iter().position(|entry| entry.table == table)?;
        Some(tables.0.remove(position))
    });
    found.map_or(fail(Errno::EINVAL), |_| 0)
}

/// The newest table of that name or alias, with a reference on its module.
fn find(charset: &[u8]) -> Option<u64> {
    let entry = with(|tables: &mut Tables| {
        let named = |entry: &&Entry| {
            entry.charset == charset || entry.alias.as_deref().is_some_and(|alias| alias == charset)
        };
        tables.0.iter().find(named).cloned()
    })?;
    module_refs::get(entry.owner).then_some(entry.table)
}

/// The same; a module that may bring the table is loaded first if need be.
fn load(charset: &[u8]) -> Option<u64> {
    find(charset).or_else(|| {
        let module = format!("nls_{}", String::from_utf8_lossy(charset));
        current().machine().hooks().request_module(&module);
        find(charset)
    })
}

unsafe extern "C" fn load_nls(charset: *const u8) -> u64 {
    // SAFETY: a NUL-terminated name.
    load(unsafe { text::bytes(charset) }).unwrap_or(0)
}

unsafe extern "C" fn load_nls_default() -> u64 {
    load(DEFAULT.as_bytes()).unwrap_or_else(|| with(|default: &mut default::Default| default.table()))
}

unsafe extern "C" fn unload_nls(table: *const NlsTable) {
    if !table.is_null() {
        // SAFETY: a table that load_nls() returned, whose module that reference has kept.
        module_refs::put(unsafe { (*table).owner });
    }
}
