//! Making room for one more thing at the end of a part, with sums that cannot overflow. The kernel does the
//! same, in 32 bits and unchecked, in `kernel/module/main.c, module_get_offset`.

use abi::{Errno, LoadError};

use crate::{MODULES_LEN, PAGE_SIZE};

/// Appends `size` bytes aligned to `alignment` to a part whose size is `end`, and says where they begin.
pub(crate) fn module_get_offset(end: &mut u64, size: u64, alignment: u64) -> Result<u64, LoadError> {
    // ANCHOR: task_module_get_offset
    let offset = align_up(*end, alignment.max(1))?;
    *end = offset.checked_add(size).filter(|&end| end <= MODULES_LEN).ok_or_else(no_memory)?;
    Ok(offset)
    // ANCHOR_END: task_module_get_offset
}

/// Makes `end` the end of a page (`strict_align`).
pub(crate) fn strict_align(end: &mut u64) -> Result<(), LoadError> {
    *end = align_up(*end, PAGE_SIZE)?;
    Ok(())
}

/// The next multiple of `alignment`, which must be a power of two: `elf` refuses anything else.
pub(crate) fn align_up(offset: u64, alignment: u64) -> Result<u64, LoadError> {
    offset.checked_next_multiple_of(alignment).ok_or_else(no_memory)
}

fn no_memory() -> LoadError {
    LoadError::silent(Errno::ENOMEM)
}
