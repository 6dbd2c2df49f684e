//! Bytes: copying, filling, comparing, searching. Linux: lib/string.c, arch/x86/lib/mem*_64.S.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; memcpy/3, memmove/3, memset/3, memcmp/3, bcmp/3, memchr/3, memchr_inv/3,
        memscan/3, memcpy_and_pad/5);
    table.function("__memcpy", memcpy as *const (), 3);
    table.function("__memmove", memmove as *const (), 3);
    table.function("__memset", memset as *const (), 3);
    table.function("memcpy_fromio", memcpy as *const (), 3);
    table.function("memcpy_toio", memcpy as *const (), 3);
    table.function("memset_io", memset as *const (), 3);
}

unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: two ranges of `count` bytes. The kernel's memcpy on x86 tolerates overlap, so this one does.
    unsafe { std::ptr::copy(from, to, count) };
    to
}

unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: two ranges of `count` bytes, which may overlap.
    unsafe { std::ptr::copy(from, to, count) };
    to
}

unsafe extern "C" fn memset(to: *mut u8, byte: i32, count: usize) -> *mut u8 {
    // SAFETY: a range of `count` bytes.
    unsafe { std::ptr::write_bytes(to, byte as u8, count) };
    to
}

unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
    // SAFETY: two ranges of `count` bytes; byte by byte, so that nothing behind a difference is read.
    let pairs = (0..count).map(|index| unsafe { (*a.add(index), *b.add(index)) });
    pairs.map(|(x, y)| i32::from(x) - i32::from(y)).find(|&difference| difference != 0).unwrap_or(0)
}

unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
    // SAFETY: two ranges of `count` bytes.
    unsafe { memcmp(a, b, count) }
}

/// The address of the first byte that satisfies, or NULL.
unsafe fn first(s: *const u8, count: usize, wanted: impl Fn(u8) -> bool) -> *const u8 {
    // SAFETY: a range of `count` bytes.
    let index = (0..count).position(|index| wanted(unsafe { *s.add(index) }));
    index.map_or(std::ptr::null(), |index| s.wrapping_add(index))
}

unsafe extern "C" fn memchr(s: *const u8, wanted: i32, count: usize) -> *const u8 {
    // SAFETY: a range of `count` bytes.
    unsafe { first(s, count, |byte| byte == wanted as u8) }
}

unsafe extern "C" fn memchr_inv(s: *const u8, unwanted: i32, count: usize) -> *const u8 {
    // SAFETY: a range of `count` bytes.
    unsafe { first(s, count, |byte| byte != unwanted as u8) }
}

unsafe extern "C" fn memscan(s: *const u8, wanted: i32, count: usize) -> *const u8 {
    // SAFETY: a range of `count` bytes; memscan answers with its end instead of NULL.
    let found = unsafe { memchr(s, wanted, count) };
    if found.is_null() { s.wrapping_add(count) } else { found }
}

unsafe extern "C" fn memcpy_and_pad(to: *mut u8, room: usize, from: *const u8, count: usize, pad: i32) {
    let copied = count.min(room);
    // SAFETY: `to` has `room` bytes, `from` has `count`.
    unsafe {
        std::ptr::copy(from, to, copied);
        std::ptr::write_bytes(to.add(copied), pad as u8, room - copied);
    }
}
