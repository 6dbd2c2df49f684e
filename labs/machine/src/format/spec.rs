//! The format string taken apart (lib/vsprintf.c, format_decode).

/// The widest field and the greatest precision (`FIELD_WIDTH_MAX`, `PRECISION_MAX`).
const WIDEST: i32 = (1 << 23) - 1;
const MOST_PRECISE: i32 = (1 << 15) - 1;

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conversion {
    Percent,
    Character,
    String,
    Pointer,
    Integer,
}

/// A conversion with its flags.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) conversion: Conversion,
    pub(super) left: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) special: bool,
    pub(super) zero: bool,
    pub(super) signed: bool,
    pub(super) upper: bool,
    pub(super) base: u64,
    /// Of the integer argument; bytes.
    pub(super) size: u8,
    /// `None` where the format gives none. Negative is possible from `*`, after `left` has been set by it only in `%ph`.
    pub(super) field_width: Option<i32>,
    pub(super) precision: Option<i32>,
    pub(super) star_width: bool,
    pub(super) star_precision: bool,
}

impl Spec {
    const PLAIN: Spec = Spec {
        conversion: Conversion::Percent,
        left: false,
        plus: false,
        space: false,
        special: false,
        zero: false,
        signed: false,
        upper: false,
        base: 10,
        size: 4,
        field_width: None,
        precision: None,
        star_width: false,
        star_precision: false,
    };

    /// Lower-case hexadecimal.
    pub(super) fn hexadecimal() -> Spec {
        Spec { conversion: Conversion::Integer, base: 16, size: 8, ..Spec::PLAIN }
    }

    /// Decimal.
    pub(super) fn decimal() -> Spec {
        Spec { conversion: Conversion::Integer, size: 8, ..Spec::PLAIN }
    }

    /// The width as a number of bytes; 0 where there is none.
    pub(super) fn width(&self) -> usize {
        self.field_width.map_or(0, |width| width.max(0) as usize)
    }

    /// Takes the arguments that `*` stands for.
    pub(super) fn take_stars(&mut self, next: &mut dyn FnMut() -> u64) {
        if self.star_width {
            let width = next() as i32;
            self.left |= width < 0;
            self.field_width = Some(width.checked_abs().map_or(WIDEST, |width| width.min(WIDEST)));
        }
        if self.star_precision {
            self.precision = Some((next() as i32).clamp(0, MOST_PRECISE));
        }
    }

    /// The argument as the integer that it was before it was passed: cut to its size, sign extended where it is signed.
    pub(super) fn cut(&self, argument: u64) -> u64 {
        match (self.size, self.signed) {
            (1, false) => argument as u8 as u64,
            (1, true) => argument as i8 as u64,
            (2, false) => argument as u16 as u64,
            (2, true) => argument as i16 as u64,
            (4, false) => argument as u32 as u64,
            (4, true) => argument as i32 as u64,
            _ => argument,
        }
    }
}

/// A piece of a format.
pub(super) enum Item<'a> {
    /// To be copied.
    Text(&'a [u8]),
    /// To be replaced. `rest` is what follows it: for a pointer, the letters that say what it points to.
    Conversion { spec: Spec, rest: &'a [u8] },
}

/// The pieces of a format. They end at a conversion that the kernel does not know, because what its argument is cannot
/// be known either.
pub(super) struct Items<'a>(&'a [u8]);

impl<'a> Items<'a> {
    pub(super) fn new(format: &'a [u8]) -> Items<'a> {
        Items(format)
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let first = self.0.first()?;
        if *first != b'%' {
            let end = self.0.iter().position(|&byte| byte == b'%').unwrap_or(self.0.len());
            let (text, rest) = self.0.split_at(end);
            self.0 = rest;
            return Some(Item::Text(text));
        }
        let Some((spec, rest)) = decode(&self.0[1..]) else {
            self.0 = &[];
            return None;
        };
        self.0 = rest;
        if spec.conversion == Conversion::Pointer {
            let letters = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            self.0 = &rest[letters..];
        }
        Some(Item::Conversion { spec, rest })
    }
}

/// The conversion that `format` begins with, behind its `%`, and what follows it.
fn decode(mut format: &[u8]) -> Option<(Spec, &[u8])> {
    let mut spec = Spec::PLAIN;
    while let Some((&flag, rest)) = format.split_first() {
        match flag {
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b' ' => spec.space = true,
            b'#' => spec.special = true,
            b'0' => spec.zero = true,
            _ => break,
        }
        format = rest;
    }
    (spec.field_width, spec.star_width, format) = amount(format);
    spec.field_width = spec.field_width.map(|width| width.min(WIDEST));
    if let Some(rest) = format.strip_prefix(b".") {
        (spec.precision, spec.star_precision, format) = amount(rest);
        spec.precision = Some(spec.precision.unwrap_or(0).min(MOST_PRECISE));
    }
    (spec.size, format) = qualifier(format);
    let (&letter, rest) = format.split_first()?;
    spec.conversion = match letter {
        b'%' => Conversion::Percent,
        b'c' => Conversion::Character,
        b's' => Conversion::String,
        b'p' => Conversion::Pointer,
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => Conversion::Integer,
        _ => return None,
    };
    spec.signed = matches!(letter, b'd' | b'i');
    spec.upper = letter == b'X';
    spec.base = match letter {
        b'o' => 8,
        b'x' | b'X' => 16,
        _ => 10,
    };
    Some((spec, rest))
}

/// A number, or a star that stands for one.
fn amount(format: &[u8]) -> (Option<i32>, bool, &[u8]) {
    if let Some(rest) = format.strip_prefix(b"*") {
        return (None, true, rest);
    }
    let digits = format.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = format.split_at(digits);
    let value = number
        .iter()
        .fold(0i32, |value, digit| value.saturating_mul(10).saturating_add(i32::from(digit - b'0')));
    ((digits > 0).then_some(value), false, rest)
}

/// The size in bytes that `h`, `hh`, `l`, `ll`, `L`, `z` or `t` give an integer.
fn qualifier(format: &[u8]) -> (u8, &[u8]) {
    for (letters, size) in [("hh", 1), ("h", 2), ("ll", 8), ("l", 8), ("L", 8), ("z", 8), ("t", 8)] {
        if let Some(rest) = format.strip_prefix(letters.as_bytes()) {
            return (size, rest);
        }
    }
    (4, format)
}
