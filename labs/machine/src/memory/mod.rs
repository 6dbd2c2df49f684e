//! Memory for module text and data, below 2 GiB as R_X86_64_32S needs it, never writable and executable at once
//! (`module_alloc` in arch/x86/kernel/module.c, kernel/module/strict_rwx.c).
//!
//! What is freed is filled with `int3`, taken out of reach and kept for a while, so that whoever still jumps there is
//! caught and told whose text it was.

mod objects;
mod region;

pub(crate) use region::PATCHES;
pub use region::Region;

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    sync::{Arc, Mutex, PoisonError},
};

use crate::host::{Backing, PAGE};
use objects::Objects;

/// What a page may be used for. There is deliberately nothing that is both writable and executable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Nothing at all: any access faults.
    None,
    /// Reading.
    ReadOnly,
    /// Reading and writing.
    ReadWrite,
    /// Reading and executing.
    ReadExecute,
}

/// How many bytes of freed memory are kept out of reach before the oldest are given back.
const QUARANTINE: usize = 64 << 20;

/// A machine's low memory. Clones are handles to the same memory.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    backing: Backing,
    books: Mutex<Books>,
    objects: Mutex<Objects>,
}

/// Who has what.
#[derive(Debug, Default)]
struct Books {
    /// By address: every region there is, and those in quarantine.
    regions: BTreeMap<u64, Entry>,
    /// The addresses in quarantine, the oldest first, and their bytes together.
    freed: VecDeque<u64>,
    freed_bytes: usize,
    in_use: usize,
}

#[derive(Debug, Clone)]
struct Entry {
    label: Arc<str>,
    offset: u64,
    size: usize,
    /// Whether it counts as in use: modules' memory does, the kernel's own does not.
    counted: bool,
    freed: bool,
}

/// What lies at an address of low memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// What the region was allocated for.
    pub label: Arc<str>,
    /// Where the region begins.
    pub start: u64,
    /// Whether it has been freed.
    pub freed: bool,
}

impl Memory {
    pub(crate) fn new() -> io::Result<Memory> {
        Ok(Memory(Arc::new(Shared {
            backing: Backing::new()?,
            books: Mutex::default(),
            objects: Mutex::default(),
        })))
    }

    /// `size` bytes of zeroes, rounded up to whole pages, readable and writable. `label` says whose they are, in an
    /// oops and in the leak report.
    ///
    /// # Errors
    /// The host has no more memory, or no more addresses below 2 GiB.
    pub fn allocate(&self, size: usize, label: &str) -> io::Result<Region> {
        let (offset, address, size) = self.map(size, label, true)?;
        Ok(Region::new(self.clone(), address, offset, size))
    }

    /// As [`Memory::allocate`], for the kernel itself: it does not count as in use.
    pub(crate) fn allocate_kernel(&self, size: usize) -> io::Result<Region> {
        let (offset, address, size) = self.map(size, "kernel text", false)?;
        Ok(Region::new(self.clone(), address, offset, size))
    }

    /// Fresh pages, entered in the books: their place in the file, address and size.
    fn map(&self, size: usize, label: &str, counted: bool) -> io::Result<(u64, u64, usize)> {
        let size = size.max(1).checked_next_multiple_of(PAGE).ok_or(io::ErrorKind::OutOfMemory)?;
        let mapped = self.0.backing.map_low(size).or_else(|_| {
            // What is kept for oopses gives way to what is needed.
            self.give_back(0);
            self.0.backing.map_low(size)
        });
        let (offset, address) = mapped?;
        let entry = Entry { label: label.into(), offset, size, counted, freed: false };
        let mut books = self.books();
        books.in_use += if counted { size } else { 0 };
        books.regions.insert(address, entry);
        drop(books);
        Ok((offset, address, size))
    }

    /// `size` zeroed bytes below 2 GiB at a multiple of `align` (a power of two up to a page), for data that module
    /// code points to. They stay until the machine is gone.
    ///
    /// # Errors
    /// As [`Memory::allocate`].
    pub fn object(&self, size: usize, align: usize) -> io::Result<u64> {
        self.0.objects.lock().unwrap_or_else(PoisonError::into_inner).allocate(self, size, align)
    }

    /// Bytes in regions that are allocated now, by whomever but the kernel itself.
    pub fn in_use(&self) -> usize {
        self.books().in_use
    }

    /// The labels and sizes of the regions allocated now, by address.
    pub fn regions(&self) -> Vec<(Arc<str>, usize)> {
        let books = self.books();
        books
            .regions
            .values()
            .filter(|entry| entry.counted && !entry.freed)
            .map(|entry| (entry.label.clone(), entry.size))
            .collect()
    }

    /// Whose `address` is or, not long ago, was.
    pub fn owner(&self, address: u64) -> Option<Owner> {
        let books = self.books();
        let (&start, entry) = books.regions.range(..=address).next_back()?;
        let inside = address - start < entry.size as u64;
        inside.then(|| Owner { label: entry.label.clone(), start, freed: entry.freed })
    }

    /// The living region that `address` lies in: where it begins, its place in the backing file, its size.
    fn region_at(&self, address: u64) -> Option<(u64, u64, usize)> {
        let books = self.books();
        let (&start, entry) = books.regions.range(..=address).next_back()?;
        let inside = !entry.freed && address - start < entry.size as u64;
        inside.then_some((start, entry.offset, entry.size))
    }

    fn books(&self) -> std::sync::MutexGuard<'_, Books> {
        // A panic while the books were open leaves them readable: each change is one insertion or removal.
        self.0.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn backing(&self) -> &Backing {
        &self.0.backing
    }

    /// From now on whoever comes here is told that it has been freed.
    fn mark_freed(&self, address: u64) {
        let mut books = self.books();
        let Some(entry) = books.regions.get_mut(&address) else { return };
        entry.freed = true;
        let counted = if entry.counted { entry.size } else { 0 };
        books.in_use = books.in_use.saturating_sub(counted);
    }

    /// Puts a freed region into quarantine and gives back what has been there too long.
    fn quarantine(&self, address: u64) {
        let mut books = self.books();
        books.freed_bytes += books.regions.get(&address).map_or(0, |entry| entry.size);
        books.freed.push_back(address);
        drop(books);
        self.give_back(QUARANTINE);
    }

    /// Gives back the oldest regions in quarantine until at most `limit` bytes are left there.
    fn give_back(&self, limit: usize) {
        let mut books = self.books();
        while books.freed_bytes > limit {
            let Some(oldest) = books.freed.pop_front() else { break };
            let Some(entry) = books.regions.remove(&oldest) else { continue };
            books.freed_bytes = books.freed_bytes.saturating_sub(entry.size);
            // SAFETY: the entry was freed, so its region, the only owner of the mapping, is gone.
            unsafe { self.backing().unmap(entry.offset, oldest, entry.size) };
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let books = self.books.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (&address, entry) in &books.regions {
            // SAFETY: regions keep this value alive, so all of them are gone; nothing else hands out these pages but
            // `object`, whose bytes last as long as the machine.
            unsafe { self.backing.unmap(entry.offset, address, entry.size) };
        }
    }
}
