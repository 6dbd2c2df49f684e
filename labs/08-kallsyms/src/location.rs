//! An address as people read it: `kernel/kallsyms.c, __sprint_symbol`.

use std::fmt;

use bstr::BStr;

/// The longest name that is kept, its NUL included; bytes (include/linux/kallsyms.h). The kernel keeps longer
/// ones, and prints no more than this of them.
pub const KSYM_NAME_LEN: usize = 512;

/// An address in a module, as a distance from the symbol before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location<'k> {
    /// The symbol's name.
    pub symbol: &'k BStr,
    /// How far behind the symbol the address lies; bytes.
    pub offset: u64,
    /// How far the next symbol lies from this one; bytes. The kernel takes the end of the text for the last
    /// limit; behind it, among the data, the figure is negative and printed as a huge one.
    pub size: u64,
    /// The module's name.
    pub module: &'k BStr,
}

impl fmt::Display for Location<'_> {
    /// `symbol+0x1/0x2 [module]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Location { symbol, offset, size, module } = self;
        write!(f, "{symbol}+{offset:#x}/{size:#x} [{module}]")
    }
}
