//! Making room for one more thing at the end of a part, with sums that cannot overflow. The kernel does the
//! same, in 32 bits and unchecked, in `kernel/module/main.c, module_get_offset`.

use abi::{Errno, LoadError};

use crate::{MODULES_LEN, PAGE_SIZE};

/// Appends `size` bytes to a part that is `end` bytes long so far: returns the offset at which they begin, and
/// moves `end` behind them.
///
/// They begin at the first multiple of `alignment` that is not before `end`. An alignment of 0 asks for none, as 1
/// does; any other is a power of two, for `elf` refuses the rest. Nothing is special about a size of 0.
///
/// # Errors
/// `ENOMEM`, in silence ([`LoadError::silent`]), where `end` would lie behind [`MODULES_LEN`] (not: at it), or a sum
/// would not fit into 64 bits. The kernel adds in 32 bits, unchecked, and learns from its allocator.
pub fn module_get_offset(end: &mut u64, size: u64, alignment: u64) -> Result<u64, LoadError> {
    todo!("find the offset behind the end, aligned, and move the end; refuse what does not fit")
}

/// Makes `end` the end of a page (`strict_align`).
pub(crate) fn strict_align(end: &mut u64) -> Result<(), LoadError> {
    *end = align_up(*end, PAGE_SIZE)?;
    Ok(())
}

/// The first multiple of `alignment`, which is not 0, that is not before `offset`; `ENOMEM` where 64 bits cannot
/// hold it.
pub(crate) fn align_up(offset: u64, alignment: u64) -> Result<u64, LoadError> {
    offset.checked_next_multiple_of(alignment).ok_or_else(no_memory)
}

/// The refusal where there is no room: the kernel says nothing of it.
fn no_memory() -> LoadError {
    LoadError::silent(Errno::ENOMEM)
}
