//! The names of vmlinux as they lie in its memory: one stream of codes, the tokens that they stand for, and a marker
//! for every 256th name. `kernel/kallsyms.c` reads it, `scripts/kallsyms.c, write_src` writes it.

use bstr::BString;

use crate::{KSYM_NAME_LEN, Tokens, optimize_token_table};

/// How many names lie between two markers.
const MARKER_EVERY: usize = 256;

/// The text of each of the 256 codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenTable {
    /// One text after the other, each ended by a NUL (`kallsyms_token_table`).
    pub table: Vec<u8>,
    /// Where the text of each code begins (`kallsyms_token_index`).
    pub index: Vec<u16>,
}

impl TokenTable {
    /// The tables for `tokens`; `None` where they would need more than 64 KiB.
    pub fn new(tokens: &Tokens) -> Option<TokenTable> {
        let mut tables = TokenTable { table: Vec::new(), index: Vec::new() };
        for code in 0..=u8::MAX {
            tables.index.push(u16::try_from(tables.table.len()).ok()?);
            tables.table.extend_from_slice(tokens.text(code));
            tables.table.push(0);
        }
        Some(tables)
    }

    /// What `code` stands for: the bytes from where the index says to the next NUL; nothing, where the tables do not
    /// have it.
    pub fn text(&self, code: u8) -> &[u8] {
        let start = self.index.get(usize::from(code)).copied().map(usize::from);
        let text = start.and_then(|start| self.table.get(start..)).unwrap_or_default();
        text.split(|&byte| byte == 0).next().unwrap_or_default()
    }
}

/// Compressed names, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// For each symbol its length, then so many codes (`kallsyms_names`). Written out, the first byte is the letter of
    /// its type, and the name follows.
    pub stream: Vec<u8>,
    /// Where symbols 0, 256, 512 and so on begin in the stream (`kallsyms_markers`).
    pub markers: Vec<u32>,
    /// What the codes stand for.
    pub tokens: TokenTable,
}

/// A symbol's letter and name, written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The letter of its type, as `nm` has it.
    pub letter: char,
    /// Its name.
    pub name: BString,
    /// Where the next symbol begins in the stream.
    pub next: usize,
}

impl Names {
    /// Compresses symbols, each a letter and a name; names too long for the kernel are cut off. `None` where the
    /// kernel's tables cannot hold them: no symbol may be empty, the stream ends before 4 GiB, the tokens before
    /// 64 KiB.
    pub fn new<'s>(symbols: impl IntoIterator<Item = (char, &'s [u8])>) -> Option<Names> {
        let written = |(letter, name): (char, &[u8])| -> Option<Vec<u8>> {
            let letter = u8::try_from(letter).ok()?;
            Some(std::iter::once(letter).chain(name.iter().copied().take(KSYM_NAME_LEN - 1)).collect())
        };
        let mut symbols: Vec<Vec<u8>> = symbols.into_iter().map(written).collect::<Option<_>>()?;
        let tokens = TokenTable::new(&optimize_token_table(&mut symbols))?;
        let mut names = Names { stream: Vec::new(), markers: Vec::new(), tokens };
        for (number, symbol) in symbols.iter().enumerate() {
            if number % MARKER_EVERY == 0 {
                names.markers.push(u32::try_from(names.stream.len()).ok()?);
            }
            names.push(symbol)?;
        }
        Some(names)
    }

    /// Adds one symbol: a length of seven bits, or of fourteen with the lower seven first and marked by the topmost
    /// bit (ULEB128); then its codes, of which there are never more than [`KSYM_NAME_LEN`].
    fn push(&mut self, symbol: &[u8]) -> Option<()> {
        let length = u16::try_from(symbol.len()).ok()?;
        let [low, high] = [(length & 0x7f) as u8, (length >> 7) as u8];
        match high {
            0 => self.stream.push(low),
            _ => self.stream.extend([low + 0x80, high]),
        }
        self.stream.extend_from_slice(symbol);
        Some(())
    }

    /// How long the symbol at `offset` is, and where its codes begin. `None` behind the end of the stream.
    fn length(&self, offset: usize) -> Option<(usize, usize)> {
        match *self.stream.get(offset..)? {
            [low @ 0..0x80, ..] => Some((usize::from(low), offset + 1)),
            [low, high, ..] => Some((usize::from(low & 0x7f) | usize::from(high) << 7, offset + 2)),
            _ => None,
        }
    }

    /// Writes out the symbol that begins at `offset` in the stream (`kallsyms_expand_symbol` and
    /// `kallsyms_get_symbol_type`).
    ///
    /// It begins with its length, in one byte or two (`Names::length` reads it), and so many codes follow. Each code
    /// stands for its [`TokenTable::text`]; these texts, one after the other, are the letter and the name. Of a name
    /// that is longer than [`KSYM_NAME_LEN`] - 1 bytes only so many are kept. The next symbol begins behind the codes,
    /// cut off or not.
    ///
    /// `None` where the stream ends before the symbol does, or where there is not even a letter.
    pub fn kallsyms_expand_symbol(&self, offset: usize) -> Option<Expanded> {
        todo!("write out what the codes of one symbol stand for: letter, name, and where the next one begins")
    }

    /// Where symbol `number` begins in the stream: the marker before it, and from there one symbol skipped after the
    /// other, without writing any of them out (`get_symbol_offset`).
    ///
    /// `None` where there is no such symbol: its marker is missing, or the stream ends before the place where it would
    /// begin, or just there.
    pub fn get_symbol_offset(&self, number: usize) -> Option<usize> {
        todo!("begin at the marker and skip symbols by their length")
    }

    /// Symbol `number`, written out.
    pub fn get(&self, number: usize) -> Option<Expanded> {
        self.kallsyms_expand_symbol(self.get_symbol_offset(number)?)
    }

    /// Every symbol in order, written out.
    pub fn iter(&self) -> impl Iterator<Item = Expanded> {
        let first = self.kallsyms_expand_symbol(0);
        std::iter::successors(first, |symbol| self.kallsyms_expand_symbol(symbol.next))
    }
}
