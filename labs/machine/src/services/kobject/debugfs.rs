//! debugfs: directories and files that modules make for whoever debugs them. They exist, nobody reads them.
//! Linux: fs/debugfs/inode.c.

use std::collections::HashMap;

use crate::Table;
use crate::services::{functions, heap, text, with};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; debugfs_create_dir/2, debugfs_remove/1, debugfs_lookup/2, debugfs_lookup_and_remove/2);
    for name in ["debugfs_create_file", "debugfs_create_file_unsafe", "debugfs_create_blob"] {
        table.function(name, debugfs_create_file as *const (), 3);
    }
    for kind in [
        "u8",
        "u16",
        "u32",
        "u64",
        "x8",
        "x16",
        "x32",
        "x64",
        "size_t",
        "atomic_t",
        "bool",
        "ulong",
        "devm_seqfile",
    ] {
        table.function(&format!("debugfs_create_{kind}"), debugfs_create_value as *const (), 3);
    }
    table.function("debugfs_initialized", debugfs_initialized as *const (), 0);
}

/// An entry's parent and its name in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    parent: u64,
    name: Vec<u8>,
}

/// The entries by the dentry that stands for each.
#[derive(Debug, Default)]
struct Tree(HashMap<u64, Entry>);

/// A new entry below a parent: an object of the size of a struct dentry.
unsafe fn create(name: *const u8, parent: u64) -> u64 {
    // SAFETY: a NUL-terminated name.
    let name = unsafe { text::bytes(name) }.to_vec();
    let entry = heap::allocate(abi::offsets::dentry::SIZE as u64, 0);
    with(|tree: &mut Tree| tree.0.insert(entry, Entry { parent, name }));
    entry
}

unsafe extern "C" fn debugfs_create_dir(name: *const u8, parent: u64) -> u64 {
    // SAFETY: the module's name.
    unsafe { create(name, parent) }
}

unsafe extern "C" fn debugfs_create_file(name: *const u8, _mode: u16, parent: u64) -> u64 {
    // SAFETY: the module's name.
    unsafe { create(name, parent) }
}

unsafe extern "C" fn debugfs_create_value(name: *const u8, _mode: u16, parent: u64) {
    // SAFETY: the module's name.
    unsafe { create(name, parent) };
}

/// Removes an entry with all that is below it.
unsafe extern "C" fn debugfs_remove(entry: u64) {
    let mut gone = vec![entry];
    let mut at = 0;
    while let Some(&parent) = gone.get(at) {
        let removed = with(|tree: &mut Tree| {
            let below = tree.0.iter().filter(|(_, entry)| entry.parent == parent).map(|(entry, _)| *entry);
            // NULL and errors are no entries, and are not the parent of those in the root either.
            if tree.0.contains_key(&parent) {
                gone.extend(below);
            }
            tree.0.remove(&parent).is_some()
        });
        if removed {
            heap::free(parent);
        }
        at += 1;
    }
}

/// The dentry of a name, or NULL.
unsafe extern "C" fn debugfs_lookup(name: *const u8, parent: u64) -> u64 {
    // SAFETY: a NUL-terminated name.
    let wanted = Entry { parent, name: unsafe { text::bytes(name) }.to_vec() };
    with(|tree: &mut Tree| tree.0.iter().find(|(_, entry)| **entry == wanted).map_or(0, |(entry, _)| *entry))
}

unsafe extern "C" fn debugfs_lookup_and_remove(name: *const u8, parent: u64) {
    // SAFETY: the module's name.
    unsafe { debugfs_remove(debugfs_lookup(name, parent)) };
}

unsafe extern "C" fn debugfs_initialized() -> bool {
    true
}
