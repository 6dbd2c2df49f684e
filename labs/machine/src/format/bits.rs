//! Bytes in hexadecimal, bitmaps, escapes, pixel formats: `%*ph`, `%*pb`, `%*pE`, `%p4cc`.

use super::{bytes, number, spec::Spec, word};

/// `%*ph`, `%*phC`, `%*phD`, `%*phN`: at most 64 bytes.
///
/// # Safety
/// As many bytes as the width says may be read at `value`.
pub(super) unsafe fn hex(out: &mut Vec<u8>, value: u64, spec: &Spec, letter: u8) {
    let separator = match letter {
        b'C' => ":",
        b'D' => "-",
        b'N' => "",
        _ => " ",
    };
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes(value, spec.field_width.unwrap_or(1).clamp(1, 64) as usize) };
    let words: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    out.extend(words.join(separator).into_bytes());
}

/// `%*pb` and `%*pbl`: as many bits as the width says.
///
/// # Safety
/// The words of the bitmap may be read at `value`.
pub(super) unsafe fn bitmap(out: &mut Vec<u8>, value: u64, spec: &Spec, list: bool) {
    let count = spec.width().min(1 << 16);
    let words: Vec<u64> =
        // SAFETY: the caller's promise.
        (0..count.div_ceil(64)).map(|at| unsafe { word(value + 8 * at as u64) }).collect();
    let bit = |at: usize| at < count && words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1);
    if list { ranges(out, count, &bit) } else { chunks(out, count, &bit) }
}

/// `0-3,7`.
fn ranges(out: &mut Vec<u8>, count: usize, bit: &dyn Fn(usize) -> bool) {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < count {
        if !bit(at) {
            at += 1;
            continue;
        }
        let first = at;
        while bit(at) {
            at += 1;
        }
        let last = at - 1;
        parts.push(if first == last { first.to_string() } else { format!("{first}-{last}") });
    }
    out.extend(parts.join(",").into_bytes());
}

/// `f,ffffffff`: 32 bits at a time, the highest first.
fn chunks(out: &mut Vec<u8>, count: usize, bit: &dyn Fn(usize) -> bool) {
    for chunk in (0..count.div_ceil(32)).rev() {
        let size = (count - 32 * chunk).min(32);
        let value = (0..size).filter(|&at| bit(32 * chunk + at)).fold(0u64, |value, at| value | 1 << at);
        let field_width = Some(size.div_ceil(4) as i32);
        number::put(out, value, &Spec { zero: true, field_width, ..Spec::hexadecimal() });
        if chunk > 0 {
            out.push(b',');
        }
    }
}

/// `%*pE`: what is not printable as an escape (`ESCAPE_ANY_NP`).
pub(super) fn escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        match byte {
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            0x0b => out.extend(b"\\v"),
            0x0c => out.extend(b"\\f"),
            0x07 => out.extend(b"\\a"),
            0x1b => out.extend(b"\\e"),
            0 => out.extend(b"\\0"),
            b' '..=b'~' => out.push(byte),
            _ => out.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
}

/// `%p4cc`: `XR24 little-endian (0x34325258)`.
pub(super) fn fourcc(code: u32) -> Vec<u8> {
    let printable = |byte: u8| if byte.is_ascii_graphic() || byte == b' ' { byte } else { b'.' };
    let mut out: Vec<u8> = (code & !(1 << 31)).to_le_bytes().map(printable).to_vec();
    let order = if code >> 31 == 1 { "big-endian" } else { "little-endian" };
    out.extend(format!(" {order} (0x{code:08x})").into_bytes());
    out
}
