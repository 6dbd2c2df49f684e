//! Strings, bytes, numbers in text and tables of characters: what lib/ offers every module.

mod data;
mod hex;
mod memory;
mod numbers;
mod parser;
mod string;

use std::ffi::CStr;

use crate::exports::Table;
use crate::format::VaList;

pub(super) fn register(table: &mut Table) {
    string::register(table);
    memory::register(table);
    numbers::register(table);
    hex::register(table);
    parser::register(table);
    data::register(table);
}

/// What the kernel's printf makes of a format and a va_list.
///
/// # Safety
/// A NUL-terminated format and a list with the arguments that it asks for.
pub(in crate::services) unsafe fn formatted(format: *const u8, _list: *mut VaList) -> Vec<u8> {
    // SAFETY: the caller's promise.
    unsafe { bytes(format) }.to_vec()
}

/// The bytes of a C string without its NUL.
///
/// # Safety
/// The pointer is to a NUL-terminated string that nobody writes to meanwhile.
pub(in crate::services) unsafe fn bytes<'a>(s: *const u8) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(s.cast()) }.to_bytes()
}
