//! Queues of bytes or records in a ring whose size is a power of two. Linux: lib/kfifo.c.

use abi::Errno;

use crate::exports::Table;
use crate::services::traced::traced;
use crate::services::{functions, heap};

pub(super) fn register(table: &mut Table) {
    traced!(table; __kfifo_alloc/4);
    functions!(table; __kfifo_free/1, __kfifo_init/4, __kfifo_in/3, __kfifo_out/3, __kfifo_out_peek/3);
}

/// struct __kfifo.
#[repr(C)]
struct Fifo {
    written: u32,
    read: u32,
    mask: u32,
    record: u32,
    data: u64,
}

unsafe extern "C" fn __kfifo_alloc(
    fifo: *mut Fifo,
    size: u32,
    record: usize,
    _flags: u32,
    caller: u64,
) -> i32 {
    let size = size.next_power_of_two();
    // SAFETY: the caller's struct __kfifo.
    unsafe {
        *fifo = Fifo { written: 0, read: 0, mask: 0, record: record as u32, data: 0 };
        if size < 2 {
            return Errno::EINVAL.to_return() as i32;
        }
        (*fifo).data = heap::allocate(u64::from(size) * record as u64, caller);
        if (*fifo).data == 0 {
            return Errno::ENOMEM.to_return() as i32;
        }
        (*fifo).mask = size - 1;
    }
    0
}

unsafe extern "C" fn __kfifo_init(fifo: *mut Fifo, buffer: u64, size: u32, record: usize) -> i32 {
    let records = (size as usize / record.max(1)) as u32;
    let records = if records.is_power_of_two() { records } else { records.next_power_of_two() / 2 };
    if records < 2 {
        return Errno::EINVAL.to_return() as i32;
    }
    // SAFETY: the caller's struct __kfifo.
    unsafe { *fifo = Fifo { written: 0, read: 0, mask: records - 1, record: record as u32, data: buffer } };
    0
}

unsafe extern "C" fn __kfifo_free(fifo: *mut Fifo) {
    // SAFETY: the caller's struct __kfifo.
    unsafe {
        heap::free((*fifo).data);
        *fifo = Fifo { written: 0, read: 0, mask: 0, record: 0, data: 0 };
    }
}

/// Copies records from or into the ring, `at` counted in records from its beginning.
unsafe fn copy(fifo: *const Fifo, at: u32, count: u32, buffer: *mut u8, into: bool) {
    // SAFETY: the ring has mask+1 records, the buffer `count`.
    unsafe {
        let record = (*fifo).record as usize;
        for index in 0..count {
            let slot = (*fifo).data as *mut u8;
            let slot = slot.add((at.wrapping_add(index) & (*fifo).mask) as usize * record);
            let item = buffer.add(index as usize * record);
            let (from, to) = if into { (item, slot) } else { (slot, item) };
            to.copy_from_nonoverlapping(from, record);
        }
    }
}

unsafe extern "C" fn __kfifo_in(fifo: *mut Fifo, buffer: *mut u8, count: u32) -> u32 {
    // SAFETY: the caller's queue, of which it is the only writer, and `count` records.
    unsafe {
        let used = (*fifo).written.wrapping_sub((*fifo).read);
        let count = count.min(((*fifo).mask + 1).saturating_sub(used));
        copy(fifo, (*fifo).written, count, buffer, true);
        (*fifo).written = (*fifo).written.wrapping_add(count);
        count
    }
}

unsafe extern "C" fn __kfifo_out_peek(fifo: *const Fifo, buffer: *mut u8, count: u32) -> u32 {
    // SAFETY: the caller's queue, of which it is the only reader, and room for `count` records.
    unsafe {
        let count = count.min((*fifo).written.wrapping_sub((*fifo).read));
        copy(fifo, (*fifo).read, count, buffer, false);
        count
    }
}

unsafe extern "C" fn __kfifo_out(fifo: *mut Fifo, buffer: *mut u8, count: u32) -> u32 {
    // SAFETY: as __kfifo_out_peek.
    unsafe {
        let count = __kfifo_out_peek(fifo, buffer, count);
        (*fifo).read = (*fifo).read.wrapping_add(count);
        count
    }
}
