//! sscanf: numbers and words out of a string. Linux: lib/vsprintf.c, vsscanf.

use crate::exports::Table;
use crate::format::VaList;
use crate::services::text::bytes;

pub(super) fn register(table: &mut Table) {
    table.variadic("sscanf", sscanf as *const (), 2);
    table.function("vsscanf", vsscanf as *const (), 3);
}

unsafe extern "C" fn sscanf(text: *const u8, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: two NUL-terminated strings and pointers as the format asks for them.
    unsafe { scan(bytes(text), bytes(format), &mut *list) }
}

unsafe extern "C" fn vsscanf(text: *const u8, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: as sscanf.
    unsafe { scan(bytes(text), bytes(format), &mut *list) }
}

/// A conversion: what stands between its percent sign and its letter.
#[derive(Debug, Clone, Copy)]
struct Conversion {
    store: bool,
    width: Option<usize>,
    /// Bytes in the variable.
    size: usize,
    kind: u8,
}

/// Reads a conversion behind its percent sign; how long it is.
fn conversion(format: &[u8]) -> Option<(Conversion, usize)> {
    let mut at = 0;
    let store = format.first() != Some(&b'*');
    at += usize::from(!store);
    let digits = format.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let width = std::str::from_utf8(&format[at..at + digits]).ok()?.parse().ok();
    at += digits;
    let (size, length) = match format.get(at..)? {
        [b'h', b'h', ..] => (1, 2),
        [b'h', ..] => (2, 1),
        [b'l', b'l', ..] => (8, 2),
        [b'l' | b'L' | b'z' | b'j' | b't', ..] => (8, 1),
        _ => (4, 0),
    };
    at += length;
    let kind = *format.get(at)?;
    Some((Conversion { store, width, size, kind }, at + 1))
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

fn skip_spaces(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|&&byte| is_space(byte)).count()..]
}

/// Stores a number in as many bytes as its variable has.
unsafe fn store(to: u64, value: u64, size: usize) {
    // SAFETY: the caller's variable of `size` bytes.
    unsafe { std::ptr::copy_nonoverlapping(value.to_le_bytes().as_ptr(), to as *mut u8, size) };
}

/// A number at the start of the text, in the base that its conversion names: its value and length.
fn number(text: &[u8], kind: u8, width: Option<usize>) -> Option<(u64, usize)> {
    let text = &text[..text.len().min(width.unwrap_or(usize::MAX))];
    let negative = matches!(kind, b'd' | b'i') && text.first() == Some(&b'-');
    let sign = usize::from(negative || matches!(kind, b'd' | b'i') && text.first() == Some(&b'+'));
    let rest = &text[sign..];
    let prefixed = matches!(rest, [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
    let (base, prefix) = match kind {
        b'x' | b'X' => (16, if prefixed { 2 } else { 0 }),
        b'o' => (8, 0),
        b'i' if prefixed => (16, 2),
        b'i' if rest.first() == Some(&b'0') => (8, 0),
        _ => (10, 0),
    };
    let digits: Vec<u64> =
        rest[prefix..].iter().map_while(|&byte| char::from(byte).to_digit(base)).map(u64::from).collect();
    if digits.is_empty() {
        return None;
    }
    let value =
        digits.iter().fold(0u64, |value, digit| value.wrapping_mul(u64::from(base)).wrapping_add(*digit));
    Some((if negative { value.wrapping_neg() } else { value }, sign + prefix + digits.len()))
}

/// How many bytes at the start of the text are in a set such as `a-f]` or `^,]`, and how long the set is.
fn set(text: &[u8], pattern: &[u8], width: Option<usize>) -> Option<(usize, usize)> {
    let inverted = pattern.first() == Some(&b'^');
    let start = usize::from(inverted);
    let end = start + pattern.get(start..)?.iter().position(|&byte| byte == b']')?;
    let members = &pattern[start..end];
    let inside = |byte: u8| {
        let ranges =
            members.windows(3).any(|window| window[1] == b'-' && (window[0]..=window[2]).contains(&byte));
        (ranges || members.contains(&byte)) != inverted
    };
    let most = width.unwrap_or(usize::MAX);
    Some((text.iter().take(most).take_while(|&&byte| inside(byte)).count(), end + 1))
}

/// # Safety
/// The list has a pointer to a variable of the right size for each conversion that stores.
unsafe fn scan(text: &[u8], format: &[u8], list: &mut VaList) -> i32 {
    let (mut rest, mut format, mut found) = (text, format, 0);
    while let Some((&byte, behind)) = format.split_first() {
        if is_space(byte) {
            rest = skip_spaces(rest);
            format = behind;
            continue;
        }
        if byte != b'%' || behind.first() == Some(&b'%') {
            format = if byte == b'%' { &behind[1..] } else { behind };
            let Some(next) = rest.strip_prefix(&[byte]) else { break };
            rest = next;
            continue;
        }
        let Some((conversion, length)) = conversion(behind) else { break };
        format = &behind[length..];
        let Conversion { store: keep, width, size, kind } = conversion;
        if kind == b'n' {
            // SAFETY: the caller's promise.
            unsafe { store(list.next(), (text.len() - rest.len()) as u64, 4) };
            continue;
        }
        if !matches!(kind, b'c' | b'[') {
            rest = skip_spaces(rest);
        }
        let taken = match kind {
            b's' => {
                rest.iter().take(width.unwrap_or(usize::MAX)).take_while(|&&byte| !is_space(byte)).count()
            }
            b'c' => width.unwrap_or(1).min(rest.len()),
            b'[' => {
                let Some((taken, length)) = set(rest, format, width) else { break };
                format = &format[length..];
                taken
            }
            _ => {
                let Some((value, taken)) = number(rest, kind, width) else { break };
                if keep {
                    // SAFETY: the caller's promise.
                    unsafe { store(list.next(), value, size) };
                    found += 1;
                }
                rest = &rest[taken..];
                continue;
            }
        };
        if taken == 0 {
            break;
        }
        if keep {
            // SAFETY: the caller's promise; a word and a set get a NUL behind them.
            unsafe {
                let to = list.next() as *mut u8;
                std::ptr::copy_nonoverlapping(rest.as_ptr(), to, taken);
                if kind != b'c' {
                    *to.add(taken) = 0;
                }
            }
            found += 1;
        }
        rest = &rest[taken..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_base_of_their_conversion() {
        assert_eq!(number(b"-42rest", b'd', None), Some((42u64.wrapping_neg(), 3)));
        assert_eq!(number(b"0x1fz", b'x', None), Some((31, 4)));
        assert_eq!(number(b"0x1f", b'i', None), Some((31, 4)));
        assert_eq!(number(b"017", b'i', None), Some((15, 3)));
        assert_eq!(number(b"12345", b'u', Some(2)), Some((12, 2)));
        assert_eq!(number(b"x", b'd', None), None);
    }

    #[test]
    fn a_set_has_ranges_and_may_be_inverted() {
        assert_eq!(set(b"beef!", b"a-f]", None), Some((4, 4)));
        assert_eq!(set(b"key=value", b"^=]=%s", None), Some((3, 3)));
    }
}
