//! Who knows a character set.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::Encoding;
use oem_cp::code_table::DECODING_TABLE_CP_MAP;

use super::{
    super::check::{Trouble, silent},
    apple,
    iconv::Iconv,
};

/// The character that bytes are.
type Decoder<'a> = Box<dyn Fn(&[u8]) -> Option<u16> + 'a>;

/// Somebody who can decode.
pub enum Oracle {
    /// iconv(3) of the C library, by its name for the set.
    Iconv(&'static str),
    /// The first of two of iconv's sets, as far as the other one has the same characters.
    IconvWithin(&'static str, &'static str),
    /// The crate encoding_rs.
    Whatwg(&'static Encoding),
    /// The crate oem_cp, by the number of the code page.
    CodePage(u16),
    /// What Apple published: MacRoman but for what is listed.
    Apple(&'static [apple::Row]),
    /// The standard library of Rust.
    Utf8,
}

impl Oracle {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Oracle::Iconv(_) | Oracle::IconvWithin(..) => "iconv of the C library",
            Oracle::Whatwg(_) => "crate encoding_rs",
            Oracle::CodePage(_) => "crate oem_cp",
            Oracle::Apple(_) => "Apple's table, and MacRoman of crate encoding_rs",
            Oracle::Utf8 => "Rust's own UTF-8",
        }
    }

    /// Every sequence of bytes that is one character of the first plane. Nobody needs characters for private use, or
    /// the control characters that some put where a set has nothing.
    pub fn decode_all(&self, is_double: bool) -> Result<BTreeMap<Vec<u8>, u16>, Trouble> {
        if let Oracle::Utf8 = self {
            return Ok(utf8());
        }
        if let Oracle::IconvWithin(name, within) = self {
            let known: BTreeSet<u16> = Oracle::Iconv(within).decode_all(is_double)?.into_values().collect();
            let mut all = Oracle::Iconv(name).decode_all(is_double)?;
            all.retain(|_, character| known.contains(character));
            return Ok(all);
        }
        let decode = self.decoder()?;
        let keeps_controls = matches!(self, Oracle::Iconv(_)) && !is_double;
        let is_real = |character: u16| match character {
            0x80..0xa0 => keeps_controls,
            0xe000..0xf800 => false,
            _ => !is_double || !(0xf800..0xf900).contains(&character),
        };
        let mut all = BTreeMap::new();
        let mut ask = |bytes: &[u8]| {
            if let Some(character) = decode(bytes).filter(|&character| is_real(character)) {
                all.insert(bytes.to_vec(), character);
            }
        };
        for first in 0..=255 {
            ask(&[first]);
            for second in 0x40..=0xffu8 {
                if is_double && first >= 0x80 {
                    ask(&[first, second]);
                    if first >= 0xa1 && second >= 0xa1 {
                        ask(&[0x8f, first, second]);
                    }
                }
            }
        }
        Ok(all)
    }

    fn decoder(&self) -> Result<Decoder<'_>, Trouble> {
        Ok(match self {
            Oracle::Iconv(name) | Oracle::IconvWithin(name, _) => {
                let conversion = Iconv::open(name, "UTF-16LE")?;
                Box::new(move |bytes| match conversion.convert(bytes)?.as_slice() {
                    &[low, high] => Some(u16::from_le_bytes([low, high])),
                    _ => None,
                })
            }
            Oracle::Whatwg(encoding) => Box::new(|bytes| whatwg(encoding, bytes)),
            Oracle::CodePage(number) => {
                let table = DECODING_TABLE_CP_MAP.get(number);
                let table = table.ok_or_else(|| silent(format!("oem_cp has no code page {number}")))?;
                Box::new(|bytes| single(&table.decode_string_checked(bytes)?))
            }
            Oracle::Apple(rows) => Box::new(|bytes| match bytes {
                &[byte] => apple::decode(rows, byte).or_else(|| whatwg(encoding_rs::MACINTOSH, bytes)),
                _ => None,
            }),
            Oracle::Utf8 => Box::new(|bytes| single(std::str::from_utf8(bytes).ok()?)),
        })
    }
}

fn whatwg(encoding: &'static Encoding, bytes: &[u8]) -> Option<u16> {
    single(&encoding.decode_without_bom_handling_and_without_replacement(bytes)?)
}

/// The only character of `text`, where it is in the first plane.
fn single(text: &str) -> Option<u16> {
    let mut characters = text.chars();
    let only = characters.next().filter(|_| characters.next().is_none())?;
    u16::try_from(u32::from(only)).ok()
}

fn utf8() -> BTreeMap<Vec<u8>, u16> {
    let characters = (0..=u16::MAX).filter_map(|number| Some((number, char::from_u32(number.into())?)));
    characters.map(|(number, character)| (character.to_string().into_bytes(), number)).collect()
}
