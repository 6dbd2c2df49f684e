//! Options in text, "key=%d,flag": matching them against a table of patterns. Linux: lib/parser.c, lib/cmdline.c.

use abi::{
    Errno,
    kstrtox::{kstrtoll, kstrtoull},
};

use crate::exports::Table;
use crate::services::text::bytes;
use crate::services::traced::traced;
use crate::services::{functions, heap};

pub(super) fn register(table: &mut Table) {
    functions!(table; match_token/3, match_int/2, match_uint/2, match_octal/2, match_hex/2, match_u64/2, match_strlcpy/3);
    traced!(table; match_strdup/1);
}

/// substring_t.
#[repr(C)]
#[derive(Clone, Copy)]
struct Substring {
    from: *const u8,
    to: *const u8,
}

impl Substring {
    /// # Safety
    /// match_token filled it in from a string that is still there.
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        // SAFETY: both ends lie in that string.
        unsafe { std::slice::from_raw_parts(self.from, self.to.offset_from(self.from).max(0) as usize) }
    }
}

/// struct match_token.
#[repr(C)]
struct Pattern {
    token: i32,
    text: *const u8,
}

/// MAX_OPT_ARGS.
const ARGUMENTS: usize = 3;

/// Matches a string against a pattern with %s, %d, %u, %o, %x; where the arguments begin and end.
fn match_one(text: &[u8], pattern: &[u8]) -> Option<Vec<(usize, usize)>> {
    let mut arguments = Vec::new();
    let (mut at, mut rest) = (0, pattern);
    while let Some(percent) = rest.iter().position(|&byte| byte == b'%') {
        if text.get(at..at + percent)? != &rest[..percent] {
            return None;
        }
        at += percent;
        rest = &rest[percent + 1..];
        let width: usize = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let limit = std::str::from_utf8(&rest[..width]).ok()?.parse().unwrap_or(usize::MAX);
        let (&kind, behind) = rest[width..].split_first()?;
        rest = behind;
        if kind == b'%' {
            if text.get(at) != Some(&b'%') {
                return None;
            }
            at += 1;
            continue;
        }
        let available = &text[at..text.len().min(at.saturating_add(limit))];
        let length = match kind {
            b's' if available.is_empty() => return None,
            b's' => available.len(),
            b'd' => length_of_number(available, 10, true)?,
            b'u' => length_of_number(available, 10, false)?,
            b'o' => length_of_number(available, 8, false)?,
            b'x' => length_of_number(available, 16, false)?,
            _ => return None,
        };
        if arguments.len() == ARGUMENTS {
            return None;
        }
        arguments.push((at, at + length));
        at += length;
    }
    (text.get(at..)? == rest).then_some(arguments)
}

fn length_of_number(text: &[u8], base: u32, sign: bool) -> Option<usize> {
    let start = usize::from(sign && text.first() == Some(&b'-'));
    let prefix = if base == 16 && text[start..].starts_with(b"0x") { 2 } else { 0 };
    let digits =
        text.get(start + prefix..)?.iter().take_while(|&&byte| char::from(byte).is_digit(base)).count();
    (digits > 0).then_some(start + prefix + digits)
}

unsafe extern "C" fn match_token(s: *const u8, table: *const Pattern, arguments: *mut Substring) -> i32 {
    // SAFETY: the table ends with an entry without pattern; `arguments` has room for MAX_OPT_ARGS; strings end with NUL.
    unsafe {
        let text = bytes(s);
        let mut entry = table;
        while !(*entry).text.is_null() {
            if let Some(found) = match_one(text, bytes((*entry).text)) {
                for (index, (from, to)) in found.into_iter().enumerate() {
                    *arguments.add(index) = Substring { from: s.add(from), to: s.add(to) };
                }
                break;
            }
            entry = entry.add(1);
        }
        (*entry).token
    }
}

/// Stores an argument as a number.
unsafe fn number(argument: *const Substring, base: u32, to: *mut i32) -> i32 {
    // SAFETY: match_token filled the substring in.
    let text = unsafe { (*argument).bytes() };
    let parsed = kstrtoll(text, base).and_then(|value| i32::try_from(value).map_err(|_| Errno::ERANGE));
    match parsed {
        Ok(value) => {
            // SAFETY: the caller's variable.
            unsafe { *to = value };
            0
        }
        Err(errno) => errno.to_return() as i32,
    }
}

unsafe extern "C" fn match_int(argument: *const Substring, to: *mut i32) -> i32 {
    // SAFETY: as number().
    unsafe { number(argument, 0, to) }
}

unsafe extern "C" fn match_octal(argument: *const Substring, to: *mut i32) -> i32 {
    // SAFETY: as number().
    unsafe { number(argument, 8, to) }
}

unsafe extern "C" fn match_hex(argument: *const Substring, to: *mut i32) -> i32 {
    // SAFETY: as number().
    unsafe { number(argument, 16, to) }
}

unsafe extern "C" fn match_uint(argument: *const Substring, to: *mut u32) -> i32 {
    // SAFETY: match_token filled the substring in; `to` is the caller's variable.
    unsafe {
        let parsed = kstrtoull((*argument).bytes(), 10)
            .and_then(|value| u32::try_from(value).map_err(|_| Errno::ERANGE));
        parsed.map_or_else(
            |errno| errno.to_return() as i32,
            |value| {
                *to = value;
                0
            },
        )
    }
}

unsafe extern "C" fn match_u64(argument: *const Substring, to: *mut u64) -> i32 {
    // SAFETY: match_token filled the substring in; `to` is the caller's variable.
    unsafe {
        let parsed = kstrtoull((*argument).bytes(), 0);
        parsed.map_or_else(
            |errno| errno.to_return() as i32,
            |value| {
                *to = value;
                0
            },
        )
    }
}

unsafe extern "C" fn match_strlcpy(to: *mut u8, argument: *const Substring, room: usize) -> usize {
    // SAFETY: match_token filled the substring in; `to` has `room` bytes.
    unsafe {
        let text = (*argument).bytes();
        if room > 0 {
            let kept = text.len().min(room - 1);
            std::ptr::copy(text.as_ptr(), to, kept);
            *to.add(kept) = 0;
        }
        text.len()
    }
}

unsafe extern "C" fn match_strdup(argument: *const Substring, caller: u64) -> u64 {
    // SAFETY: match_token filled the substring in.
    heap::duplicate(unsafe { (*argument).bytes() }, true, caller)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_finds_its_arguments() {
        assert_eq!(match_one(b"uid=1000", b"uid=%u"), Some(vec![(4, 8)]));
        assert_eq!(match_one(b"name=x", b"name=%s"), Some(vec![(5, 6)]));
        assert_eq!(match_one(b"sync", b"sync"), Some(vec![]));
        assert_eq!(match_one(b"uid=", b"uid=%u"), None);
        assert_eq!(match_one(b"uid=10x", b"uid=%u"), None);
    }
}
