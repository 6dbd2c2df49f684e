//! A region of low memory: written first, then protected, patched through a second mapping, poisoned at the end.

use std::{
    io,
    ops::Range,
    slice,
    sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering},
};

use super::{Memory, Protection};
use crate::host::PAGE;

/// What freed text is filled with: `int3`.
pub(crate) const POISON: u8 = 0xcc;

/// Whole pages below 2 GiB; freed when dropped.
#[derive(Debug)]
pub struct Region {
    memory: Memory,
    address: u64,
    offset: u64,
    size: usize,
    /// Set by the first `protect`: from then on others may read, run or write it, and no `&mut [u8]` is given out.
    published: bool,
}

impl Region {
    pub(super) fn new(memory: Memory, address: u64, offset: u64, size: usize) -> Region {
        Region { memory, address, offset, size, published: false }
    }

    /// Where it begins; a multiple of the page size.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Its size in bytes; a multiple of the page size.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether `address` lies in it.
    pub fn contains(&self, address: u64) -> bool {
        address.wrapping_sub(self.address) < self.size as u64
    }

    /// Its bytes, to be filled; empty once any part of it has been protected, because then it belongs to the CPUs.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        let size = if self.published { 0 } else { self.size };
        // SAFETY: the mapping is readable and writable until `protect`, this value is its only owner, and the borrow
        // of `self` keeps others out. Module code is not told the address before it is published.
        unsafe { slice::from_raw_parts_mut(self.address as *mut u8, size) }
    }

    /// Hands the region to the CPUs without changing what may be done with it: data only.
    pub fn publish(&mut self) {
        self.published = true;
    }

    /// Sets what may be done with the pages of `range` (offsets in bytes, both multiples of the page size).
    ///
    /// # Errors
    /// `range` is not whole pages of the region, or the host refuses.
    pub fn protect(&mut self, range: Range<usize>, protection: Protection) -> io::Result<()> {
        let whole = range.start.is_multiple_of(PAGE) && range.end.is_multiple_of(PAGE);
        if !whole || range.start > range.end || range.end > self.size {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not whole pages of the region"));
        }
        self.published = true;
        if range.is_empty() {
            return Ok(());
        }
        // SAFETY: the pages are ours, and `bytes_mut` gives out nothing from here on.
        unsafe { self.memory.backing().protect(self.address + range.start as u64, range.len(), protection) }
    }

    /// Writes `bytes` at `offset` whatever the protection there, through a second mapping that is gone again
    /// afterwards. A CPU that comes by meets an instruction of up to eight bytes whole, the old one or the new one; it must
    /// not be in the middle of longer changes.
    ///
    /// # Errors
    /// The bytes do not fit in the region, or the host has no memory.
    pub fn patch(&self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        self.memory.patch_within(self.offset, self.size, offset, bytes)
    }

    /// A copy of the bytes in `range`; `None` where it is not within the region, or out of reach.
    pub fn read(&self, range: Range<usize>) -> Option<Vec<u8>> {
        if range.start > range.end || range.end > self.size {
            return None;
        }
        let first = range.start / PAGE * PAGE;
        let length = range
            .end
            .next_multiple_of(PAGE)
            .saturating_sub(first)
            .max(PAGE)
            .min(self.size - first.min(self.size));
        let mut alias = self.memory.backing().alias(self.offset + first as u64, length.max(PAGE)).ok()?;
        let mut copy = vec![0; range.len()];
        // SAFETY: the view covers the range; CPUs may write meanwhile, which a copy through raw pointers of bytes of
        // memory shared with machine code allows: what is read is some value that was there.
        unsafe {
            alias.as_mut_ptr().add(range.start - first).copy_to_nonoverlapping(copy.as_mut_ptr(), range.len())
        };
        Some(copy)
    }
}

