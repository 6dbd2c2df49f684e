//! UTF-8 to and from single code points and UTF-16. Linux: fs/nls/nls_base.c, utf8_to_utf32 and its neighbours.

use abi::Errno;

use crate::exports::Table;
use crate::services::{fail, functions};

pub(super) fn register(table: &mut Table) {
    functions!(table; utf8_to_utf32/3, utf32_to_utf8/3, utf8s_to_utf16s/5, utf16s_to_utf8s/5);
}

/// The first code point of `bytes` and its length. Code points beyond Unicode, surrogates and longer forms than
/// needed are refused, as are bytes that end in the middle.
fn decode(bytes: &[u8]) -> Result<(u32, usize), Errno> {
    let first = *bytes.first().ok_or(Errno::EOVERFLOW)?;
    // The kernel knows sequences of up to six bytes, and finds those of five and six too large only at their end.
    let (length, mut value) = match first.leading_ones() {
        0 => return Ok((u32::from(first), 1)),
        1 => (7, 0),
        ones @ 2..=6 => (ones as usize, u32::from(first) & (0x7f >> ones)),
        _ => (7, 0),
    };
    for &byte in bytes.iter().take(length.min(6)).skip(1) {
        if byte & 0xc0 != 0x80 {
            return Err(Errno::EILSEQ);
        }
        value = value << 6 | u32::from(byte & 0x3f);
    }
    if bytes.len() < length.min(6) {
        return Err(Errno::EOVERFLOW);
    }
    let character = char::from_u32(value).filter(|character| character.len_utf8() == length);
    character.map(|character| (u32::from(character), length)).ok_or(Errno::EILSEQ)
}

unsafe extern "C" fn utf8_to_utf32(from: *const u8, length: i32, character: *mut u32) -> i32 {
    // The kernel reads the first byte whatever the length.
    let length = usize::try_from(length).unwrap_or(0).clamp(1, 6);
    let mut bytes = [0; 6];
    let mut seen = 0;
    while seen < length {
        // SAFETY: `length` bytes; read one by one, because no byte behind a bad one may be touched.
        bytes[seen] = unsafe { *from.add(seen) };
        seen += 1;
        match decode(&bytes[..seen]) {
            Ok((value, size)) => {
                // SAFETY: the caller's variable.
                unsafe { *character = value };
                return size as i32;
            }
            Err(Errno::EOVERFLOW) => {}
            Err(errno) => return fail(errno),
        }
    }
    fail(Errno::EOVERFLOW)
}

/// The UTF-8 of a code point, if there is room for it.
fn encode(character: u32, room: usize) -> Result<Vec<u8>, Errno> {
    let character = char::from_u32(character).ok_or(Errno::EILSEQ)?;
    let mut bytes = [0; 4];
    let encoded = character.encode_utf8(&mut bytes).as_bytes();
    if encoded.len() <= room { Ok(encoded.to_vec()) } else { Err(Errno::EOVERFLOW) }
}

unsafe extern "C" fn utf32_to_utf8(character: u32, to: *mut u8, room: i32) -> i32 {
    if to.is_null() {
        return 0;
    }
    match encode(character, usize::try_from(room).unwrap_or(0)) {
        Ok(bytes) => {
            // SAFETY: room for as many bytes.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
            bytes.len() as i32
        }
        Err(errno) => fail(errno),
    }
}

/// `enum utf16_endian`: the big one; this machine's own is little.
const BIG_ENDIAN: u32 = 2;

fn order(unit: u16, endian: u32) -> u16 {
    if endian == BIG_ENDIAN { unit.swap_bytes() } else { unit }
}

unsafe extern "C" fn utf8s_to_utf16s(
    from: *const u8,
    length: i32,
    endian: u32,
    to: *mut u16,
    room: i32,
) -> i32 {
    // SAFETY: `length` bytes.
    let mut bytes = unsafe { std::slice::from_raw_parts(from, usize::try_from(length).unwrap_or(0)) };
    let room = usize::try_from(room).unwrap_or(0);
    let mut written = 0;
    while written < room && bytes.first().is_some_and(|&byte| byte != 0) {
        let Ok((value, size)) = decode(bytes) else { return fail(Errno::EINVAL) };
        bytes = bytes.get(size..).unwrap_or_default();
        let mut units = [0; 2];
        let units = char::from_u32(value).unwrap_or_default().encode_utf16(&mut units);
        if written + units.len() > room {
            break;
        }
        for unit in units {
            // SAFETY: room for `room` units.
            unsafe { *to.add(written) = order(*unit, endian) };
            written += 1;
        }
    }
    written as i32
}

unsafe extern "C" fn utf16s_to_utf8s(
    from: *const u16,
    length: i32,
    endian: u32,
    to: *mut u8,
    room: i32,
) -> i32 {
    // SAFETY: `length` units.
    let units = unsafe { std::slice::from_raw_parts(from, usize::try_from(length).unwrap_or(0)) };
    let units = units.iter().map(|&unit| order(unit, endian)).take_while(|&unit| unit != 0);
    let room = usize::try_from(room).unwrap_or(0);
    let mut written = 0;
    // Halves of pairs are left out, as the kernel leaves them out.
    for character in char::decode_utf16(units).flatten() {
        let Ok(bytes) = encode(u32::from(character), room - written) else { break };
        // SAFETY: encode() has checked the room.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.add(written), bytes.len()) };
        written += bytes.len();
    }
    written as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf_8_is_refused_with_the_kernels_numbers() {
        assert_eq!(decode(b"\xe2\x82\xac!"), Ok((0x20ac, 3)));
        assert_eq!(decode(b"\xe2\x82"), Err(Errno::EOVERFLOW));
        assert_eq!(decode(b"\xe2("), Err(Errno::EILSEQ));
        assert_eq!(decode(b"\xc0\xaf"), Err(Errno::EILSEQ), "longer than needed");
        assert_eq!(decode(b"\xed\xa0\x80"), Err(Errno::EILSEQ), "a surrogate");
        assert_eq!(decode(b"\xf4\x90\x80\x80"), Err(Errno::EILSEQ), "beyond Unicode");
    }

    #[test]
    fn a_pair_of_surrogates_becomes_four_bytes_and_a_lone_one_nothing() {
        let units = [0xd83d, 0xde00, 0xdc00, 0x41, 0];
        let mut out = [0u8; 8];
        // SAFETY: arrays of the lengths given.
        let length = unsafe { utf16s_to_utf8s(units.as_ptr(), 5, 0, out.as_mut_ptr(), 8) };
        assert_eq!(&out[..length as usize], "\u{1f600}A".as_bytes());
    }
}
