//! What the Zstandard modules find in vmlinux: undoing it, and their allocators. Linux: lib/zstd/.

use crate::exports::Table;
use crate::services::functions;
use crate::services::invoke::invoke;

pub(super) fn register(table: &mut Table) {
    functions!(table; zstd_is_error/1, zstd_dctx_workspace_bound/0, zstd_init_dctx/2, zstd_decompress_dctx/5,
        ZSTD_isError/1, ZSTD_customMalloc/9, ZSTD_customCalloc/9, ZSTD_customFree/9);
}

/// Errors are the last numbers there are: -1 to -119 (`ZSTD_error_maxCode` is 120).
const GENERIC: u64 = 1;
const MAX_CODE: u64 = 120;
const TOO_SMALL: u64 = 70;
const CORRUPTED: u64 = 20;

unsafe extern "C" fn zstd_is_error(code: u64) -> u32 {
    u32::from(code > MAX_CODE.wrapping_neg())
}

#[allow(non_snake_case)]
unsafe extern "C" fn ZSTD_isError(code: u64) -> u32 {
    // SAFETY: no requirements.
    unsafe { zstd_is_error(code) }
}

/// The decoder keeps its state on our side; the workspace only names it.
unsafe extern "C" fn zstd_dctx_workspace_bound() -> u64 {
    4096
}

unsafe extern "C" fn zstd_init_dctx(workspace: u64, size: u64) -> u64 {
    // SAFETY: no requirements.
    if size >= unsafe { zstd_dctx_workspace_bound() } { workspace } else { 0 }
}

unsafe extern "C" fn zstd_decompress_dctx(
    _dctx: u64,
    to: *mut u8,
    room: u64,
    from: *const u8,
    length: u64,
) -> u64 {
    // SAFETY: room for `room` bytes, and `length` bytes.
    let (from, to) = unsafe {
        (std::slice::from_raw_parts(from, length as usize), std::slice::from_raw_parts_mut(to, room as usize))
    };
    decompress(from, to).unwrap_or_else(u64::wrapping_neg)
}

/// How many bytes it makes, or the number of an error.
fn decompress(from: &[u8], to: &mut [u8]) -> Result<u64, u64> {
    use ruzstd::decoding::{FrameDecoder, errors::FrameDecoderError};

    match FrameDecoder::new().decode_all(from, to) {
        Ok(size) => Ok(size as u64),
        Err(FrameDecoderError::TargetTooSmall) => Err(TOO_SMALL),
        Err(FrameDecoderError::ReadFrameHeaderError(_)) => Err(GENERIC),
        Err(_) => Err(CORRUPTED),
    }
}

/// A struct ZSTD_customMem is handed over on the stack, behind six registers of which only the first ones count: two
/// functions and what they are told. Without functions there is no memory.
#[allow(non_snake_case, clippy::too_many_arguments)]
unsafe extern "C" fn ZSTD_customMalloc(
    size: u64,
    _: u64,
    _: u64,
    _: u64,
    _: u64,
    _: u64,
    alloc: u64,
    _free: u64,
    opaque: u64,
) -> u64 {
    // SAFETY: the module's own allocator.
    if alloc == 0 { 0 } else { unsafe { invoke(alloc, [opaque, size]) } }
}

#[allow(non_snake_case, clippy::too_many_arguments)]
unsafe extern "C" fn ZSTD_customCalloc(
    size: u64,
    _: u64,
    _: u64,
    _: u64,
    _: u64,
    _: u64,
    alloc: u64,
    free: u64,
    opaque: u64,
) -> u64 {
    // SAFETY: as above; `size` bytes that are nobody else's.
    unsafe {
        let memory = ZSTD_customMalloc(size, 0, 0, 0, 0, 0, alloc, free, opaque);
        if memory != 0 {
            std::ptr::write_bytes(memory as *mut u8, 0, size as usize);
        }
        memory
    }
}

#[allow(non_snake_case, clippy::too_many_arguments)]
unsafe extern "C" fn ZSTD_customFree(
    memory: u64,
    _: u64,
    _: u64,
    _: u64,
    _: u64,
    _: u64,
    _alloc: u64,
    free: u64,
    opaque: u64,
) {
    if memory != 0 && free != 0 {
        // SAFETY: the module's own function.
        unsafe { invoke(free, [opaque, memory]) };
    }
}
