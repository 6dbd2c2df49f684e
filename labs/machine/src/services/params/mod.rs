//! The types of module parameters that the kernel knows: `set` reads a value from text, `get` prints it. Linux:
//! kernel/params.c. A module adds types of its own by bringing its own pair of functions.

mod array;
mod flags;
mod numbers;
mod strings;

use abi::offsets::{kernel_param, kernel_param_ops};

use crate::{Table, services::text::bytes};

/// `KERNEL_PARAM_OPS_FL_NOARG`: the name alone will do.
const NOARG: u64 = 1;
/// What `get` may write; bytes.
const PAGE_SIZE: usize = 4096;

pub(super) fn register(table: &mut Table<'_>) {
    numbers::register(table);
    flags::register(table);
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

unsafe fn name(param: u64) -> String {
    // SAFETY: a struct kernel_param, whose name is a string.
    let name = unsafe { bytes(*((param + kernel_param::NAME as u64) as *const *const u8)) };
    String::from_utf8_lossy(name).into_owned()
}

/// Writes `text` and a newline to a page, as scnprintf does; its length.
unsafe fn print(buffer: *mut u8, text: &[u8]) -> i32 {
    let length = text.len().min(PAGE_SIZE - 2);
    // SAFETY: a page.
    unsafe {
        buffer.copy_from_nonoverlapping(text.as_ptr(), length);
        buffer.add(length).cast::<[u8; 2]>().write([b'\n', 0]);
    }
    length as i32 + 1
}

/// Sets a parameter's variable; the C answer.
unsafe fn store<T>(variable: *mut T, value: T) -> i32 {
    // SAFETY: the parameter's variable.
    unsafe { variable.write_unaligned(value) };
    0
}
