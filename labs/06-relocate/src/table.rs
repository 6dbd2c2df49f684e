//! The walk over a table of relocations, which is the same for every processor: the loop of `apply_relocate_add`
//! in each `arch/*/kernel/module.c`.

use elf::Rela;

use crate::{Refusal, Refused};

/// Applies the relocations `entries`, in their order, to `section`, whose final address is `address`. `symbols`
/// holds each symbol's final value, by number; `apply` is the processor's, and applies one of them.
///
/// For each entry: P is the address of its place, `address` plus the entry's offset. S is the value of its symbol, A
/// the entry's addend. `apply` gets `section`, P, the entry, and S + A. Sums wrap around, as the kernel's `u64` do.
///
/// # Errors
/// The first entry that `apply` refuses, with its P and its S + A. Entries before it stay applied; those behind it
/// are not looked at.
///
/// Stricter than 6.1, which would read behind the table of symbols: an entry whose symbol does not exist is refused
/// with [`Refusal::NoSuchSymbol`], whatever its kind and its place; `apply` never sees it. For its S take 0.
#[inline]
pub fn apply_table(
    section: &mut [u8],
    address: u64,
    entries: impl Iterator<Item = Rela>,
    symbols: &[u64],
    apply: impl Fn(&mut [u8], u64, &Rela, u64) -> Result<(), Refusal>,
) -> Result<(), Refused> {
    todo!("find P and S + A of each entry and apply it, until one is refused")
}
