//! Radix trees, the xarray's older interface, as far as modules call it. Linux: lib/radix-tree.c.

use abi::{Errno, offsets};

use super::tree::{self, Entry};
use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; radix_tree_insert/3, radix_tree_lookup/2, radix_tree_delete/2, radix_tree_gang_lookup/4, radix_tree_tag_set/3,
        radix_tree_tag_clear/3, radix_tree_tagged/2, radix_tree_preload/1, radix_tree_maybe_preload/1);
}

unsafe extern "C" fn radix_tree_insert(root: u64, index: u64, item: u64) -> i32 {
    // SAFETY: the caller's struct radix_tree_root, which is a struct xarray.
    unsafe {
        tree::with(root, |tree| {
            if tree.contains_key(&index) {
                return Errno::EEXIST.to_return() as i32;
            }
            tree.insert(index, Entry { value: item, marks: 0 });
            0
        })
    }
}

unsafe extern "C" fn radix_tree_lookup(root: u64, index: u64) -> u64 {
    // SAFETY: the caller's root.
    unsafe { tree::with(root, |tree| tree.get(&index).map_or(0, |entry| entry.value)) }
}

unsafe extern "C" fn radix_tree_delete(root: u64, index: u64) -> u64 {
    // SAFETY: the caller's root.
    unsafe { tree::with(root, |tree| tree.remove(&index)).map_or(0, |entry| entry.value) }
}

unsafe extern "C" fn radix_tree_gang_lookup(root: u64, results: *mut u64, first: u64, most: u32) -> u32 {
    // SAFETY: the caller's root, and an array with room for `most`.
    unsafe {
        let take = most as usize;
        let found: Vec<u64> =
            tree::with(root, |tree| tree.range(first..).take(take).map(|(_, entry)| entry.value).collect());
        results.copy_from_nonoverlapping(found.as_ptr(), found.len());
        found.len() as u32
    }
}

unsafe extern "C" fn radix_tree_tag_set(root: u64, index: u64, tag: u32) -> u64 {
    // SAFETY: the caller's root.
    unsafe {
        tree::with(root, |tree| {
            tree.get_mut(&index).map_or(0, |entry| {
                entry.marks |= 1 << tag;
                entry.value
            })
        })
    }
}

unsafe extern "C" fn radix_tree_tag_clear(root: u64, index: u64, tag: u32) -> u64 {
    // SAFETY: the caller's root.
    unsafe {
        tree::with(root, |tree| {
            tree.get_mut(&index).map_or(0, |entry| {
                entry.marks &= !(1 << tag);
                entry.value
            })
        })
    }
}

/// Whether any entry has that mark. The mark of free identifiers (`IDR_FREE`) is in the root's flags alone, where
/// every IDR has it from the start.
unsafe extern "C" fn radix_tree_tagged(root: u64, tag: u32) -> i32 {
    /// ROOT_TAG_SHIFT, which is __GFP_BITS_SHIFT.
    const SHIFT: u32 = 27;
    // SAFETY: the caller's root.
    unsafe {
        let flags = *((root + offsets::xarray::FLAGS as u64) as *const u32);
        let is_marked = tree::with(root, |tree| tree.values().any(|entry| entry.marks >> tag & 1 == 1));
        i32::from(is_marked || flags >> (SHIFT + tag) & 1 == 1)
    }
}

unsafe extern "C" fn radix_tree_preload(_flags: u32) -> i32 {
    // radix_tree_preload_end() is an inlined local_unlock(), which enables preemption again.
    crate::services::sync::preempt_disable();
    0
}

unsafe extern "C" fn radix_tree_maybe_preload(flags: u32) -> i32 {
    // SAFETY: as the above.
    unsafe { radix_tree_preload(flags) }
}
