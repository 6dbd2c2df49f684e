//! The entries behind an xarray, an IDR or a radix tree. The module sees only `xa_head`: NULL when nothing is in it,
//! else a token that leads here. Linux keeps nodes of 64 slots instead; modules never look into those.

use std::collections::{BTreeMap, HashMap};

use std::sync::atomic::{AtomicU64, Ordering};

use abi::offsets;

/// What lies at an index: the module's pointer, and up to three marks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry {
    pub value: u64,
    pub marks: u8,
}

/// The entries of one tree by index.
pub type Tree = BTreeMap<u64, Entry>;

/// All the trees of a machine by token.
#[derive(Debug, Default)]
pub struct Trees {
    trees: HashMap<u64, Tree>,
    next: u64,
}

impl Trees {
    /// Works on the tree whose `struct xarray` is at `root`.
    ///
    /// # Safety
    /// A struct xarray (or what begins with one) lies there, and only this function writes its head.
    pub unsafe fn with<R>(&mut self, root: u64, work: impl FnOnce(&mut Tree) -> R) -> R {
        // SAFETY: the caller's promise.
        let head = unsafe { &mut *((root + offsets::xarray::HEAD as u64) as *mut u64) };
        let mut tree = self.trees.remove(head).unwrap_or_default();
        let result = work(&mut tree);
        if tree.is_empty() {
            *head = 0;
        } else {
            if *head == 0 {
                self.next += 1;
                // Aligned like a pointer, so that no inlined test takes it for a value or an inner node.
                *head = self.next << 12;
            }
            self.trees.insert(*head, tree);
        }
        result
    }
}

/// Works on the tree whose `struct xarray` is at `root`, in the running task's machine.
///
/// # Safety
/// As [`Trees::with`].
pub unsafe fn with<R>(root: u64, work: impl FnOnce(&mut Tree) -> R) -> R {
    // SAFETY: the caller's promise. Touched before the lock is taken: an address that faults must fault here.
    unsafe { AtomicU64::from_ptr((root + offsets::xarray::HEAD as u64) as *mut u64) }
        .fetch_or(0, Ordering::Relaxed);
    // SAFETY: the caller's promise.
    crate::services::with(|trees: &mut Trees| unsafe { trees.with(root, work) })
}

/// The first index from `first` to `last` that is free.
pub fn gap(tree: &Tree, first: u64, last: u64) -> Option<u64> {
    let mut candidate = first;
    for &index in tree.range(first..=last).map(|(index, _)| index) {
        if index > candidate {
            break;
        }
        candidate = index.checked_add(1)?;
    }
    (candidate <= last).then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_null_exactly_while_the_tree_is_empty() {
        let mut trees = Trees::default();
        let mut root = [0u8; offsets::xarray::SIZE];
        let address = root.as_mut_ptr() as u64;
        // SAFETY: `root` is as large as a struct xarray, and zeroed.
        unsafe {
            trees.with(address, |tree| tree.insert(7, Entry { value: 0x1000, marks: 0 }));
            assert_ne!(root[offsets::xarray::HEAD..], [0; 8]);
            assert_eq!(trees.with(address, |tree| tree.get(&7).map(|entry| entry.value)), Some(0x1000));
            trees.with(address, |tree| tree.remove(&7));
        }
        assert_eq!(root[offsets::xarray::HEAD..], [0; 8]);
    }

    #[test]
    fn the_lowest_free_index_is_taken() {
        let tree = Tree::from([(0, Entry::default()), (1, Entry::default()), (3, Entry::default())]);
        assert_eq!((gap(&tree, 0, 9), gap(&tree, 3, 9), gap(&tree, 0, 1)), (Some(2), Some(4), None));
    }
}
