//! Numbers from text: the strict kstrto*() and the forgiving simple_strto*(). Linux: lib/kstrtox.c, lib/vsprintf.c.

use abi::Errno;

use crate::exports::Table;
use crate::services::functions;
use crate::services::text::bytes;
use crate::services::uaccess;

pub(super) fn register(table: &mut Table) {
    functions!(table; kstrtoull/3, kstrtoll/3, kstrtouint/3, kstrtoint/3, kstrtou16/3, kstrtos16/3, kstrtou8/3, kstrtos8/3,
        kstrtobool/2, kstrtobool_from_user/3, kstrtoint_from_user/4, kstrtouint_from_user/4, kstrtoull_from_user/4,
        simple_strtoul/3, simple_strtoull/3, simple_strtol/3, simple_strtoll/3);
    table.function("_kstrtoul", kstrtoull as *const (), 3);
    table.function("_kstrtol", kstrtoll as *const (), 3);
}

/// The base that the text asks for when `base` is 0 or 16, and the text behind its 0x.
fn fix_up_radix(text: &[u8], base: u32) -> (u32, &[u8]) {
    let hexadecimal = matches!(text, [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
    match (base, text) {
        (0 | 16, [_, _, digits @ ..]) if hexadecimal => (16, digits),
        (0, [b'0', ..]) => (8, text),
        (0, _) => (10, text),
        _ => (base, text),
    }
}

/// The digits at the start of the text: their value, how many they are, whether 64 bits were too few.
fn digits(text: &[u8], base: u32) -> (u64, usize, bool) {
    let mut value = (0u64, false);
    let mut count = 0;
    for digit in text.iter().map_while(|&byte| char::from(byte).to_digit(36).filter(|&digit| digit < base)) {
        let (scaled, first) = value.0.overflowing_mul(u64::from(base));
        let (sum, second) = scaled.overflowing_add(u64::from(digit));
        value = (sum, value.1 | first | second);
        count += 1;
    }
    (value.0, count, value.1)
}

/// kstrtoull's rule: an optional plus, digits to the end, perhaps one newline.
pub(in crate::services) fn parse_unsigned(text: &[u8], base: u32) -> Result<u64, Errno> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let (base, text) = fix_up_radix(text, base);
    let (value, count, overflow) = digits(text, base);
    if overflow {
        return Err(Errno::ERANGE);
    }
    match text.get(count..) {
        Some([] | [b'\n']) if count > 0 => Ok(value),
        _ => Err(Errno::EINVAL),
    }
}

/// kstrtoll's rule: kstrtoull's, or a minus before it.
pub(in crate::services) fn parse_signed(text: &[u8], base: u32) -> Result<i64, Errno> {
    match text.strip_prefix(b"-") {
        // A plus behind the minus is refused, because _kstrtoull is called for the rest.
        Some([b'+', ..]) => Err(Errno::EINVAL),
        Some(rest) => {
            let value = parse_unsigned(rest, base)?;
            let negated = value.wrapping_neg() as i64;
            if negated > 0 { Err(Errno::ERANGE) } else { Ok(negated) }
        }
        None => i64::try_from(parse_unsigned(text, base)?).map_err(|_| Errno::ERANGE),
    }
}

/// kstrtobool's rule: y, t, 1, on; n, f, 0, off; only the first letters count.
pub(in crate::services) fn parse_bool(text: &[u8]) -> Result<bool, Errno> {
    match text {
        [b'y' | b'Y' | b't' | b'T' | b'1', ..] => Ok(true),
        [b'n' | b'N' | b'f' | b'F' | b'0', ..] => Ok(false),
        [b'o' | b'O', b'n' | b'N', ..] => Ok(true),
        [b'o' | b'O', b'f' | b'F', ..] => Ok(false),
        _ => Err(Errno::EINVAL),
    }
}

/// Stores what was parsed, if it was; the C answer either way.
unsafe fn store<T>(to: *mut T, parsed: Result<T, Errno>) -> i32 {
    match parsed {
        Ok(value) => {
            // SAFETY: the caller passes a pointer to a variable of this type.
            unsafe { to.write_unaligned(value) };
            0
        }
        Err(errno) => errno.to_return() as i32,
    }
}

macro_rules! kstrto {
    ($($name:ident, $type:ty, $parse:ident;)*) => { $(
        unsafe extern "C" fn $name(s: *const u8, base: u32, to: *mut $type) -> i32 {
            // SAFETY: a NUL-terminated string and a variable of the caller's.
            unsafe { store(to, $parse(bytes(s), base).and_then(|value| value.try_into().map_err(|_| Errno::ERANGE))) }
        }
    )* };
}

kstrto! {
    kstrtoull, u64, parse_unsigned;
    kstrtoll, i64, parse_signed;
    kstrtouint, u32, parse_unsigned;
    kstrtoint, i32, parse_signed;
    kstrtou16, u16, parse_unsigned;
    kstrtos16, i16, parse_signed;
    kstrtou8, u8, parse_unsigned;
    kstrtos8, i8, parse_signed;
}

unsafe extern "C" fn kstrtobool(s: *const u8, to: *mut bool) -> i32 {
    if s.is_null() {
        return Errno::EINVAL.to_return() as i32;
    }
    // SAFETY: a NUL-terminated string and a variable of the caller's.
    unsafe { store(to, parse_bool(bytes(s))) }
}

/// At most 63 bytes of a number that a user wrote.
fn number_from_user(s: u64, count: usize) -> Result<Vec<u8>, Errno> {
    let mut text = vec![0; count.min(63)];
    if uaccess::read(s, &mut text) { Ok(text) } else { Err(Errno::EFAULT) }
}

unsafe extern "C" fn kstrtobool_from_user(s: u64, count: usize, to: *mut bool) -> i32 {
    // SAFETY: `to` is a variable of the caller's; the text was copied.
    unsafe { store(to, number_from_user(s, count.min(3)).and_then(|text| parse_bool(&text))) }
}

macro_rules! kstrto_from_user {
    ($($name:ident, $type:ty, $parse:ident;)*) => { $(
        unsafe extern "C" fn $name(s: u64, count: usize, base: u32, to: *mut $type) -> i32 {
            let parsed = number_from_user(s, count).and_then(|text| $parse(&text, base));
            // SAFETY: `to` is a variable of the caller's; the text was copied.
            unsafe { store(to, parsed.and_then(|value| value.try_into().map_err(|_| Errno::ERANGE))) }
        }
    )* };
}

kstrto_from_user! {
    kstrtoint_from_user, i32, parse_signed;
    kstrtouint_from_user, u32, parse_unsigned;
    kstrtoull_from_user, u64, parse_unsigned;
}

unsafe extern "C" fn simple_strtoull(s: *const u8, end: *mut *const u8, base: u32) -> u64 {
    // SAFETY: a NUL-terminated string.
    let text = unsafe { bytes(s) };
    let (base, rest) = fix_up_radix(text, base);
    let (value, count, _) = digits(rest, base);
    if !end.is_null() {
        // SAFETY: the caller's variable; what it gets lies within its own string.
        unsafe { *end = s.add(text.len() - rest.len() + count) };
    }
    value
}

unsafe extern "C" fn simple_strtoul(s: *const u8, end: *mut *const u8, base: u32) -> u64 {
    // SAFETY: as simple_strtoull.
    unsafe { simple_strtoull(s, end, base) }
}

unsafe extern "C" fn simple_strtoll(s: *const u8, end: *mut *const u8, base: u32) -> i64 {
    // SAFETY: as simple_strtoull; the byte before the NUL may be a minus.
    unsafe {
        if *s == b'-' {
            (simple_strtoull(s.add(1), end, base) as i64).wrapping_neg()
        } else {
            simple_strtoull(s, end, base) as i64
        }
    }
}

unsafe extern "C" fn simple_strtol(s: *const u8, end: *mut *const u8, base: u32) -> i64 {
    // SAFETY: as simple_strtoll.
    unsafe { simple_strtoll(s, end, base) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_end_with_one_newline_and_nothing_else() {
        assert_eq!(parse_unsigned(b"42\n", 10), Ok(42));
        assert_eq!(parse_unsigned(b"42\n\n", 10), Err(Errno::EINVAL));
        assert_eq!(parse_unsigned(b"42 ", 10), Err(Errno::EINVAL));
        assert_eq!(parse_unsigned(b"", 10), Err(Errno::EINVAL));
        assert_eq!(parse_unsigned(b"-1", 10), Err(Errno::EINVAL));
    }

    #[test]
    fn base_nought_reads_the_prefix() {
        assert_eq!(parse_unsigned(b"0x1F", 0), Ok(31));
        assert_eq!(parse_unsigned(b"017", 0), Ok(15));
        assert_eq!(parse_unsigned(b"0", 0), Ok(0));
        assert_eq!(parse_unsigned(b"0x", 0), Err(Errno::EINVAL));
    }

    #[test]
    fn what_does_not_fit_is_a_range_error() {
        assert_eq!(parse_unsigned(b"18446744073709551616", 10), Err(Errno::ERANGE));
        assert_eq!(parse_signed(b"-9223372036854775808", 10), Ok(i64::MIN));
        assert_eq!(parse_signed(b"-9223372036854775809", 10), Err(Errno::ERANGE));
        assert_eq!(parse_signed(b"9223372036854775808", 10), Err(Errno::ERANGE));
        let mut byte = 0u8;
        // SAFETY: a literal and a variable.
        assert_eq!(unsafe { kstrtou8(c"256".as_ptr().cast(), 10, &raw mut byte) }, -34);
    }

    #[test]
    fn on_and_off_are_words_but_o_alone_is_none() {
        assert_eq!(parse_bool(b"off"), Ok(false));
        assert_eq!(parse_bool(b"on"), Ok(true));
        assert_eq!(parse_bool(b"o"), Err(Errno::EINVAL));
    }
}
