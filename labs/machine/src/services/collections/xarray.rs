//! XArrays: pointers by index, with marks. Linux: lib/xarray.c.
//!
//! The functions whose names begin with `__xa` are called with the array's spin lock held, the others are not. Both
//! hold the machine's lock for the moment that they touch the entries.

use abi::Errno;

use super::tree::{self, Entry, Tree, gap};
use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; xa_load/2, xa_store/4, xa_erase/2, __xa_cmpxchg/5, __xa_insert/4, __xa_alloc/5, __xa_alloc_cyclic/6,
        xa_find/4, xa_find_after/4, xa_destroy/1, xa_get_mark/3, xa_set_mark/3, xa_clear_mark/3);
    for (name, of) in [
        ("__xa_store", "xa_store"),
        ("__xa_erase", "xa_erase"),
        ("__xa_set_mark", "xa_set_mark"),
        ("__xa_clear_mark", "xa_clear_mark"),
    ] {
        table.alias(name, of);
    }
}

/// XA_PRESENT: every entry, whatever its marks.
const PRESENT: u32 = 8;

/// Works on an array's entries.
unsafe fn with<R>(array: u64, work: impl FnOnce(&mut Tree) -> R) -> R {
    // SAFETY: the caller's struct xarray.
    unsafe { tree::with(array, work) }
}

/// Puts a pointer at an index, or removes what is there; the old pointer.
fn put(tree: &mut Tree, index: u64, value: u64) -> u64 {
    if value == 0 {
        return tree.remove(&index).map_or(0, |entry| entry.value);
    }
    let entry = tree.entry(index).or_default();
    std::mem::replace(&mut entry.value, value)
}

unsafe extern "C" fn xa_load(array: u64, index: u64) -> u64 {
    // SAFETY: the caller's struct xarray.
    unsafe { with(array, |tree| tree.get(&index).map_or(0, |entry| entry.value)) }
}

unsafe extern "C" fn xa_store(array: u64, index: u64, value: u64, _flags: u32) -> u64 {
    // SAFETY: the caller's struct xarray.
    unsafe { with(array, |tree| put(tree, index, value)) }
}

unsafe extern "C" fn xa_erase(array: u64, index: u64) -> u64 {
    // SAFETY: the caller's struct xarray.
    unsafe { with(array, |tree| put(tree, index, 0)) }
}

unsafe extern "C" fn __xa_cmpxchg(array: u64, index: u64, old: u64, value: u64, _flags: u32) -> u64 {
    // SAFETY: the caller's struct xarray.
    unsafe {
        with(array, |tree| {
            let now = tree.get(&index).map_or(0, |entry| entry.value);
            if now == old {
                put(tree, index, value);
            }
            now
        })
    }
}

unsafe extern "C" fn __xa_insert(array: u64, index: u64, value: u64, _flags: u32) -> i32 {
    // SAFETY: the caller's struct xarray.
    unsafe {
        with(array, |tree| {
            if tree.contains_key(&index) {
                return Errno::EBUSY.to_return() as i32;
            }
            tree.insert(index, Entry { value, marks: 0 });
            0
        })
    }
}

/// Inserts at the first gap from `first` to `last`, whose index goes into the caller's variable.
unsafe fn allocate(array: u64, id: *mut u32, value: u64, first: u32, last: u32) -> i32 {
    // SAFETY: the caller's struct xarray and its variable.
    unsafe {
        let taken = with(array, |tree| {
            let index = gap(tree, u64::from(first), u64::from(last))?;
            tree.insert(index, Entry { value, marks: 0 });
            Some(index)
        });
        match taken {
            Some(index) => {
                *id = index as u32;
                0
            }
            None => Errno::EBUSY.to_return() as i32,
        }
    }
}

/// struct xa_limit in a register: its `max` below its `min`.
fn limits(limit: u64) -> (u32, u32) {
    ((limit >> 32) as u32, limit as u32)
}

unsafe extern "C" fn __xa_alloc(array: u64, id: *mut u32, value: u64, limit: u64, _flags: u32) -> i32 {
    let (min, max) = limits(limit);
    // SAFETY: the caller's struct xarray and its variable.
    unsafe { allocate(array, id, value, min, max) }
}

unsafe extern "C" fn __xa_alloc_cyclic(
    array: u64,
    id: *mut u32,
    value: u64,
    limit: u64,
    next: *mut u32,
    _flags: u32,
) -> i32 {
    let (min, max) = limits(limit);
    // SAFETY: the caller's struct xarray and its variables.
    unsafe {
        let start = min.max(*next);
        let mut answer = allocate(array, id, value, start, max);
        if answer != 0 && start > min {
            answer = allocate(array, id, value, min, start - 1);
            answer = if answer == 0 { 1 } else { answer };
        }
        if answer >= 0 {
            *next = (*id).wrapping_add(1);
        }
        answer
    }
}

/// The first entry from `first` to `max` that has the mark.
unsafe fn search(array: u64, index: *mut u64, first: u64, max: u64, filter: u32) -> u64 {
    if first > max {
        return 0;
    }
    let wanted = |entry: &Entry| entry.value != 0 && (filter == PRESENT || entry.marks >> filter & 1 == 1);
    // SAFETY: the caller's struct xarray and its variable.
    unsafe {
        let found = with(array, |tree| {
            tree.range(first..=max)
                .find(|(_, entry)| wanted(entry))
                .map(|(&index, entry)| (index, entry.value))
        });
        let Some((found, value)) = found else { return 0 };
        *index = found;
        value
    }
}

unsafe extern "C" fn xa_find(array: u64, index: *mut u64, max: u64, filter: u32) -> u64 {
    // SAFETY: the caller's struct xarray and its variable.
    unsafe { search(array, index, *index, max, filter) }
}

unsafe extern "C" fn xa_find_after(array: u64, index: *mut u64, max: u64, filter: u32) -> u64 {
    // SAFETY: the caller's struct xarray and its variable.
    unsafe { (*index).checked_add(1).map_or(0, |first| search(array, index, first, max, filter)) }
}

unsafe extern "C" fn xa_destroy(array: u64) {
    // SAFETY: the caller's struct xarray.
    unsafe { with(array, |tree| tree.clear()) };
}

unsafe extern "C" fn xa_get_mark(array: u64, index: u64, mark: u32) -> bool {
    // SAFETY: the caller's struct xarray.
    unsafe { with(array, |tree| tree.get(&index).is_some_and(|entry| entry.marks >> mark & 1 == 1)) }
}

unsafe extern "C" fn xa_set_mark(array: u64, index: u64, mark: u32) {
    // SAFETY: the caller's struct xarray. Marks of entries that are not there cannot be set.
    unsafe {
        with(array, |tree| {
            if let Some(entry) = tree.get_mut(&index) {
                entry.marks |= 1 << mark
            }
        })
    };
}

unsafe extern "C" fn xa_clear_mark(array: u64, index: u64, mark: u32) {
    // SAFETY: the caller's struct xarray.
    unsafe {
        with(array, |tree| {
            if let Some(entry) = tree.get_mut(&index) {
                entry.marks &= !(1 << mark)
            }
        })
    };
}
