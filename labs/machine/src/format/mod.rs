//! The kernel's own printf (lib/vsprintf.c): a format string and a C `va_list` become bytes.
//!
//! What a format asks for is read where the module says it is: a pointer to nothing faults, as it does in the kernel,
//! and ends the task.

mod address;
mod bits;
mod network;
mod number;
mod pointer;
mod spec;
mod va_list;

pub use va_list::VaList;

use spec::{Conversion, Item, Items, Spec};

/// No string is read beyond this; bytes. What the kernel bounds by its buffers, we bound here.
const LONGEST: usize = 1 << 20;

/// How deep `%pV` may go.
const DEEPEST: u32 = 4;

/// Formats `format` with the arguments of `list`, as `vsnprintf` does with a buffer that is large enough; without
/// the final NUL.
///
/// # Safety
/// `format` is 0 or a C string, and `list` a `va_list` with the arguments that it asks for, in a call that still runs.
pub unsafe fn format(format: *const u8, list: *mut VaList) -> Vec<u8> {
    // SAFETY: the caller's promise.
    unsafe { nested(format, list, 0) }
}

/// # Safety
/// As [`format`].
unsafe fn nested(format: *const u8, list: *mut VaList, depth: u32) -> Vec<u8> {
    if let Some(message) = unusable(format as u64) {
        return message.as_bytes().to_vec();
    }
    // SAFETY: the caller's promise, for both.
    let (format, list) = unsafe { (c_string(format, LONGEST), &mut *list) };
    // SAFETY: as above; `next` is asked once for each argument that the format names.
    unsafe { format_with(&format, &mut || list.next(), depth) }
}

/// The core of it: `next` gives one argument after the other.
///
/// # Safety
/// What the conversions for strings and pointers get from `next` may be read as they say.
unsafe fn format_with(format: &[u8], next: &mut dyn FnMut() -> u64, depth: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for item in Items::new(format) {
        match item {
            Item::Text(text) => out.extend_from_slice(text),
            Item::Conversion { mut spec, rest } => {
                spec.take_stars(next);
                match spec.conversion {
                    Conversion::Percent => out.push(b'%'),
                    Conversion::Character => character(&mut out, next() as u8, &spec),
                    Conversion::Integer => number::put(&mut out, spec.cut(next()), &spec),
                    // SAFETY: the caller's promise.
                    Conversion::String => unsafe { string(&mut out, next(), &spec) },
                    // SAFETY: the caller's promise.
                    Conversion::Pointer => unsafe { pointer::put(&mut out, next(), &spec, rest, depth) },
                }
            }
        }
    }
    out
}

fn character(out: &mut Vec<u8>, byte: u8, spec: &Spec) {
    widen(out, &[byte], spec);
}

/// `%s`.
///
/// # Safety
/// `address` is 0, an error, or a C string.
unsafe fn string(out: &mut Vec<u8>, address: u64, spec: &Spec) {
    match unusable(address) {
        Some(message) => error(out, message, spec),
        None => {
            let limit = spec.precision.map_or(LONGEST, |precision| (precision as usize).min(LONGEST));
            // SAFETY: the caller's promise.
            let text = unsafe { c_string(address as *const u8, limit) };
            widen(out, &text, spec);
        }
    }
}

/// `check_pointer_msg`: what is printed for a pointer that can point to nothing.
fn unusable(address: u64) -> Option<&'static str> {
    match address {
        0 => Some("(null)"),
        1..4096 | 0xffff_ffff_ffff_f001.. => Some("(efault)"),
        _ => None,
    }
}

/// `error_string`: a word instead of a value.
fn error(out: &mut Vec<u8>, message: &str, spec: &Spec) {
    text(out, message.as_bytes(), &Spec { precision: spec.precision.or(Some(16)), ..*spec });
}

/// Text cut to the precision and widened to the width.
fn text(out: &mut Vec<u8>, text: &[u8], spec: &Spec) {
    let length = spec.precision.map_or(text.len(), |precision| text.len().min(precision as usize));
    widen(out, text.get(..length).unwrap_or(text), spec);
}

/// `widen_string`: `text` in the field's width, with spaces.
fn widen(out: &mut Vec<u8>, text: &[u8], spec: &Spec) {
    let padding = spec.width().saturating_sub(text.len());
    let (before, after) = if spec.left { (0, padding) } else { (padding, 0) };
    out.resize(out.len() + before, b' ');
    out.extend_from_slice(text);
    out.resize(out.len() + after, b' ');
}

/// The bytes at `at` up to a NUL, or `limit` of them.
///
/// # Safety
/// That many bytes may be read.
unsafe fn c_string(at: *const u8, limit: usize) -> Vec<u8> {
    let mut text = Vec::new();
    while text.len() < limit {
        // SAFETY: within the caller's promise: no NUL has come yet.
        match unsafe { at.add(text.len()).read_volatile() } {
            0 => break,
            byte => text.push(byte),
        }
    }
    text
}

/// `count` bytes at `address`.
///
/// # Safety
/// They may be read.
unsafe fn bytes(address: u64, count: usize) -> Vec<u8> {
    // SAFETY: the caller's promise; volatile, because module code may write them at the same time.
    (0..count).map(|at| unsafe { (address as *const u8).add(at).read_volatile() }).collect()
}

/// The word at `address`.
///
/// # Safety
/// It may be read.
unsafe fn word(address: u64) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { (address as *const u64).read_unaligned() }
}
