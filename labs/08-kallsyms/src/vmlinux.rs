//! The kernel's own symbols, by name and by address, their names compressed: `kernel/kallsyms.c`,
//! kallsyms_lookup_name and get_symbol_pos.

use std::fmt;

use bstr::{BStr, BString, ByteSlice};

use crate::Names;

/// A table of symbols as `System.map`, `/proc/kallsyms` and `nm` list them.
#[derive(Debug, Clone)]
pub struct Vmlinux {
    /// In ascending order.
    addresses: Vec<u64>,
    /// By the same numbers.
    names: Names,
    /// What the names would take as they are, each with its letter and a NUL; bytes.
    plain_size: usize,
}

/// An address as a distance from the symbol before it. A name with a module behind it, `NAME\t[MODULE]`, is printed
/// with the module where the kernel has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The symbol's name.
    pub symbol: BString,
    /// How far behind it the address lies; bytes.
    pub offset: u64,
    /// How far the next symbol lies from this one; bytes.
    pub size: u64,
}

impl fmt::Display for Decoded {
    /// `symbol+0x1/0x2`, or `symbol+0x1/0x2 [module]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (symbol, module) = self.symbol.split_once_str("\t").unwrap_or((&self.symbol, b""));
        let space = if module.is_empty() { "" } else { " " };
        let (symbol, module) = (symbol.as_bstr(), module.as_bstr());
        write!(f, "{symbol}+{:#x}/{:#x}{space}{module}", self.offset, self.size)
    }
}

/// What a table of symbols takes; bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// How many symbols there are.
    pub symbols: usize,
    /// The names as they are, each with its letter and a NUL.
    pub plain: usize,
    /// The stream of codes, with the lengths.
    pub stream: usize,
    /// The markers, four bytes each.
    pub markers: usize,
    /// The texts of the tokens.
    pub token_table: usize,
    /// The index of the texts, two bytes each.
    pub token_index: usize,
}

impl Sizes {
    /// All that is needed to write the names out again.
    pub fn compressed(&self) -> usize {
        self.stream + self.markers + self.token_table + self.token_index
    }
}

impl Vmlinux {
    /// A table of these symbols: address, letter, name. `None` where [`Names::new`] cannot hold them.
    pub fn new<'s>(symbols: impl IntoIterator<Item = (u64, char, &'s BStr)>) -> Option<Vmlinux> {
        let mut symbols: Vec<_> = symbols.into_iter().collect();
        symbols.sort_by_key(|(address, ..)| *address);
        Some(Vmlinux {
            addresses: symbols.iter().map(|(address, ..)| *address).collect(),
            plain_size: symbols.iter().map(|(.., name)| name.len() + 2).sum(),
            names: Names::new(symbols.iter().map(|&(_, letter, name)| (letter, name.as_bytes())))?,
        })
    }

    /// The address of the first symbol called `name`; a module's symbol is meant by its plain name too.
    pub fn lookup_name(&self, name: &BStr) -> Option<u64> {
        let plain = |listed: &BString| listed.split_str("\t").next().is_some_and(|listed| listed == name);
        self.names
            .iter()
            .zip(&self.addresses)
            .find(|(symbol, _)| plain(&symbol.name))
            .map(|(_, &value)| value)
    }

    /// The symbol that an address belongs to: of those that do not lie behind it the last; of several with one address
    /// the first. `None` before the first symbol, and behind the last one, which ends the table as `_end` does.
    pub fn lookup_address(&self, address: u64) -> Option<Decoded> {
        let behind = self.addresses.partition_point(|&start| start <= address);
        let (before, after) = self.addresses.split_at_checked(behind)?;
        let &start = before.last()?;
        let &end = after.first().or(before.last().filter(|&&last| last == address))?;
        let number = before.partition_point(|&value| value < start);
        let symbol = self.names.get(number)?.name;
        Some(Decoded { symbol, offset: address - start, size: end - start })
    }

    /// What the names take, as they are and compressed.
    pub fn sizes(&self) -> Sizes {
        let Names { stream, markers, tokens } = &self.names;
        Sizes {
            symbols: self.addresses.len(),
            plain: self.plain_size,
            stream: stream.len(),
            markers: 4 * markers.len(),
            token_table: tokens.table.len(),
            token_index: 2 * tokens.index.len(),
        }
    }
}
