//! The exports that print: `_printk` and its relatives, and printf into buffers (kernel/printk/printk.c,
//! lib/vsprintf.c). kasprintf is with the allocator, whose memory it returns.

use crate::{
    Level, Table,
    format::{VaList, format},
    task::current,
};

/// `LOG_LINE_MAX` and the prefix: what a single printk can say; bytes.
const LONGEST_LINE: usize = 1024;

/// Registers them.
pub(crate) fn register(table: &mut Table<'_>) {
    table.variadic("_printk", printk as *const (), 1);
    table.function("vprintk", vprintk as *const (), 2);
    table.function("vprintk_default", vprintk as *const (), 2);
    table.variadic("__warn_printk", warn_printk as *const (), 1);
    table.variadic("sprintf", sprintf as *const (), 2);
    table.variadic("snprintf", snprintf as *const (), 3);
    table.variadic("scnprintf", scnprintf as *const (), 3);
    table.function("vsprintf", vsprintf as *const (), 3);
    table.function("vsnprintf", vsnprintf as *const (), 4);
    table.function("vscnprintf", vscnprintf as *const (), 4);
    table.function("__printk_ratelimit", ratelimit as *const (), 1);
}

/// # Safety
/// As [`format`].
unsafe extern "C" fn printk(text: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's promise.
    unsafe { vprintk(text, list) }
}

/// # Safety
/// As [`format`].
unsafe extern "C" fn vprintk(text: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's promise.
    let mut bytes = unsafe { format(text, list) };
    bytes.truncate(LONGEST_LINE);
    let text = String::from_utf8_lossy(&bytes);
    current().machine().printk(Level::DEFAULT, &text);
    // What was printed, without the level.
    let prefix = if bytes.first() == Some(&1) { 2 } else { 0 };
    bytes.len().saturating_sub(prefix) as i32
}

/// # Safety
/// As [`format`].
unsafe extern "C" fn warn_printk(text: *const u8, list: *mut VaList) {
    current().machine().printk(Level::WARNING, "------------[ cut here ]------------\n");
    // SAFETY: the module's promise.
    unsafe { vprintk(text, list) };
}

/// # Safety
/// As [`format`]; `to` has room for the result.
unsafe extern "C" fn sprintf(to: *mut u8, text: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's promise.
    unsafe { vsprintf(to, text, list) }
}

/// # Safety
/// As [`format`]; `to` has room for `size` bytes.
unsafe extern "C" fn snprintf(to: *mut u8, size: u64, text: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's promise.
    unsafe { vsnprintf(to, size, text, list) }
}

/// # Safety
/// As [`snprintf`].
unsafe extern "C" fn scnprintf(to: *mut u8, size: u64, text: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's promise.
    unsafe { vscnprintf(to, size, text, list) }
}

/// # Safety
/// As [`sprintf`].
unsafe extern "C" fn vsprintf(to: *mut u8, text: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's promise.
    unsafe { vsnprintf(to, i32::MAX as u64, text, list) }
}

/// How long the result would be; what fits of it goes to `to`, with a NUL.
///
/// # Safety
/// As [`snprintf`].
unsafe extern "C" fn vsnprintf(to: *mut u8, size: u64, text: *const u8, list: *mut VaList) -> i32 {
    if size > i32::MAX as u64 {
        return 0;
    }
    // SAFETY: the module's promise.
    let bytes = unsafe { format(text, list) };
    if size > 0 {
        let fitting = bytes.len().min(size as usize - 1);
        // SAFETY: the module's promise: `fitting + 1` is at most `size`.
        unsafe {
            to.copy_from(bytes.as_ptr(), fitting);
            to.add(fitting).write(0);
        }
    }
    bytes.len() as i32
}

/// How much was written, without the NUL.
///
/// # Safety
/// As [`snprintf`].
unsafe extern "C" fn vscnprintf(to: *mut u8, size: u64, text: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's promise.
    let length = unsafe { vsnprintf(to, size, text, list) };
    i64::from(length).min(size as i64 - 1).max(0) as i32
}

/// Everything is printed: nothing here is so fast that it would drown the log.
unsafe extern "C" fn ratelimit(_caller: *const u8) -> i32 {
    1
}
