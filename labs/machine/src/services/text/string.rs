//! C strings: measuring, comparing, searching, copying. Linux: lib/string.c, lib/string_helpers.c.

use abi::Errno;

use crate::exports::Table;
use crate::services::complain::bug;
use crate::services::functions;
use crate::services::text::bytes;

pub(super) fn register(table: &mut Table) {
    functions!(table; strlen/1, strnlen/2, strcmp/2, strncmp/3, strcasecmp/2, strncasecmp/3, strchr/2, strrchr/2,
        strchrnul/2, strnchr/3, strstr/2, strnstr/3, strspn/2, strcspn/2, strpbrk/2, strcpy/2, strncpy/3,
        strlcpy/3, strscpy/3, strscpy_pad/3, strcat/2, strlcat/3, strncat/3, strsep/2, strim/1, skip_spaces/1,
        sysfs_streq/2, match_string/3, __sysfs_match_string/3, strreplace/3, fortify_panic/1);
}

unsafe extern "C" fn strlen(s: *const u8) -> usize {
    // SAFETY: a NUL-terminated string, by the function's contract in C.
    unsafe { bytes(s) }.len()
}

unsafe extern "C" fn strnlen(s: *const u8, limit: usize) -> usize {
    // SAFETY: reads no further than the NUL or `limit`, whichever is first.
    (0..limit).position(|index| unsafe { *s.add(index) } == 0).unwrap_or(limit)
}

/// The difference of the first bytes that differ, at most `limit` of them, each seen through `fold`.
unsafe fn compare(a: *const u8, b: *const u8, limit: usize, fold: impl Fn(u8) -> u8) -> i32 {
    for index in 0..limit {
        // SAFETY: both strings are NUL-terminated and the loop ends with the shorter one.
        let (x, y) = unsafe { (fold(*a.add(index)), fold(*b.add(index))) };
        if x != y || x == 0 {
            return i32::from(x) - i32::from(y);
        }
    }
    0
}

unsafe extern "C" fn strcmp(a: *const u8, b: *const u8) -> i32 {
    // SAFETY: two NUL-terminated strings. The kernel's strcmp returns only -1, 0 or 1.
    unsafe { compare(a, b, usize::MAX, |byte| byte) }.signum()
}

unsafe extern "C" fn strncmp(a: *const u8, b: *const u8, limit: usize) -> i32 {
    // SAFETY: two strings, NUL-terminated or of `limit` bytes.
    unsafe { compare(a, b, limit, |byte| byte) }.signum()
}

unsafe extern "C" fn strcasecmp(a: *const u8, b: *const u8) -> i32 {
    // SAFETY: two NUL-terminated strings.
    unsafe { compare(a, b, usize::MAX, |byte| byte.to_ascii_lowercase()) }
}

unsafe extern "C" fn strncasecmp(a: *const u8, b: *const u8, limit: usize) -> i32 {
    // SAFETY: two strings, NUL-terminated or of `limit` bytes.
    unsafe { compare(a, b, limit, |byte| byte.to_ascii_lowercase()) }
}

/// The address of the byte `index`, or NULL.
fn found(s: *const u8, index: Option<usize>) -> *const u8 {
    index.map_or(std::ptr::null(), |index| s.wrapping_add(index))
}

unsafe extern "C" fn strchr(s: *const u8, wanted: i32) -> *const u8 {
    // SAFETY: a NUL-terminated string; its NUL counts as part of it.
    let text = unsafe { std::slice::from_raw_parts(s, strlen(s) + 1) };
    found(s, text.iter().position(|&byte| byte == wanted as u8))
}

unsafe extern "C" fn strrchr(s: *const u8, wanted: i32) -> *const u8 {
    // SAFETY: as in strchr.
    let text = unsafe { std::slice::from_raw_parts(s, strlen(s) + 1) };
    found(s, text.iter().rposition(|&byte| byte == wanted as u8))
}

unsafe extern "C" fn strchrnul(s: *const u8, wanted: i32) -> *const u8 {
    // SAFETY: a NUL-terminated string.
    let text = unsafe { bytes(s) };
    s.wrapping_add(text.iter().position(|&byte| byte == wanted as u8).unwrap_or(text.len()))
}

unsafe extern "C" fn strnchr(s: *const u8, limit: usize, wanted: i32) -> *const u8 {
    // SAFETY: reads as far as strnlen did, and the byte behind where that is still within `limit`.
    let text = unsafe { std::slice::from_raw_parts(s, limit.min(strnlen(s, limit) + 1)) };
    found(s, text.iter().position(|&byte| byte == wanted as u8))
}

