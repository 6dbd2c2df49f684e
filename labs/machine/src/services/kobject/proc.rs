//! /proc: files of modules' own, read through the functions that they gave. Linux: fs/proc/generic.c, inode.c.

use std::collections::BTreeMap;
use std::sync::Arc;

use abi::Errno;
use abi::offsets::{file, inode, proc_ops};

use super::seq;
use crate::services::complain::warn;
use crate::services::host::system_call;
use crate::services::uaccess::UserBuffer;
use crate::services::{field, functions, heap, text, with, with_of};
use crate::{Machine, Table, call_module};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; proc_create/4, proc_create_data/5, proc_create_single_data/5, proc_create_seq_private/6, proc_create_net_data/6,
        proc_create_net_single/5, proc_mkdir/2, proc_mkdir_mode/3, _proc_mkdir/5, proc_symlink/3, remove_proc_entry/2,
        remove_proc_subtree/2, proc_remove/1, proc_set_size/2, proc_set_user/3);
    table.alias("proc_create_mount_point", "proc_mkdir");
}

/// What a name in /proc is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Directory,
    Link,
    /// A struct proc_ops.
    Operations(u64),
    /// A struct seq_operations and the size of the driver's own object beside an open file.
    Records(u64, i32),
    /// A show function.
    Single(u64),
}

#[derive(Debug, Clone)]
struct Entry {
    path: String,
    kind: Kind,
    data: u64,
}

/// The entries by the address that stands for each.
#[derive(Debug, Default)]
struct Entries(BTreeMap<u64, Entry>);

/// The path of a name below a parent; NULL is /proc itself.
fn path(entries: &Entries, parent: u64, name: &str) -> String {
    match entries.0.get(&parent) {
        Some(entry) => format!("{}/{name}", entry.path),
        None => name.to_owned(),
    }
}

/// A new entry; NULL where the name is taken.
unsafe fn create(name: *const u8, parent: u64, kind: Kind, data: u64) -> u64 {
    // SAFETY: a NUL-terminated name.
    let name = String::from_utf8_lossy(unsafe { text::bytes(name) });
    let address = heap::allocate(abi::offsets::proc_dir_entry::SIZE as u64, 0);
    let added = with(|entries: &mut Entries| {
        let path = path(entries, parent, &name);
        let taken = entries.0.values().any(|entry| entry.path == path);
        if !taken {
            entries.0.insert(address, Entry { path, kind, data });
        }
        !taken
    });
    if added {
        return address;
    }
    heap::free(address);
    warn(&format!("proc_dir_entry '/proc/{name}' already registered"));
    0
}

unsafe extern "C" fn proc_create(name: *const u8, _mode: u16, parent: u64, operations: u64) -> u64 {
    // SAFETY: the module's name and struct proc_ops.
    unsafe { create(name, parent, Kind::Operations(operations), 0) }
}

unsafe extern "C" fn proc_create_data(
    name: *const u8,
    _mode: u16,
    parent: u64,
    operations: u64,
    data: u64,
) -> u64 {
    // SAFETY: as proc_create.
    unsafe { create(name, parent, Kind::Operations(operations), data) }
}

unsafe extern "C" fn proc_create_single_data(
    name: *const u8,
    _mode: u16,
    parent: u64,
    show: u64,
    data: u64,
) -> u64 {
    // SAFETY: the module's name and function.
    unsafe { create(name, parent, Kind::Single(show), data) }
}

unsafe extern "C" fn proc_create_net_single(
    name: *const u8,
    _mode: u16,
    parent: u64,
    show: u64,
    data: u64,
) -> u64 {
    // SAFETY: as above. There is one network namespace, whose directory is /proc itself.
    unsafe { create(name, parent, Kind::Single(show), data) }
}

unsafe extern "C" fn proc_create_seq_private(
    name: *const u8,
    _mode: u16,
    parent: u64,
    operations: u64,
    size: i32,
    data: u64,
) -> u64 {
    // SAFETY: the module's name and struct seq_operations.
    unsafe { create(name, parent, Kind::Records(operations, size), data) }
}

unsafe extern "C" fn proc_create_net_data(
    name: *const u8,
    mode: u16,
    parent: u64,
    operations: u64,
    size: i32,
    data: u64,
) -> u64 {
    // SAFETY: as proc_create_seq_private.
    unsafe { proc_create_seq_private(name, mode, parent, operations, size, data) }
}

unsafe extern "C" fn proc_mkdir(name: *const u8, parent: u64) -> u64 {
    // SAFETY: the module's name.
    unsafe { create(name, parent, Kind::Directory, 0) }
}

unsafe extern "C" fn proc_mkdir_mode(name: *const u8, _mode: u16, parent: u64) -> u64 {
    // SAFETY: the module's name.
    unsafe { create(name, parent, Kind::Directory, 0) }
}

unsafe extern "C" fn _proc_mkdir(name: *const u8, _mode: u16, parent: u64, data: u64, _lookup: bool) -> u64 {
    // SAFETY: the module's name.
    unsafe { create(name, parent, Kind::Directory, data) }
}

unsafe extern "C" fn proc_symlink(name: *const u8, parent: u64, _target: *const u8) -> u64 {
    // SAFETY: the module's name.
    unsafe { create(name, parent, Kind::Link, 0) }
}

/// Removes what is at a path and below it; whether something was.
fn remove(path: &str) -> bool {
    let below = format!("{path}/");
    let gone: Vec<u64> = with(|entries: &mut Entries| {
        let doomed = |entry: &Entry| entry.path == path || entry.path.starts_with(&below);
        let gone = entries.0.iter().filter(|(_, entry)| doomed(entry)).map(|(address, _)| *address).collect();
        entries.0.retain(|_, entry| !doomed(entry));
        gone
    });
    gone.iter().for_each(|address| heap::free(*address));
    !gone.is_empty()
}

