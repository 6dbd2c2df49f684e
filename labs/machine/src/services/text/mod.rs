//! Strings, bytes, numbers in text and tables of characters: what lib/ offers every module.

mod data;
mod hex;
mod memory;
pub(in crate::services) mod numbers;
mod parser;
mod scan;
mod string;
mod uuid;

use std::ffi::CStr;

use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    string::register(table);
    memory::register(table);
    numbers::register(table);
    hex::register(table);
    parser::register(table);
    scan::register(table);
    uuid::register(table);
    data::register(table);
}

/// The bytes of a C string without its NUL.
///
/// # Safety
/// The pointer is to a NUL-terminated string that nobody writes to meanwhile.
pub(in crate::services) unsafe fn bytes<'a>(s: *const u8) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(s.cast()) }.to_bytes()
}
