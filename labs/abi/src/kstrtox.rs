//! Numbers from text, strictly: what a module's `kstrtoint` and the kernel's own parameters share. Linux:
//! `lib/kstrtox.c`.

use crate::Errno;

/// The base that the text asks for when `base` is 0 or 16, and the text behind its `0x`.
fn parse_integer_fixup_radix(text: &[u8], base: u32) -> (u32, &[u8]) {
    let hexadecimal = matches!(text, [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
    match (base, text) {
        (0 | 16, [_, _, digits @ ..]) if hexadecimal => (16, digits),
        (0, [b'0', ..]) => (8, text),
        (0, _) => (10, text),
        _ => (base, text),
    }
}

/// The digits at the start of the text: their value, how many they are, whether 64 bits were too few.
fn parse_integer(text: &[u8], base: u32) -> (u64, usize, bool) {
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

/// A number of 64 bits: an optional plus, digits to the end, perhaps one newline. Base 0 reads `0x10` as
/// hexadecimal and `010` as octal.
///
/// # Errors
/// `ERANGE` where 64 bits are too few, `EINVAL` where it is no number: a minus, a space, no digit at all.
pub fn kstrtoull(text: &[u8], base: u32) -> Result<u64, Errno> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let (base, text) = parse_integer_fixup_radix(text, base);
    let (value, count, overflow) = parse_integer(text, base);
    if overflow {
        return Err(Errno::ERANGE);
    }
    match text.get(count..) {
        Some([] | [b'\n']) if count > 0 => Ok(value),
        _ => Err(Errno::EINVAL),
    }
}

/// A number of 64 bits with a sign: as [`kstrtoull`], or a minus before that.
///
/// # Errors
/// `ERANGE` where 64 bits are too few, `EINVAL` where it is no number.
pub fn kstrtoll(text: &[u8], base: u32) -> Result<i64, Errno> {
    match text.strip_prefix(b"-") {
        // A plus behind the minus is refused, because _kstrtoull is called for the rest.
        Some([b'+', ..]) => Err(Errno::EINVAL),
        Some(rest) => {
            let negated = kstrtoull(rest, base)?.wrapping_neg() as i64;
            if negated > 0 { Err(Errno::ERANGE) } else { Ok(negated) }
        }
        None => i64::try_from(kstrtoull(text, base)?).map_err(|_| Errno::ERANGE),
    }
}

/// Yes or no by the first letters: y, t, 1, on; n, f, 0, off; capitals too. What follows does not count.
///
/// # Errors
/// `EINVAL` for anything else.
pub fn kstrtobool(text: &[u8]) -> Result<bool, Errno> {
    match text {
        [b'y' | b'Y' | b't' | b'T' | b'1', ..] => Ok(true),
        [b'n' | b'N' | b'f' | b'F' | b'0', ..] => Ok(false),
        [b'o' | b'O', b'n' | b'N', ..] => Ok(true),
        [b'o' | b'O', b'f' | b'F', ..] => Ok(false),
        _ => Err(Errno::EINVAL),
    }
}

/// The forgiving one: the number at the start of the text, whatever follows and however often it overflows, and
/// how many bytes it took.
pub fn simple_strtoull(text: &[u8], base: u32) -> (u64, usize) {
    let (base, rest) = parse_integer_fixup_radix(text, base);
    let (value, count, _) = parse_integer(rest, base);
    (value, text.len() - rest.len() + count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_end_with_one_newline_and_nothing_else() {
        assert_eq!(kstrtoull(b"42\n", 10), Ok(42));
        assert_eq!(kstrtoull(b"42\n\n", 10), Err(Errno::EINVAL));
        assert_eq!(kstrtoull(b"42 ", 10), Err(Errno::EINVAL));
        assert_eq!(kstrtoull(b"", 10), Err(Errno::EINVAL));
        assert_eq!(kstrtoull(b"-1", 10), Err(Errno::EINVAL));
    }

    #[test]
    fn base_nought_reads_the_prefix() {
        assert_eq!(kstrtoull(b"0x1F", 0), Ok(31));
        assert_eq!(kstrtoull(b"017", 0), Ok(15));
        assert_eq!(kstrtoull(b"0", 0), Ok(0));
        assert_eq!(kstrtoull(b"0x", 0), Err(Errno::EINVAL));
    }

    #[test]
    fn what_does_not_fit_is_a_range_error() {
        assert_eq!(kstrtoull(b"18446744073709551616", 10), Err(Errno::ERANGE));
        assert_eq!(kstrtoll(b"-9223372036854775808", 10), Ok(i64::MIN));
        assert_eq!(kstrtoll(b"-9223372036854775809", 10), Err(Errno::ERANGE));
        assert_eq!(kstrtoll(b"9223372036854775808", 10), Err(Errno::ERANGE));
    }

    #[test]
    fn on_and_off_are_words_but_o_alone_is_none() {
        assert_eq!(kstrtobool(b"off"), Ok(false));
        assert_eq!(kstrtobool(b"on"), Ok(true));
        assert_eq!(kstrtobool(b"o"), Err(Errno::EINVAL));
    }

    #[test]
    fn the_forgiving_one_says_where_it_stopped() {
        assert_eq!(simple_strtoull(b"0x1fz", 0), (31, 4));
        assert_eq!(simple_strtoull(b"z", 10), (0, 0));
        assert_eq!(simple_strtoull(b"089", 0), (0, 1));
    }
}
