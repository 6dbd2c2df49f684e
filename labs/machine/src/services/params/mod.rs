//! The types of module parameters that the kernel knows: `set` reads a value from text, `get` prints it. Linux:
//! kernel/params.c. A module adds types of its own by bringing its own pair of functions.
//!
//! This is their machine code: it finds the variables in a module's memory. By which rules text becomes a value, and a
//! value text, is for the loader to say ([`ModuleHooks::param_set`] and those after it).

mod array;
mod scalars;
mod strings;

use std::sync::Arc;

use abi::offsets::{kernel_param, kernel_param_ops};

use crate::{ModuleHooks, Table, current, services::text::bytes};

/// `KERNEL_PARAM_OPS_FL_NOARG`: the name alone will do.
const NOARG: u64 = 1;
/// What `get` may write; bytes.
const PAGE_SIZE: usize = 4096;

pub(super) fn register(table: &mut Table<'_>) {
    scalars::register(table);
    strings::register(table);
    array::register(table);
}

/// Exports a `struct kernel_param_ops`.
fn operations(
    table: &mut Table<'_>,
    name: &str,
    set: Option<u64>,
    get: Option<u64>,
    free: Option<u64>,
    flags: u64,
) {
    let words = [flags, set.unwrap_or_default(), get.unwrap_or_default(), free.unwrap_or_default()];
    let bytes: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
    table.data(name, kernel_param_ops::SIZE, 8, &bytes);
}

/// # Safety for all of these files
/// `param` is a struct kernel_param whose argument is a variable of the type that its operations are for; `value` is a
/// NUL-terminated text or null; `buffer` is a page.
unsafe fn argument<T>(param: u64) -> *mut T {
    // SAFETY: a struct kernel_param.
    unsafe { *((param + kernel_param::ARG as u64) as *const *mut T) }
}

unsafe fn name<'a>(param: u64) -> &'a [u8] {
    // SAFETY: a struct kernel_param, whose name is a string.
    unsafe { bytes(*((param + kernel_param::NAME as u64) as *const *const u8)) }
}

/// Who knows the rules.
fn rules() -> Arc<dyn ModuleHooks> {
    current().machine().hooks()
}

/// Writes as much of `text` to a page as fits before a final zero; its length.
unsafe fn print(buffer: *mut u8, text: &[u8]) -> i32 {
    let length = text.len().min(PAGE_SIZE - 1);
    // SAFETY: a page.
    unsafe {
        buffer.copy_from_nonoverlapping(text.as_ptr(), length);
        buffer.add(length).write(0);
    }
    length as i32
}
