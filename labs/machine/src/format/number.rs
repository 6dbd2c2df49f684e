//! Integers (lib/vsprintf.c, number).

use super::spec::Spec;

/// Adds `value` as `spec` asks.
pub(super) fn put(out: &mut Vec<u8>, value: u64, spec: &Spec) {
    let negative = spec.signed && (value as i64) < 0;
    let magnitude = if negative { value.wrapping_neg() } else { value };
    let sign: &[u8] = match () {
        () if negative => b"-",
        () if spec.signed && spec.plus => b"+",
        () if spec.signed && spec.space => b" ",
        () => b"",
    };
    let prefix: &[u8] = match spec.base {
        16 if spec.special && spec.upper => b"0X",
        16 if spec.special => b"0x",
        8 if spec.special && magnitude != 0 => b"0",
        _ => b"",
    };
    let digits = digits(magnitude, spec);
    let precision = spec.precision.map_or(0, |precision| precision as usize).max(digits.len());
    let padding = spec.width().saturating_sub(sign.len() + prefix.len() + precision);
    let zeroes = if spec.zero && !spec.left { padding } else { 0 };
    let (before, after) = if spec.left { (0, padding) } else { (padding - zeroes, 0) };
    out.resize(out.len() + before, b' ');
    out.extend_from_slice(sign);
    out.extend_from_slice(prefix);
    out.resize(out.len() + zeroes + precision - digits.len(), b'0');
    out.extend_from_slice(&digits);
    out.resize(out.len() + after, b' ');
}

/// `0x` and all digits of a number of `size` bytes (`special_hex_number`).
pub(super) fn put_address(out: &mut Vec<u8>, value: u64, size: i32) {
    put(
        out,
        value,
        &Spec { special: true, zero: true, field_width: Some(2 + 2 * size), ..Spec::hexadecimal() },
    );
}

fn digits(value: u64, spec: &Spec) -> Vec<u8> {
    let text = match (spec.base, spec.upper) {
        (8, _) => format!("{value:o}"),
        (16, false) => format!("{value:x}"),
        (16, true) => format!("{value:X}"),
        _ => value.to_string(),
    };
    text.into_bytes()
}