unsafe extern "C" fn remove_proc_entry(name: *const u8, parent: u64) {
    // SAFETY: a NUL-terminated name.
    let name = String::from_utf8_lossy(unsafe { text::bytes(name) });
    if !remove(&with(|entries: &mut Entries| path(entries, parent, &name))) {
        warn(&format!("name '{name}'"));
    }
}

unsafe extern "C" fn remove_proc_subtree(name: *const u8, parent: u64) -> i32 {
    // SAFETY: a NUL-terminated name.
    let name = String::from_utf8_lossy(unsafe { text::bytes(name) });
    let removed = remove(&with(|entries: &mut Entries| path(entries, parent, &name)));
    if removed { 0 } else { crate::services::fail(Errno::ENOENT) }
}

unsafe extern "C" fn proc_remove(entry: u64) {
    if let Some(path) = with(|entries: &mut Entries| entries.0.get(&entry).map(|entry| entry.path.clone())) {
        remove(&path);
    }
}

unsafe extern "C" fn proc_set_size(_entry: u64, _size: i64) {}

unsafe extern "C" fn proc_set_user(_entry: u64, _user: u32, _group: u32) {}

impl Machine {
    /// The files that modules made in /proc, sorted, without that prefix.
    pub fn proc_files(&self) -> Vec<String> {
        let mut paths: Vec<String> = with_of(self, |entries: &mut Entries| {
            let files =
                entries.0.values().filter(|entry| !matches!(entry.kind, Kind::Directory | Kind::Link));
            files.map(|entry| entry.path.clone()).collect()
        });
        paths.sort();
        paths
    }

    /// Reads a file that a module made in /proc, up to a mebibyte of it.
    ///
    /// # Errors
    /// ENOENT where there is none, what the module's functions returned, or EIO where they ended in an oops.
    pub fn read_proc(self: &Arc<Self>, path: &str) -> Result<Vec<u8>, Errno> {
        let path = path.strip_prefix("/proc/").unwrap_or(path);
        let find = |entries: &mut Entries| entries.0.values().find(|entry| entry.path == path).cloned();
        let entry = with_of(self, find).ok_or(Errno::ENOENT)?;
        let (kind, data) = (entry.kind, entry.data);
        let mut whole = Vec::new();
        let opened = system_call(self, "cat", move || open(kind, data))?;
        while whole.len() < 1 << 20 {
            let buffer = UserBuffer::new(self, &[0; 4096]);
            let address = buffer.address();
            let count = system_call(self, "cat", move || Ok(opened.read(address)))?;
            let Ok(count) = usize::try_from(count) else {
                return Err(Errno::from_return(count).unwrap_or(Errno::EIO));
            };
            whole.extend(buffer.into_bytes().into_iter().take(count));
            if count == 0 {
                break;
            }
        }
        system_call(self, "cat", move || {
            opened.close();
            Ok(())
        })?;
        Ok(whole)
    }
}

/// An open file of a module's.
#[derive(Clone, Copy)]
struct Opened {
    file: u64,
    inode: u64,
    kind: Kind,
}

fn open(kind: Kind, data: u64) -> Result<Opened, Errno> {
    let opened = Opened {
        file: heap::allocate(file::SIZE as u64, 0),
        inode: heap::allocate(inode::SIZE as u64, 0),
        kind,
    };
    // SAFETY: two new objects of their sizes, and the module's functions.
    let error = unsafe {
        field::put(opened.file, file::INODE, opened.inode);
        field::put(opened.inode, inode::PRIVATE, data);
        match kind {
            Kind::Operations(operations) => {
                let function: u64 = field::get(operations, proc_ops::OPEN);
                if function == 0 {
                    0
                } else {
                    call_module(function, &[opened.inode, opened.file, 0, 0, 0, 0]) as i32
                }
            }
            Kind::Records(operations, 0) => seq::seq_open(opened.file, operations),
            Kind::Records(operations, size) => {
                if seq::__seq_open_private(opened.file, operations, size, 0) == 0 { -12 } else { 0 }
            }
            Kind::Single(show) => seq::single_open(opened.file, show, data),
            Kind::Directory => Errno::EISDIR.to_return() as i32,
            Kind::Link => Errno::ELOOP.to_return() as i32,
        }
    };
    if error == 0 {
        return Ok(opened);
    }
    opened.free();
    Err(Errno::from_return(i64::from(error)).unwrap_or(Errno::EIO))
}

impl Opened {
    fn read(self, buffer: u64) -> i64 {
        let position = self.file + file::POS as u64;
        // SAFETY: an open file, and the module's function.
        unsafe {
            match self.kind {
                Kind::Operations(operations) => match field::get(operations, proc_ops::READ) {
                    0 => Errno::EIO.to_return(),
                    function => call_module(function, &[self.file, buffer, 4096, position, 0, 0]) as i64,
                },
                _ => seq::seq_read(self.file, buffer, 4096, position as *mut i64),
            }
        }
    }

    fn close(self) {
        // SAFETY: an open file, and the module's function.
        unsafe {
            match self.kind {
                Kind::Operations(operations) => {
                    let function: u64 = field::get(operations, proc_ops::RELEASE);
                    if function != 0 {
                        call_module(function, &[self.inode, self.file, 0, 0, 0, 0]);
                    }
                }
                Kind::Records(_, 0) => {
                    seq::seq_release(self.inode, self.file);
                }
                Kind::Records(..) => {
                    seq::seq_release_private(self.inode, self.file);
                }
                _ => {
                    seq::single_release(self.inode, self.file);
                }
            }
        }
        self.free();
    }

    fn free(self) {
        heap::free(self.file);
        heap::free(self.inode);
    }
}