/// Where `needle` first begins in `haystack`; an empty one does so at once.
fn search(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    haystack.windows(needle.len()).position(|window| window == needle)
}

unsafe extern "C" fn strstr(s: *const u8, needle: *const u8) -> *const u8 {
    // SAFETY: two NUL-terminated strings.
    found(s, unsafe { search(bytes(s), bytes(needle)) })
}

unsafe extern "C" fn strnstr(s: *const u8, needle: *const u8, limit: usize) -> *const u8 {
    // SAFETY: two strings, the first measured within its limit.
    let text = unsafe { std::slice::from_raw_parts(s, strnlen(s, limit)) };
    // SAFETY: a NUL-terminated string.
    found(s, search(text, unsafe { bytes(needle) }))
}

unsafe extern "C" fn strspn(s: *const u8, accept: *const u8) -> usize {
    // SAFETY: two NUL-terminated strings.
    let (text, accept) = unsafe { (bytes(s), bytes(accept)) };
    text.iter().take_while(|byte| accept.contains(byte)).count()
}

unsafe extern "C" fn strcspn(s: *const u8, reject: *const u8) -> usize {
    // SAFETY: two NUL-terminated strings.
    let (text, reject) = unsafe { (bytes(s), bytes(reject)) };
    text.iter().take_while(|byte| !reject.contains(byte)).count()
}

unsafe extern "C" fn strpbrk(s: *const u8, accept: *const u8) -> *const u8 {
    // SAFETY: two NUL-terminated strings.
    let (text, accept) = unsafe { (bytes(s), bytes(accept)) };
    found(s, text.iter().position(|byte| accept.contains(byte)))
}

unsafe extern "C" fn strcpy(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: the caller made room for the string and its NUL.
    unsafe { std::ptr::copy(from, to, strlen(from) + 1) };
    to
}

unsafe extern "C" fn strncpy(to: *mut u8, from: *const u8, room: usize) -> *mut u8 {
    // SAFETY: `to` has `room` bytes: the string and zeroes up to its end.
    unsafe {
        let length = strnlen(from, room);
        std::ptr::copy(from, to, length);
        std::ptr::write_bytes(to.add(length), 0, room - length);
    }
    to
}

unsafe extern "C" fn strlcpy(to: *mut u8, from: *const u8, room: usize) -> usize {
    // SAFETY: copies at most room-1 bytes and a NUL.
    unsafe {
        let length = strlen(from);
        if room > 0 {
            let kept = length.min(room - 1);
            std::ptr::copy(from, to, kept);
            *to.add(kept) = 0;
        }
        length
    }
}

unsafe extern "C" fn strscpy(to: *mut u8, from: *const u8, room: usize) -> i64 {
    if room == 0 || room > i32::MAX as usize {
        return Errno::E2BIG.to_return();
    }
    // SAFETY: copies at most room-1 bytes and a NUL.
    unsafe {
        let length = strnlen(from, room);
        let kept = length.min(room - 1);
        std::ptr::copy(from, to, kept);
        *to.add(kept) = 0;
        if length == room { Errno::E2BIG.to_return() } else { length as i64 }
    }
}

unsafe extern "C" fn strscpy_pad(to: *mut u8, from: *const u8, room: usize) -> i64 {
    // SAFETY: as strscpy; what is left of the room is filled with zeroes.
    unsafe {
        let written = strscpy(to, from, room);
        if let Ok(length) = usize::try_from(written) {
            std::ptr::write_bytes(to.add(length + 1), 0, room - length - 1);
        }
        written
    }
}

unsafe extern "C" fn strcat(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: the caller made room behind its own string.
    unsafe { strcpy(to.add(strlen(to)), from) };
    to
}

unsafe extern "C" fn strlcat(to: *mut u8, from: *const u8, room: usize) -> usize {
    // SAFETY: the string at `to` is NUL-terminated and shorter than `room`, or the kernel would BUG.
    unsafe {
        let before = strnlen(to, room);
        before + strlcpy(to.add(before), from, room - before)
    }
}

unsafe extern "C" fn strncat(to: *mut u8, from: *const u8, limit: usize) -> *mut u8 {
    // SAFETY: the caller made room for `limit` more bytes and a NUL.
    unsafe {
        let end = to.add(strlen(to));
        let length = strnlen(from, limit);
        std::ptr::copy(from, end, length);
        *end.add(length) = 0;
    }
    to
}

