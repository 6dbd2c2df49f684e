//! Writing into a hole that the compiler left: `arch/x86/kernel/module.c, __apply_relocate_add`, the lines
//! with `write(loc, …)` and what is asked before each of them.

use crate::{Refusal, place};

/// Writes the `N` bytes of a relocated value to `section`, from `offset` on.
///
/// In a table of relocations with addends (RELA) everything there is to add stands in the table, so the place
/// itself holds zeroes. Where it does not, the module was relocated before, or is damaged.
///
/// # Errors
/// In this order; and whatever is refused, no byte of `section` has changed:
/// - [`Refusal::OutsideSection`]: not all `N` bytes from `offset` on lie in `section`; [`place`] finds out. Any
///   `offset` may come, up to `u64::MAX`.
/// - [`Refusal::NotZero`]: one of these `N` bytes is not zero. Those before and behind them do not matter.
#[inline]
pub fn write<const N: usize>(section: &mut [u8], offset: u64, bytes: [u8; N]) -> Result<(), Refusal> {
    // ANCHOR: task_write
    let hole = place::<N>(section, offset)?;
    if *hole != [0; N] {
        return Err(Refusal::NotZero);
    }
    *hole = bytes;
    Ok(())
    // ANCHOR_END: task_write
}
