//! Between scatterlists and flat buffers. Linux: lib/scatterlist.c, sg_copy_buffer.

use super::Scatterlist;
use super::walk::{Pass, ScatterWalk};
use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; sg_copy_buffer/6, sg_copy_from_buffer/4, sg_copy_to_buffer/4, sg_pcopy_from_buffer/5, sg_pcopy_to_buffer/5,
        sg_zero_buffer/4);
}

/// How many bytes the first `entries` entries have behind `skip`, at most `wanted`.
unsafe fn available(list: *mut Scatterlist, entries: u32, wanted: u64, skip: u64) -> u32 {
    // SAFETY: the caller's list.
    let lengths = unsafe { super::entries(list) }
        .take(entries as usize)
        .map(|entry| u64::from(unsafe { (*entry).length }));
    lengths.sum::<u64>().saturating_sub(skip).min(wanted).min(u64::from(u32::MAX)) as u32
}

unsafe extern "C" fn sg_copy_buffer(
    list: *mut Scatterlist,
    entries: u32,
    buffer: *mut u8,
    length: u64,
    skip: u64,
    to_buffer: bool,
) -> u64 {
    // SAFETY: the caller's list and a buffer of `length` bytes.
    unsafe {
        let count = available(list, entries, length, skip);
        let mut walk = ScatterWalk::start(list);
        walk.pass(std::ptr::null_mut(), skip as u32, Pass::Skip);
        walk.pass(buffer, count, if to_buffer { Pass::Read } else { Pass::Write });
        u64::from(count)
    }
}

unsafe extern "C" fn sg_copy_from_buffer(
    list: *mut Scatterlist,
    entries: u32,
    buffer: *mut u8,
    length: u64,
) -> u64 {
    // SAFETY: as sg_copy_buffer.
    unsafe { sg_copy_buffer(list, entries, buffer, length, 0, false) }
}

unsafe extern "C" fn sg_copy_to_buffer(
    list: *mut Scatterlist,
    entries: u32,
    buffer: *mut u8,
    length: u64,
) -> u64 {
    // SAFETY: as sg_copy_buffer.
    unsafe { sg_copy_buffer(list, entries, buffer, length, 0, true) }
}

unsafe extern "C" fn sg_pcopy_from_buffer(
    list: *mut Scatterlist,
    entries: u32,
    buffer: *mut u8,
    length: u64,
    skip: u64,
) -> u64 {
    // SAFETY: as sg_copy_buffer.
    unsafe { sg_copy_buffer(list, entries, buffer, length, skip, false) }
}

unsafe extern "C" fn sg_pcopy_to_buffer(
    list: *mut Scatterlist,
    entries: u32,
    buffer: *mut u8,
    length: u64,
    skip: u64,
) -> u64 {
    // SAFETY: as sg_copy_buffer.
    unsafe { sg_copy_buffer(list, entries, buffer, length, skip, true) }
}

unsafe extern "C" fn sg_zero_buffer(list: *mut Scatterlist, entries: u32, length: u64, skip: u64) -> u64 {
    // SAFETY: the caller's list.
    unsafe {
        let count = available(list, entries, length, skip);
        let mut walk = ScatterWalk::start(list);
        walk.pass(std::ptr::null_mut(), skip as u32, Pass::Skip);
        let mut left = count;
        while left > 0 {
            let size = walk.here().min(left);
            std::ptr::write_bytes(walk.address() as *mut u8, 0, size as usize);
            walk.offset += size;
            left -= size;
        }
        u64::from(count)
    }
}