unsafe extern "C" fn strsep(cursor: *mut *mut u8, separators: *const u8) -> *mut u8 {
    // SAFETY: `cursor` points to a pointer to a NUL-terminated string that the caller may write into, or to NULL.
    unsafe {
        let token = *cursor;
        if token.is_null() {
            return token;
        }
        let end = token.add(strcspn(token, separators));
        *cursor = if *end == 0 { std::ptr::null_mut() } else { end.add(1) };
        *end = 0;
        token
    }
}

/// isspace() of the kernel: ASCII's, the vertical tab and Latin-1's no-break space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r' | 0xa0)
}

unsafe extern "C" fn skip_spaces(s: *const u8) -> *const u8 {
    // SAFETY: a NUL-terminated string.
    let text = unsafe { bytes(s) };
    s.wrapping_add(text.iter().take_while(|&&byte| is_space(byte)).count())
}

unsafe extern "C" fn strim(s: *mut u8) -> *const u8 {
    // SAFETY: a NUL-terminated string that the caller may shorten.
    unsafe {
        let text = bytes(s);
        if let Some(last) = text.iter().rposition(|&byte| !is_space(byte)) {
            *s.add(last + 1) = 0;
        } else {
            *s = 0;
        }
        skip_spaces(s)
    }
}

/// A line without the one newline that sysfs writers may leave at its end.
fn chomp(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\n").unwrap_or(text)
}

unsafe extern "C" fn sysfs_streq(a: *const u8, b: *const u8) -> bool {
    // SAFETY: two NUL-terminated strings.
    let (a, b) = unsafe { (bytes(a), bytes(b)) };
    chomp(a) == chomp(b)
}

/// The index of the first of `count` strings that satisfies; the array may end early with NULL.
unsafe fn match_any(array: *const *const u8, count: usize, same: impl Fn(&[u8]) -> bool) -> i32 {
    for index in 0..count {
        // SAFETY: the array has `count` entries, or fewer and then NULL.
        let item = unsafe { *array.add(index) };
        if item.is_null() {
            break;
        }
        // SAFETY: a NUL-terminated string.
        if same(unsafe { bytes(item) }) {
            return index as i32;
        }
    }
    Errno::EINVAL.to_return() as i32
}

unsafe extern "C" fn match_string(array: *const *const u8, count: usize, wanted: *const u8) -> i32 {
    // SAFETY: an array of strings and a string.
    unsafe { match_any(array, count, |item| item == bytes(wanted)) }
}

unsafe extern "C" fn __sysfs_match_string(array: *const *const u8, count: usize, wanted: *const u8) -> i32 {
    // SAFETY: an array of strings and a string.
    unsafe { match_any(array, count, |item| chomp(item) == chomp(bytes(wanted))) }
}

unsafe extern "C" fn strreplace(s: *mut u8, old: u8, new: u8) -> *mut u8 {
    // SAFETY: a NUL-terminated string that the caller may write into.
    unsafe {
        let length = strlen(s);
        std::slice::from_raw_parts_mut(s, length)
            .iter_mut()
            .filter(|byte| **byte == old)
            .for_each(|byte| *byte = new);
        s.add(length)
    }
}

unsafe extern "C" fn fortify_panic(name: *const u8) {
    // SAFETY: the compiler passes the name of the string function that would have overflowed.
    let name = unsafe { bytes(name) };
    bug(&format!("detected buffer overflow in {}", String::from_utf8_lossy(name)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strscpy_says_when_it_had_to_cut() {
        let mut room = [0xffu8; 4];
        // SAFETY: the buffer has the four bytes it is said to have.
        let cut = unsafe { strscpy(room.as_mut_ptr(), c"longer".as_ptr().cast(), 4) };
        assert_eq!((cut, &room), (-7, b"lon\0"));
    }

    #[test]
    fn strsep_walks_over_a_list_and_ends_with_null() {
        let mut text = *b"a,,b\0";
        let mut cursor = text.as_mut_ptr();
        let mut tokens = Vec::new();
        // SAFETY: `text` is NUL-terminated and outlives the walk.
        unsafe {
            while let Some(token) = strsep(&raw mut cursor, c",".as_ptr().cast()).as_ref() {
                tokens.push(bytes(token).to_vec());
            }
        }
        assert_eq!(tokens, [b"a".to_vec(), b"".to_vec(), b"b".to_vec()]);
    }

    #[test]
    fn a_newline_from_sysfs_does_not_count() {
        // SAFETY: literals end with NUL.
        assert!(unsafe { sysfs_streq(c"on\n".as_ptr().cast(), c"on".as_ptr().cast()) });
    }
}
