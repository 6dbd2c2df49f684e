//! The arguments of `call SYMBOL ARGS…`: what a person writes, turned into the six registers of a call.

use std::collections::BTreeMap;

/// One argument as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// `42`, `-1`, `0x7f`: the register's value.
    Integer(u64),
    /// Anything else, or `text:…`: the address of the text, with a NUL at its end.
    Text(String),
    /// `hex:00ff`: the address of these bytes.
    Bytes(Vec<u8>),
    /// `buf:64`: the address of so many zero bytes, which are shown after the call.
    Buffer(usize),
    /// `$name`: the address of a buffer that `buffer name …` made.
    Named(String),
    /// `@symbol`: the symbol's address.
    Symbol(String),
}

/// The most that `buf:N` and `buffer NAME N` give: 16 MiB.
pub const LARGEST_BUFFER: usize = 16 << 20;

impl Argument {
    /// Reads one argument.
    ///
    /// # Errors
    /// A sentence: an odd number of hexadecimal digits, or a buffer of no sensible size.
    pub fn parse(word: &str) -> Result<Argument, String> {
        if let Some(text) = word.strip_prefix("text:") {
            return Ok(Argument::Text(text.to_owned()));
        }
        if let Some(digits) = word.strip_prefix("hex:") {
            return Ok(Argument::Bytes(bytes_from_hex(digits)?));
        }
        if let Some(size) = word.strip_prefix("buf:") {
            return Ok(Argument::Buffer(buffer_size(size)?));
        }
        if let Some(name) = word.strip_prefix('$') {
            return Ok(Argument::Named(name.to_owned()));
        }
        if let Some(name) = word.strip_prefix('@') {
            return Ok(Argument::Symbol(name.to_owned()));
        }
        Ok(integer(word).map_or_else(|| Argument::Text(word.to_owned()), Argument::Integer))
    }
}

/// The size that `text` names, 1 to `LARGEST_BUFFER`.
///
/// # Errors
/// A sentence that says which sizes there are.
pub fn buffer_size(text: &str) -> Result<usize, String> {
    let size = text.parse().ok().filter(|size| (1..=LARGEST_BUFFER).contains(size));
    size.ok_or_else(|| format!("'{text}' is no size of a buffer: 1 to {LARGEST_BUFFER} bytes"))
}

/// A decimal or `0x` number, perhaps negative, as a register holds it.
pub fn integer(word: &str) -> Option<u64> {
    let (negative, digits) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let value = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some(if negative { value.wrapping_neg() } else { value })
}

/// The bytes that pairs of hexadecimal `digits` stand for.
///
/// # Errors
/// A sentence that says what is wrong with the digits.
pub fn bytes_from_hex(digits: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("'{digits}' is not made of pairs of hexadecimal digits");
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    let pair = |at| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| wrong());
    (0..digits.len()).step_by(2).map(pair).collect()
}

/// The buffers that a shell's user made, by name. They keep their address until they are made anew.
pub type Buffers = BTreeMap<String, Box<[u8]>>;
