//! Just enough of DER (ITU-T X.690) to walk down to the fields of a signature: tag, length, contents.
//! The kernel has a generated decoder for the same (lib/asn1_decoder.c).

/// The tags that occur in a signature.
pub(crate) mod tag {
    pub const INTEGER: u8 = 0x02;
    pub const OCTET_STRING: u8 = 0x04;
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    /// The first optional field of its structure, `[0]`.
    pub const CONTEXT_0: u8 = 0xa0;
}

/// What is still to be read of a structure's contents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(contents: &'a [u8]) -> Reader<'a> {
        Reader { rest: contents }
    }

    /// The next element's tag and contents; `None` at the end, or where the length is wrong.
    pub fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.rest.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // The long form: so many bytes of length follow, the most significant one first.
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
                (bytes.iter().fold(0, |length, &byte| length * 256 + usize::from(byte)), rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some((tag, contents))
    }

    /// The contents of the next element, which must have this tag.
    pub fn expect(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.next().filter(|&(tag, _)| tag == wanted).map(|(_, contents)| contents)
    }

    /// As [`expect`](Reader::expect), for a structure whose contents are read in turn.
    pub fn enter(&mut self, wanted: u8) -> Option<Reader<'a>> {
        self.expect(wanted).map(Reader::new)
    }

    /// Goes past the next element if it has this tag.
    pub fn skip(&mut self, tag: u8) {
        let mut ahead = *self;
        if ahead.expect(tag).is_some() {
            *self = ahead;
        }
    }
}

/// An object identifier in its dotted form, such as `2.16.840.1.101.3.4.2.1`; `None` where it is cut
/// short or a number has more than 64 bits.
pub(crate) fn dotted(identifier: &[u8]) -> Option<String> {
    let mut numbers = Vec::new();
    let mut number: u64 = 0;
    for byte in identifier {
        number = number.checked_mul(128)? + u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            numbers.push(std::mem::take(&mut number));
        }
    }
    // The first number holds two: 40 times the first (0 to 2), plus the second.
    let (&first, rest) =
        numbers.split_first().filter(|_| identifier.last().is_some_and(|byte| byte & 0x80 == 0))?;
    let root = (first / 40).min(2);
    let rest = rest.iter().map(u64::to_string);
    Some(
        [root.to_string(), (first - 40 * root).to_string()]
            .into_iter()
            .chain(rest)
            .collect::<Vec<_>>()
            .join("."),
    )
}
