//! Why a relocation cannot be applied, whatever the processor. Each processor's part has its own words for it,
//! as each `arch/*/kernel/module.c` has.

use abi::{LoadError, Stricter};
use bstr::BStr;
use elf::Rela;

/// Why one relocation cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The place holds something already.
    NotZero,
    /// The value does not fit into the place.
    Overflow,
    /// Nobody knows this kind of relocation.
    Unknown,
    /// The place does not lie in the section. 6.1 does not look.
    OutsideSection,
    /// There is no such symbol. 6.1 does not look.
    NoSuchSymbol,
}

/// An entry of a table that cannot be applied, with all that the words for it need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Why not.
    pub refusal: Refusal,
    /// The entry.
    pub rela: Rela,
    /// P, the address of its place.
    pub place: u64,
    /// S + A.
    pub value: u64,
}

impl Refused {
    /// The refusal of `module` for a place or a symbol that does not exist, which no kernel has words for.
    pub(crate) fn not_there(&self, module: &BStr) -> LoadError {
        let Rela { offset, kind, symbol, .. } = self.rela;
        let (rule, what) = match self.refusal {
            Refusal::NoSuchSymbol => {
                (Stricter::RelocationSymbol, format!("uses symbol {symbol}, which does not exist"))
            }
            _ => (Stricter::RelocationPlace, format!("at offset {offset:#x} lies outside its section")),
        };
        LoadError::stricter(rule, format!("{module}: relocation type {kind} {what}"))
    }
}