impl Memory {
    /// Writes `bytes` at `address` in whatever region lies there, as [`Region::patch`] does.
    ///
    /// # Errors
    /// No such region, or as [`Region::patch`].
    pub fn patch(&self, address: u64, bytes: &[u8]) -> io::Result<()> {
        let (start, offset, size) = self.region_at(address).ok_or(io::ErrorKind::NotFound)?;
        self.patch_within(offset, size, (address - start) as usize, bytes)
    }

    /// Writes `bytes` at `offset` of the region of `size` bytes that lies at `place` in the backing file.
    fn patch_within(&self, place: u64, size: usize, offset: usize, bytes: &[u8]) -> io::Result<()> {
        let end = offset.checked_add(bytes.len()).filter(|&end| end <= size);
        let end = end.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "outside the region"))?;
        let first = offset / PAGE * PAGE;
        let mut alias = self.backing().alias(place + first as u64, end.next_multiple_of(PAGE) - first)?;
        // SAFETY: the view covers `first..end`, whole words included because it is whole pages.
        unsafe { write(alias.as_mut_ptr(), offset - first, bytes) };
        Ok(())
    }
}

/// How many instructions are being replaced right now, in all machines.
pub(crate) static PATCHES: AtomicU32 = AtomicU32::new(0);

/// Writes `bytes` at `at + offset`: as one store where they lie within an aligned word.
///
/// # Safety
/// The whole aligned words around the bytes are writable at `at`, which is page-aligned.
unsafe fn write(at: *mut u8, offset: usize, bytes: &[u8]) {
    let word = offset / 8 * 8;
    if offset + bytes.len() > word + 8 {
        // SAFETY: the caller's promise.
        return unsafe { write_across(at.wrapping_add(offset), bytes) };
    }
    // SAFETY: `word` is aligned as `at` is, and within the caller's memory.
    let place = unsafe { AtomicU64::from_ptr(at.add(word).cast()) };
    // Relaxed and Release: pairs with the instruction fetch of other CPUs, which x86 keeps coherent.
    let mut value = place.load(Ordering::Relaxed).to_le_bytes();
    for (place, byte) in value.iter_mut().skip(offset - word).zip(bytes) {
        *place = *byte;
    }
    place.store(u64::from_le_bytes(value), Ordering::Release);
}

/// `text_poke_bp`: an instruction that does not lie within a word gets an `int3` first and its first byte last. A CPU
/// that meets the `int3` waits in the fault handler until it is gone.
///
/// # Safety
/// The bytes at `at` are writable.
unsafe fn write_across(at: *mut u8, bytes: &[u8]) {
    if bytes.len() > 8 {
        // SAFETY: the caller's promise; `bytes` is a Rust slice and cannot overlap a fresh mapping.
        return unsafe { at.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }
    // SeqCst: the handler, having met an int3, must find the count raised if the int3 is ours; the count is lowered
    // only after the int3 has gone. The stores between are Release, so that they are seen in this order.
    PATCHES.fetch_add(1, Ordering::SeqCst);
    let store = |offset: usize, byte: u8| {
        // SAFETY: the caller's promise.
        unsafe { AtomicU8::from_ptr(at.add(offset)) }.store(byte, Ordering::Release);
    };
    store(0, POISON);
    for (offset, &byte) in bytes.iter().enumerate().skip(1) {
        store(offset, byte);
    }
    store(0, bytes.first().copied().unwrap_or(POISON));
    PATCHES.fetch_sub(1, Ordering::SeqCst);
}

impl Drop for Region {
    /// Poison, then out of reach, then quarantine: a stale call finds no code, and an oops can say whose it was.
    fn drop(&mut self) {
        self.memory.mark_freed(self.address);
        // SAFETY: the pages are ours and no reference to them outlives this value; where they become writable (and
        // nothing else), they are filled. A host that is out of memory leaves the one or the other undone, and what is
        // left there is no worse than what was.
        unsafe {
            if self.memory.backing().protect(self.address, self.size, Protection::ReadWrite).is_ok() {
                (self.address as *mut u8).write_bytes(POISON, self.size);
            }
            drop(self.memory.backing().protect(self.address, self.size, Protection::None));
        }
        self.memory.quarantine(self.address);
    }
}
