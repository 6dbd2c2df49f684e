//! Bytes as hexadecimal text and back, and dumps of them. Linux: lib/hexdump.c.

use abi::Errno;

use crate::exports::Table;
use crate::services::text::bytes;
use crate::services::{functions, log};

pub(super) fn register(table: &mut Table) {
    functions!(table; hex_to_bin/1, hex2bin/3, bin2hex/3, hex_dump_to_buffer/7, print_hex_dump/8);
    table.data("hex_asc", 17, 1, b"0123456789abcdef\0");
    table.data("hex_asc_upper", 17, 1, b"0123456789ABCDEF\0");
}

unsafe extern "C" fn hex_to_bin(character: u8) -> i32 {
    char::from(character).to_digit(16).map_or(-1, |digit| digit as i32)
}

unsafe extern "C" fn hex2bin(to: *mut u8, from: *const u8, count: usize) -> i32 {
    for index in 0..count {
        // SAFETY: `from` has two digits for each of the `count` bytes of `to`, or ends early with a byte that is none.
        unsafe {
            let high = hex_to_bin(*from.add(2 * index));
            if high < 0 {
                return Errno::EINVAL.to_return() as i32;
            }
            let low = hex_to_bin(*from.add(2 * index + 1));
            if low < 0 {
                return Errno::EINVAL.to_return() as i32;
            }
            *to.add(index) = (high << 4 | low) as u8;
        }
    }
    0
}

unsafe extern "C" fn bin2hex(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for index in 0..count {
        // SAFETY: `to` has two bytes for each of the `count` bytes of `from`.
        unsafe {
            let byte = *from.add(index);
            *to.add(2 * index) = DIGITS[usize::from(byte >> 4)];
            *to.add(2 * index + 1) = DIGITS[usize::from(byte & 15)];
        }
    }
    to.wrapping_add(2 * count)
}

/// One line of a dump: groups of bytes, most significant first, and what they are in ASCII if wanted.
pub(in crate::services) fn line(data: &[u8], row: usize, group: usize, ascii: bool) -> String {
    let row = if row == 32 { 32 } else { 16 };
    let data = &data[..data.len().min(row)];
    let group = if matches!(group, 2 | 4 | 8) && data.len().is_multiple_of(group) { group } else { 1 };
    let digits = |bytes: &[u8]| bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut text = data.chunks(group).map(digits).collect::<Vec<_>>().join(" ");
    if ascii {
        let width = row * 2 + row / group + 1;
        let printable = |&byte: &u8| if (b' '..0x7f).contains(&byte) { char::from(byte) } else { '.' };
        text = format!("{text:width$}{}", data.iter().map(printable).collect::<String>());
    }
    text
}

unsafe extern "C" fn hex_dump_to_buffer(
    data: *const u8,
    length: usize,
    row: i32,
    group: i32,
    to: *mut u8,
    room: usize,
    ascii: bool,
) -> i32 {
    // SAFETY: a range of `length` bytes.
    let data = unsafe { std::slice::from_raw_parts(data, length) };
    let text = line(data, row as usize, group as usize, ascii);
    if room > 0 {
        let kept = text.len().min(room - 1);
        // SAFETY: `to` has `room` bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), to, kept);
            *to.add(kept) = 0;
        }
    }
    text.len() as i32
}

#[allow(clippy::too_many_arguments)]
unsafe extern "C" fn print_hex_dump(
    level: *const u8,
    prefix: *const u8,
    prefix_kind: i32,
    row: i32,
    group: i32,
    data: *const u8,
    length: usize,
    ascii: bool,
) {
    // SAFETY: two strings and a range of `length` bytes.
    let (level, prefix, data) =
        unsafe { (bytes(level), bytes(prefix), std::slice::from_raw_parts(data, length)) };
    let row = if row == 32 { 32 } else { 16 };
    for (index, chunk) in data.chunks(row).enumerate() {
        let place = match prefix_kind {
            1 => format!("{:016x}: ", chunk.as_ptr() as u64),
            2 => format!("{:08x}: ", index * row),
            _ => String::new(),
        };
        let text = line(chunk, row, group as usize, ascii);
        log(level.get(1).copied(), &format!("{}{place}{text}", String::from_utf8_lossy(prefix)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_dump_looks_like_the_kernels() {
        let data: Vec<u8> = (0x30..0x40).collect();
        assert_eq!(
            line(&data, 16, 1, true),
            "30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?"
        );
        assert_eq!(line(&data, 16, 4, false), "33323130 37363534 3b3a3938 3f3e3d3c");
        assert_eq!(line(&data[..3], 16, 1, true), "30 31 32                                         012");
    }
}
