//! Universally unique identifiers as text, at random, and none. Linux: lib/uuid.c.

use abi::Errno;

use crate::exports::Table;
use crate::services::compute::random;
use crate::services::text::bytes;
use crate::services::{fail, functions};

pub(super) fn register(table: &mut Table) {
    functions!(table; guid_parse/2, uuid_parse/2, uuid_is_valid/1, guid_gen/1, uuid_gen/1, generate_random_uuid/1, generate_random_guid/1);
    table.data("uuid_null", 16, 8, &[]);
    table.data("guid_null", 16, 8, &[]);
}

/// Which byte each pair of digits is, for identifiers in the order of their text and for those with the first three
/// parts in the order of the machine.
const UUID: [usize; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const GUID: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
/// The length of the text, and where its hyphens are.
const LENGTH: usize = 36;
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// The sixteen bytes of an identifier, in the order of its text; what follows it does not matter.
fn parse(text: &[u8]) -> Option<[u8; 16]> {
    let mut digits = Vec::with_capacity(32);
    for (index, &byte) in text.get(..LENGTH)?.iter().enumerate() {
        if HYPHENS.contains(&index) {
            if byte != b'-' {
                return None;
            }
        } else {
            digits.push(char::from(byte).to_digit(16)? as u8);
        }
    }
    let pairs: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    pairs.try_into().ok()
}

unsafe fn store(text: *const u8, to: *mut [u8; 16], order: &[usize; 16]) -> i32 {
    // SAFETY: a NUL-terminated text and sixteen bytes of the caller's.
    unsafe {
        let Some(bytes) = parse(bytes(text)) else { return fail(Errno::EINVAL) };
        for (byte, place) in bytes.into_iter().zip(order) {
            (*to)[*place] = byte;
        }
    }
    0
}

unsafe extern "C" fn guid_parse(text: *const u8, to: *mut [u8; 16]) -> i32 {
    // SAFETY: as store().
    unsafe { store(text, to, &GUID) }
}

unsafe extern "C" fn uuid_parse(text: *const u8, to: *mut [u8; 16]) -> i32 {
    // SAFETY: as store().
    unsafe { store(text, to, &UUID) }
}

unsafe extern "C" fn uuid_is_valid(text: *const u8) -> bool {
    // SAFETY: a NUL-terminated text.
    parse(unsafe { bytes(text) }).is_some()
}

/// Random bytes, with version 4 and the variant of RFC 4122; the version lies in byte `version`.
unsafe fn generate(to: *mut [u8; 16], version: usize) {
    // SAFETY: sixteen bytes of the caller's.
    unsafe {
        random::fill(&mut *to);
        (*to)[version] = (*to)[version] & 0x0f | 0x40;
        (*to)[8] = (*to)[8] & 0x3f | 0x80;
    }
}

unsafe extern "C" fn guid_gen(to: *mut [u8; 16]) {
    // SAFETY: as generate().
    unsafe { generate(to, 7) };
}

unsafe extern "C" fn generate_random_guid(to: *mut [u8; 16]) {
    // SAFETY: as generate().
    unsafe { generate(to, 7) };
}

unsafe extern "C" fn uuid_gen(to: *mut [u8; 16]) {
    // SAFETY: as generate().
    unsafe { generate(to, 6) };
}

unsafe extern "C" fn generate_random_uuid(to: *mut [u8; 16]) {
    // SAFETY: as generate().
    unsafe { generate(to, 6) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_has_its_first_three_parts_turned_round() {
        let text = c"00112233-4455-6677-8899-aabbccddeeff";
        let mut bytes = [0; 16];
        // SAFETY: a literal and sixteen bytes.
        unsafe {
            assert_eq!(guid_parse(text.as_ptr().cast(), &raw mut bytes), 0);
            assert_eq!(bytes[..8], [0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66]);
            assert_eq!(guid_parse(c"00112233-4455".as_ptr().cast(), &raw mut bytes), -22);
        }
    }
}
