//! Tables that modules read directly: character classes and reversed bytes. Linux: lib/ctype.c, lib/bitrev.c.

use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    let classes: Vec<u8> = (0..=255).map(class).collect();
    table.data("_ctype", 256, 32, &classes);
    let reversed: Vec<u8> = (0..=255).map(u8::reverse_bits).collect();
    table.data("byte_rev_table", 256, 32, &reversed);
}

const UPPER: u8 = 0x01;
const LOWER: u8 = 0x02;
const DIGIT: u8 = 0x04;
const CONTROL: u8 = 0x08;
const PUNCTUATION: u8 = 0x10;
const SPACE: u8 = 0x20;
const HEXADECIMAL: u8 = 0x40;
const HARD_SPACE: u8 = 0x80;

/// The bits of include/linux/ctype.h for a character of Latin-1.
fn class(byte: u8) -> u8 {
    match byte {
        b'\t'..=b'\r' => CONTROL | SPACE,
        0..=0x1f | 0x7f => CONTROL,
        b' ' => SPACE | HARD_SPACE,
        b'0'..=b'9' => DIGIT,
        b'A'..=b'F' => UPPER | HEXADECIMAL,
        b'G'..=b'Z' => UPPER,
        b'a'..=b'f' => LOWER | HEXADECIMAL,
        b'g'..=b'z' => LOWER,
        b'!'..=b'~' => PUNCTUATION,
        0x80..=0x9f => 0,
        0xa0 => SPACE | HARD_SPACE,
        0xd7 | 0xf7 | 0xa1..=0xbf => PUNCTUATION,
        0xc0..=0xde => UPPER,
        0xdf..=0xff => LOWER,
    }
}
