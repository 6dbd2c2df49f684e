//! A scatterlist page by page, each mapped while it is looked at. Linux: lib/scatterlist.c, sg_miter_next.

use std::mem::offset_of;

use abi::offsets::sg_mapping_iter;

use super::Scatterlist;
use super::walk::{Pass, ScatterWalk};
use crate::exports::Table;
use crate::services::{functions, heap};

pub(super) fn register(table: &mut Table) {
    functions!(table; sg_miter_start/4, sg_miter_next/1, sg_miter_stop/1, sg_miter_skip/2);
}

/// `struct sg_mapping_iter`. The fields from `entry` on are the iterator's own; the kernel keeps a page iterator there.
#[repr(C)]
struct MappingIter {
    page: u64,
    address: u64,
    length: u64,
    consumed: u64,
    walk: ScatterWalk,
    entries: u32,
    _unused: [u32; 3],
    flags: u32,
}

const _: () = assert!(
    size_of::<MappingIter>() == sg_mapping_iter::SIZE
        && offset_of!(MappingIter, address) == sg_mapping_iter::ADDR
        && offset_of!(MappingIter, length) == sg_mapping_iter::LENGTH
        && offset_of!(MappingIter, consumed) == sg_mapping_iter::CONSUMED
        && offset_of!(MappingIter, walk) == sg_mapping_iter::PITER
        && offset_of!(MappingIter, flags) == sg_mapping_iter::FLAGS
);

unsafe extern "C" fn sg_miter_start(
    iter: *mut MappingIter,
    list: *mut Scatterlist,
    entries: u32,
    flags: u32,
) {
    // SAFETY: the caller's iterator and list.
    unsafe {
        let walk = ScatterWalk::start(list);
        *iter = MappingIter {
            page: 0,
            address: 0,
            length: 0,
            consumed: 0,
            walk,
            entries,
            _unused: [0; 3],
            flags,
        };
    }
}

/// Leaves the mapped piece: what was consumed of it is passed, the rest comes again.
unsafe extern "C" fn sg_miter_stop(iter: *mut MappingIter) {
    // SAFETY: an iterator that was started.
    unsafe {
        let iter = &mut *iter;
        if iter.address != 0 {
            iter.walk.offset += iter.consumed as u32;
            (iter.page, iter.address, iter.length, iter.consumed) = (0, 0, 0, 0);
        }
    }
}

/// Maps the next piece: the rest of an entry's page. False at the end.
unsafe extern "C" fn sg_miter_next(iter: *mut MappingIter) -> bool {
    // SAFETY: an iterator that was started.
    unsafe {
        sg_miter_stop(iter);
        let iter = &mut *iter;
        let before = iter.walk.entry;
        let size = iter.walk.here();
        if iter.walk.entry != before {
            iter.entries = iter.entries.saturating_sub(1);
        }
        if size == 0 || iter.entries == 0 {
            return false;
        }
        iter.address = iter.walk.address();
        iter.page = heap::virt_to_page(iter.address);
        iter.length = u64::from(size);
        iter.consumed = iter.length;
        true
    }
}

unsafe extern "C" fn sg_miter_skip(iter: *mut MappingIter, offset: i64) -> bool {
    // SAFETY: an iterator that was started.
    unsafe {
        sg_miter_stop(iter);
        (*iter).walk.pass(std::ptr::null_mut(), offset as u32, Pass::Skip);
        (*iter).walk.here() > 0
    }
}
