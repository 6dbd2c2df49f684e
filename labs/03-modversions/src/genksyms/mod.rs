//! genksyms: from preprocessed C to a checksum for every exported symbol. The kernel's build does the same
//! with `scripts/genksyms`; for the same text, ours finds the same checksums.

mod complaint;
mod crc;
mod declarators;
mod expand;
mod explain;
mod lexer;
mod members;
mod parser;
mod recovery;
mod reference;
mod remembered;
mod scan;
mod specifiers;
mod symbols;
mod words;

use bstr::BStr;

pub use complaint::{Complaint, Trouble};
pub use crc::{CRC_START, crc32, crc32_of};
pub use expand::{Rest, expand, write};
pub use explain::Explanation;
pub use scan::{Scanned, scan};
pub use symbols::{Definition, Node, SymbolId, Symbols, Tag};
pub use words::{Word, Words};

/// An exported symbol with its version.
#[derive(Debug, Clone, Copy)]
pub struct Export<'s> {
    /// The symbol's name.
    pub name: &'s BStr,
    /// Its version: the checksum of `signature`.
    pub crc: u32,
    /// Its declaration with everything in it written out, a blank after each token.
    pub signature: &'s BStr,
    /// The symbol's number.
    pub symbol: SymbolId,
    /// All that is declared so far.
    pub symbols: &'s Symbols<'s>,
}

/// Reads preprocessed C and hands every `__GENKSYMS_EXPORT_SYMBOL(name);` to `export`, in the order of the
/// text. Returns what was wrong with the text; a declaration that cannot be read costs itself only.
pub fn genksyms(text: &[u8], export: impl FnMut(Export<'_>)) -> Vec<Complaint<'_>> {
    parser::Parser::new(text, export).run().0
}

/// The same, held against a file of types that [`Symbols::types`] gave for an earlier text: a version that is not
/// as it was then is a complaint, an error where they shall be preserved. Returns the symbols as well.
pub fn genksyms_against<'a>(
    text: &'a [u8],
    reference: &'a [u8],
    preserve: bool,
    export: impl FnMut(Export<'_>),
) -> (Vec<Complaint<'a>>, Symbols<'a>) {
    parser::Parser::new(text, export).against(reference, preserve).run()
}
