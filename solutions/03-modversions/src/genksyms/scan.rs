//! The first half of the lexer: where a C token ends (scripts/genksyms/lex.l, the patterns).

use bstr::ByteSlice;

/// What stands at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// Nothing: the text is empty.
    End,
    /// A name or a reserved word.
    Word,
    /// A number.
    Number,
    /// A string or a character in quotes.
    Quoted,
    /// `...`
    Dots,
    /// An operator of two characters.
    Operator,
    /// Any other byte, by itself.
    Byte(u8),
}

/// The first token of `text` and its length in bytes. `text` starts neither with white space nor with a line
/// that begins with `#`. Of several readings the longest counts.
///
/// - A word is a letter, `_` or `$`, followed by any number of those and of digits.
/// - `"` and `'` begin a quoted token, also after an `L` of which they are a part. It ends with the next quote
///   of the same kind that has no backslash before it; see `quoted`. Where none follows, `L` is a word and a
///   quote a byte.
/// - A digit begins a number, and so does a point with a digit after it; see `number`.
/// - `...` are dots.
/// - Operators are `&&`, `||`, `->`, `<<`, `>>`, and one of `~ % ^ & * + = | < > / -` with `=` after it. `!=`
///   and `++` are none: genksyms reads no expressions, it only passes through them.
/// - All else is a byte by itself.
pub fn scan(text: &[u8]) -> (Scanned, usize) {
    // ANCHOR: task_scan
    let Some(&first) = text.first() else { return (Scanned::End, 0) };
    let second = text.get(1).copied().unwrap_or_default();
    match (first, second) {
        (b'L', b'"' | b'\'') if quoted(text.get(1..).unwrap_or_default()).is_some() => {
            (Scanned::Quoted, 1 + quoted(text.get(1..).unwrap_or_default()).unwrap_or_default())
        }
        (b'"' | b'\'', _) => quoted(text).map_or((Scanned::Byte(first), 1), |end| (Scanned::Quoted, end)),
        (b'0'..=b'9', _) | (b'.', b'0'..=b'9') => (Scanned::Number, number(text)),
        (b'.', b'.') if text.get(2) == Some(&b'.') => (Scanned::Dots, 3),
        (b'~' | b'%' | b'^' | b'&' | b'*' | b'+' | b'=' | b'|' | b'<' | b'>' | b'/' | b'-', b'=')
        | (b'&', b'&')
        | (b'|', b'|')
        | (b'-', b'>')
        | (b'<', b'<')
        | (b'>', b'>') => (Scanned::Operator, 2),
        _ if is_in_word(first) => (Scanned::Word, length_while(text, is_in_word)),
        _ => (Scanned::Byte(first), 1),
    }
    // ANCHOR_END: task_scan
}

/// Whether `byte` can stand in a word; a digit can, but not as the first.
pub fn is_in_word(byte: u8) -> bool {
    const IN_WORD: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_' || byte as u8 == b'$';
            byte += 1;
        }
        table
    };
    IN_WORD[usize::from(byte)]
}

/// How many bytes at the beginning of `text` are such.
pub fn length_while(text: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|&byte| !is_such(byte)).unwrap_or(text.len())
}

/// The length of the quoted token at the beginning of `text`, both quotes included; `None` where it does not
/// end. A backslash takes the byte after it along, but for a new line.
pub fn quoted(text: &[u8]) -> Option<usize> {
    let &quote = text.first()?;
    let mut at = 1;
    loop {
        at += text.get(at..)?.find_byteset([quote, b'\\'])?;
        if text.get(at) == Some(&quote) {
            return Some(at + 1);
        }
        if *text.get(at + 1)? == b'\n' {
            return None;
        }
        at += 2;
    }
}

/// The length of the number at the beginning of `text`: the longer one of an integer and a real number.
pub fn number(text: &[u8]) -> usize {
    integer(text).max(real(text))
}

/// `0x1f`, `017`, `42`, with one suffix: `u`, `l`, `ul` or `lu`. Of `1ull`, the last `l` is a word of its own.
fn integer(text: &[u8]) -> usize {
    let rest = |from: usize| text.get(from..).unwrap_or_default();
    let digits = match text {
        [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => {
            2 + length_while(rest(2), |byte| byte.is_ascii_hexdigit())
        }
        [b'0', ..] => length_while(text, |byte| matches!(byte, b'0'..=b'7')),
        _ => length_while(text, |byte| byte.is_ascii_digit()),
    };
    let suffix = match rest(digits) {
        [b'u' | b'U', b'l' | b'L', ..] | [b'l' | b'L', b'u' | b'U', ..] => 2,
        [b'u' | b'U' | b'l' | b'L', ..] => 1,
        _ => 0,
    };
    if digits == 0 { 0 } else { digits + suffix }
}

/// `1.5`, `.5`, `1.`, with an exponent and a suffix if there are any; `1e5`. Otherwise 0.
fn real(text: &[u8]) -> usize {
    let rest = |from: usize| text.get(from..).unwrap_or_default();
    let digits = |from: usize| length_while(rest(from), |byte| byte.is_ascii_digit());
    let whole = digits(0);
    let fraction = if text.get(whole) == Some(&b'.') { 1 + digits(whole + 1) } else { 0 };
    if whole == 0 && fraction < 2 {
        return 0;
    }
    let end = whole + fraction;
    let sign = usize::from(matches!(rest(end), [b'e' | b'E', b'+' | b'-', ..]));
    let exponent = match rest(end) {
        [b'e' | b'E', ..] if digits(end + 1 + sign) > 0 => 1 + sign + digits(end + 1 + sign),
        _ if fraction == 0 => return 0,
        _ => 0,
    };
    let end = end + exponent;
    end + usize::from(matches!(rest(end), [b'f' | b'F' | b'l' | b'L', ..]))
}
