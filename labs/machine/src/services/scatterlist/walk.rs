//! A place in a scatterlist that moves through it byte by byte, page by page. Linux: crypto/scatterwalk.c,
//! include/crypto/scatterwalk.h.

use super::{Scatterlist, sg_init_table, sg_next};
use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; scatterwalk_copychunks/4, scatterwalk_map_and_copy/5, scatterwalk_ffwd/3, memcpy_sglist/3);
}

const PAGE: u32 = 4096;

/// `struct scatter_walk`: an entry, and an offset that counts from where its page begins.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ScatterWalk {
    pub entry: *mut Scatterlist,
    pub offset: u32,
}

/// What happens to the bytes that a walk passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// From the list into the buffer.
    Read,
    /// From the buffer into the list.
    Write,
    /// Nothing.
    Skip,
}

impl ScatterWalk {
    /// At the first byte of a list.
    pub unsafe fn start(entry: *mut Scatterlist) -> ScatterWalk {
        // SAFETY: an entry, or the end of the list.
        let offset = if entry.is_null() { 0 } else { unsafe { (*entry).offset } };
        ScatterWalk { entry, offset }
    }

    /// How many bytes follow in this page of this entry; goes on to the next entry where there are none. 0 at the end.
    pub unsafe fn here(&mut self) -> u32 {
        // SAFETY: the walk is in a list with an end.
        unsafe {
            while !self.entry.is_null() {
                let entry = &*self.entry;
                let left = (entry.offset + entry.length).saturating_sub(self.offset);
                if left > 0 {
                    return left.min(PAGE - self.offset % PAGE);
                }
                *self = ScatterWalk::start(sg_next(self.entry));
            }
        }
        0
    }

    /// The address of the byte where the walk is.
    pub unsafe fn address(&self) -> u64 {
        // SAFETY: the walk is within an entry.
        let entry = unsafe { &*self.entry };
        entry.address().wrapping_add(u64::from(self.offset - entry.offset))
    }

    /// Passes `count` bytes, or as many as there are.
    pub unsafe fn pass(&mut self, mut buffer: *mut u8, mut count: u32, pass: Pass) {
        // SAFETY: `buffer` has `count` bytes unless they are skipped; here() is never more than what lies there.
        unsafe {
            while count > 0 {
                let size = self.here().min(count);
                if size == 0 {
                    return;
                }
                match pass {
                    Pass::Read => std::ptr::copy(self.address() as *const u8, buffer, size as usize),
                    Pass::Write => std::ptr::copy(buffer, self.address() as *mut u8, size as usize),
                    Pass::Skip => {}
                }
                buffer = buffer.wrapping_add(size as usize);
                self.offset += size;
                count -= size;
            }
        }
    }
}

unsafe extern "C" fn scatterwalk_copychunks(buffer: *mut u8, walk: *mut ScatterWalk, count: u32, out: i32) {
    let pass = match out {
        0 => Pass::Read,
        1 => Pass::Write,
        _ => Pass::Skip,
    };
    // SAFETY: the caller's buffer and walk.
    unsafe { (*walk).pass(buffer, count, pass) };
}

/// Copies between a buffer and the bytes from `start` on of a list.
pub unsafe extern "C" fn scatterwalk_map_and_copy(
    buffer: *mut u8,
    list: *mut Scatterlist,
    start: u32,
    count: u32,
    out: i32,
) {
    // SAFETY: the caller's buffer and list.
    unsafe {
        let mut walk = ScatterWalk::start(list);
        walk.pass(std::ptr::null_mut(), start, Pass::Skip);
        walk.pass(buffer, count, if out == 0 { Pass::Read } else { Pass::Write });
    }
}

/// The list without its first `length` bytes, by way of two entries of the caller's if it is cut in an entry.
unsafe extern "C" fn scatterwalk_ffwd(
    cut: *mut Scatterlist,
    list: *mut Scatterlist,
    mut length: u32,
) -> *mut Scatterlist {
    // SAFETY: an array of two, and a list of more than `length` bytes.
    unsafe {
        let mut from = list;
        while length > 0 && (*from).length <= length {
            length -= (*from).length;
            from = sg_next(from);
            if from.is_null() {
                return from;
            }
        }
        if length == 0 {
            return from;
        }
        sg_init_table(cut, 2);
        (*cut).set((*from).address().wrapping_add(u64::from(length)), (*from).length - length);
        match sg_next(from) {
            next if next.is_null() => (*cut).mark_end(),
            next => (*cut.add(1)).chain(next),
        }
        cut
    }
}

/// Copies from list to list.
pub unsafe extern "C" fn memcpy_sglist(to: *mut Scatterlist, from: *mut Scatterlist, mut count: u32) {
    // SAFETY: two lists of at least `count` bytes.
    unsafe {
        let (mut to, mut from) = (ScatterWalk::start(to), ScatterWalk::start(from));
        while count > 0 {
            let size = from.here().min(count);
            if size == 0 {
                return;
            }
            to.pass(from.address() as *mut u8, size, Pass::Write);
            from.offset += size;
            count -= size;
        }
    }
}
