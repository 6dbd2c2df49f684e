//! Scatterlists: a message as a chain of arrays of pieces, each within physically contiguous pages. Linux:
//! lib/scatterlist.c, include/linux/scatterlist.h.

mod copy;
mod miter;
pub mod walk;

use abi::{Errno, offsets};

use super::{fail, functions, heap};
use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    functions!(table; sg_init_table/2, sg_init_one/3, sg_next/1, sg_last/2, sg_nents/1, sg_nents_for_len/2, sg_alloc_table/3,
        sg_free_table/1);
    copy::register(table);
    miter::register(table);
    walk::register(table);
}

/// `struct scatterlist`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Scatterlist {
    /// The `struct page`, or the next array; the two lowest bits say which, and whether this is the end.
    pub page_link: u64,
    /// Where in the page the piece begins; bytes.
    pub offset: u32,
    /// Bytes in the piece.
    pub length: u32,
    dma_address: u64,
    dma_length: u64,
}

const _: () = assert!(size_of::<Scatterlist>() == offsets::scatterlist::SIZE);

const CHAIN: u64 = 1;
const END: u64 = 2;

impl Scatterlist {
    /// Lets the entry stand for `length` bytes at `address`, and keeps what it says of the end (sg_set_buf).
    pub fn set(&mut self, address: u64, length: u32) {
        self.page_link = self.page_link & END | heap::virt_to_page(address);
        self.offset = (address % 4096) as u32;
        self.length = length;
    }

    /// Where the piece lies (sg_virt).
    pub fn address(&self) -> u64 {
        heap::page_address(self.page_link & !(CHAIN | END)).wrapping_add(u64::from(self.offset))
    }

    /// The last entry of the whole list.
    pub fn mark_end(&mut self) {
        self.page_link = self.page_link & !CHAIN | END;
    }

    /// No entry but a reference to the array that goes on with the list (sg_chain).
    pub fn chain(&mut self, next: *const Scatterlist) {
        *self = Scatterlist { page_link: next as u64 | CHAIN, ..Scatterlist::default() };
    }
}

pub unsafe extern "C" fn sg_init_table(list: *mut Scatterlist, count: u32) {
    // SAFETY: an array of `count`.
    unsafe {
        std::ptr::write_bytes(list, 0, count as usize);
        if count > 0 {
            (*list.add(count as usize - 1)).mark_end();
        }
    }
}

pub unsafe extern "C" fn sg_init_one(list: *mut Scatterlist, buffer: u64, length: u32) {
    // SAFETY: one entry.
    unsafe {
        sg_init_table(list, 1);
        (*list).set(buffer, length);
    }
}

/// The entry behind one, or NULL.
pub unsafe extern "C" fn sg_next(entry: *mut Scatterlist) -> *mut Scatterlist {
    // SAFETY: an entry of a list with an end.
    unsafe {
        if (*entry).page_link & END != 0 {
            return std::ptr::null_mut();
        }
        let next = entry.add(1);
        if (*next).page_link & CHAIN != 0 {
            return ((*next).page_link & !(CHAIN | END)) as *mut Scatterlist;
        }
        next
    }
}

/// The entries of a list, one after the other.
pub unsafe fn entries(list: *mut Scatterlist) -> impl Iterator<Item = *mut Scatterlist> {
    let first = (!list.is_null()).then_some(list);
    std::iter::successors(first, |entry| {
        // SAFETY: an entry of the caller's list.
        let next = unsafe { sg_next(*entry) };
        (!next.is_null()).then_some(next)
    })
}

unsafe extern "C" fn sg_last(list: *mut Scatterlist, _count: u32) -> *mut Scatterlist {
    // SAFETY: the caller's list.
    unsafe { entries(list) }.last().unwrap_or(std::ptr::null_mut())
}

unsafe extern "C" fn sg_nents(list: *mut Scatterlist) -> i32 {
    // SAFETY: the caller's list.
    unsafe { entries(list) }.count() as i32
}

/// How many entries it takes for `length` bytes.
unsafe extern "C" fn sg_nents_for_len(list: *mut Scatterlist, length: u64) -> i32 {
    if length == 0 {
        return 0;
    }
    let mut total = 0;
    // SAFETY: the caller's list.
    for (index, entry) in unsafe { entries(list) }.enumerate() {
        // SAFETY: as above.
        total += u64::from(unsafe { (*entry).length });
        if total >= length {
            return index as i32 + 1;
        }
    }
    fail(Errno::EINVAL)
}

/// `struct sg_table`.
#[repr(C)]
struct SgTable {
    list: *mut Scatterlist,
    nents: u32,
    orig_nents: u32,
}

const _: () = assert!(size_of::<SgTable>() == offsets::sg_table::SIZE);

/// One array holds them all here; the kernel chains pages of 128 entries.
unsafe extern "C" fn sg_alloc_table(table: *mut SgTable, count: u32, _gfp: u32) -> i32 {
    let list = heap::allocate(u64::from(count) * size_of::<Scatterlist>() as u64, 0) as *mut Scatterlist;
    // SAFETY: the caller's table; the new array.
    unsafe {
        *table = SgTable { list: std::ptr::null_mut(), nents: 0, orig_nents: 0 };
        if count == 0 {
            return fail(Errno::EINVAL);
        }
        if list.is_null() {
            return fail(Errno::ENOMEM);
        }
        sg_init_table(list, count);
        *table = SgTable { list, nents: count, orig_nents: count };
    }
    0
}

unsafe extern "C" fn sg_free_table(table: *mut SgTable) {
    // SAFETY: what sg_alloc_table() filled.
    unsafe {
        heap::free((*table).list as u64);
        *table = SgTable { list: std::ptr::null_mut(), nents: 0, orig_nents: 0 };
    }
}
