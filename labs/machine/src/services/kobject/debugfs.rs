//! debugfs: directories and files that modules make for whoever debugs them. They exist, nobody reads them.
//! Linux: fs/debugfs/inode.c.

use std::collections::HashMap;

use crate::Table;
use crate::services::{functions, heap, with};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; debugfs_create_dir/2, debugfs_remove/1, debugfs_lookup/2);
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

/// Each dentry's parent.
#[derive(Debug, Default)]
struct Tree(HashMap<u64, u64>);

/// A new entry below a parent: an object of the size of a struct dentry.
fn create(parent: u64) -> u64 {
    let entry = heap::allocate(abi::offsets::dentry::SIZE as u64, 0);
    with(|tree: &mut Tree| tree.0.insert(entry, parent));
    entry
}

unsafe extern "C" fn debugfs_create_dir(_name: u64, parent: u64) -> u64 {
    create(parent)
}

unsafe extern "C" fn debugfs_create_file(_name: u64, _mode: u16, parent: u64) -> u64 {
    create(parent)
}

unsafe extern "C" fn debugfs_create_value(_name: u64, _mode: u16, parent: u64) {
    create(parent);
}

/// Removes an entry with all that is below it.
unsafe extern "C" fn debugfs_remove(entry: u64) {
    let mut gone = vec![entry];
    let mut at = 0;
    while let Some(&parent) = gone.get(at) {
        let removed = with(|tree: &mut Tree| {
            gone.extend(tree.0.iter().filter(|(_, above)| **above == parent).map(|(entry, _)| *entry));
            tree.0.remove(&parent).is_some()
        });
        if removed {
            heap::free(parent);
        }
        at += 1;
    }
}

unsafe extern "C" fn debugfs_lookup(_name: u64, _parent: u64) -> u64 {
    0
}

unsafe extern "C" fn debugfs_initialized() -> bool {
    true
}
