//! seq_file: files whose text a driver writes record by record into a buffer that grows. Linux: fs/seq_file.c.
//!
//! The first read makes the whole text, the following ones give out the rest of it.

use abi::Errno;
use abi::offsets::{file, seq_file, seq_operations};

use crate::format::{self, VaList};
use crate::services::traced::traced;
use crate::services::{fail, field, functions, heap, is_err, list, text, uaccess};
use crate::{Table, call_module};

pub(super) fn register(table: &mut Table<'_>) {
    table.variadic("seq_printf", seq_printf as *const (), 2);
    functions!(table; seq_vprintf/3, seq_puts/2, seq_putc/2, seq_write/3, seq_read/4, seq_lseek/3, seq_open/2, seq_release/2, single_open/3,
        single_release/2, seq_release_private/2, seq_list_start/2, seq_list_start_head/2, seq_list_next/3);
    traced!(table; __seq_open_private/3, seq_open_private/3);
}

/// The first size of the buffer; it doubles as often as the text needs.
const PAGE: u64 = 4096;
/// No text is longer than the largest object.
const MOST: u64 = 4 << 20;

/// Adds bytes, or marks the buffer as too small: seq_set_overflow().
unsafe fn append(seq: u64, bytes: &[u8]) -> i32 {
    // SAFETY: a struct seq_file with its buffer.
    unsafe {
        let (count, room): (u64, u64) = (field::get(seq, seq_file::COUNT), field::get(seq, seq_file::ROOM));
        if count + bytes.len() as u64 >= room {
            field::put(seq, seq_file::COUNT, room);
            return -1;
        }
        let buffer: u64 = field::get(seq, seq_file::BUF);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), (buffer + count) as *mut u8, bytes.len());
        field::put(seq, seq_file::COUNT, count + bytes.len() as u64);
    }
    0
}

unsafe extern "C" fn seq_printf(seq: u64, format: *const u8, list: *mut VaList) {
    // SAFETY: the module's struct seq_file, a format and its arguments.
    unsafe { append(seq, &format::format(format, list)) };
}

unsafe extern "C" fn seq_vprintf(seq: u64, format: *const u8, list: *mut VaList) {
    // SAFETY: as seq_printf.
    unsafe { append(seq, &format::format(format, list)) };
}

unsafe extern "C" fn seq_puts(seq: u64, string: *const u8) {
    // SAFETY: the module's struct seq_file and a NUL-terminated string.
    unsafe { append(seq, text::bytes(string)) };
}

unsafe extern "C" fn seq_putc(seq: u64, character: u8) {
    // SAFETY: the module's struct seq_file.
    unsafe { append(seq, &[character]) };
}

unsafe extern "C" fn seq_write(seq: u64, data: *const u8, count: u64) -> i32 {
    // SAFETY: the module's struct seq_file and `count` bytes.
    unsafe { append(seq, std::slice::from_raw_parts(data, count as usize)) }
}

/// One of a file's four functions.
unsafe fn call(operations: u64, offset: usize, arguments: &[u64; 3]) -> u64 {
    // SAFETY: the module's seq_operations, or those of single_open().
    unsafe {
        let function: u64 = field::get(operations, offset);
        call_module(function, &[arguments[0], arguments[1], arguments[2], 0, 0, 0])
    }
}

/// Walks over all records once; whether the buffer was large enough.
unsafe fn fill(seq: u64) -> Result<bool, i64> {
    // SAFETY: an open struct seq_file.
    unsafe {
        let operations: u64 = field::get(seq, seq_file::OP);
        let index = seq + seq_file::INDEX as u64;
        field::put(seq, seq_file::INDEX, 0i64);
        field::put(seq, seq_file::COUNT, 0u64);
        let mut record = call(operations, seq_operations::START, &[seq, index, 0]);
        let mut answer = 0;
        while record != 0 && !is_err(record) {
            let before: u64 = field::get(seq, seq_file::COUNT);
            answer = call(operations, seq_operations::SHOW, &[seq, record, 0]) as i32;
            if answer < 0 {
                break;
            }
            // SEQ_SKIP: what was written does not count.
            if answer > 0 {
                field::put(seq, seq_file::COUNT, before);
            }
            record = call(operations, seq_operations::NEXT, &[seq, record, index]);
        }
        call(operations, seq_operations::STOP, &[seq, record, 0]);
        if is_err(record) {
            return Err(record as i64);
        }
        if answer < 0 {
            return Err(i64::from(answer));
        }
        Ok(field::get::<u64>(seq, seq_file::COUNT) < field::get(seq, seq_file::ROOM))
    }
}

/// Makes the text, in a buffer that it fits into.
unsafe fn generate(seq: u64) -> Result<(), i64> {
    // SAFETY: an open struct seq_file.
    unsafe {
        let mut room = field::get::<u64>(seq, seq_file::ROOM).max(PAGE);
        loop {
            if field::get::<u64>(seq, seq_file::BUF) == 0 {
                let buffer = heap::allocate(room, 0);
                if buffer == 0 {
                    return Err(Errno::ENOMEM.to_return());
                }
                field::put(seq, seq_file::BUF, buffer);
                field::put(seq, seq_file::ROOM, room);
            }
            if fill(seq)? {
                return Ok(());
            }
            heap::free(field::get(seq, seq_file::BUF));
            field::put(seq, seq_file::BUF, 0u64);
            room *= 2;
            if room > MOST {
                return Err(Errno::ENOMEM.to_return());
            }
        }
    }
}

/// seq_read().
pub(super) unsafe extern "C" fn seq_read(file: u64, to: u64, count: u64, position: *mut i64) -> i64 {
    // SAFETY: an open struct file whose private data is a struct seq_file, and the caller's position.
    unsafe {
        let seq: u64 = field::get(file, file::PRIVATE_DATA);
        if (*position == 0 || field::get::<u64>(seq, seq_file::BUF) == 0)
            && let Err(error) = generate(seq)
        {
            return error;
        }
        let at = (*position).max(0) as u64;
        let left = field::get::<u64>(seq, seq_file::COUNT).saturating_sub(at).min(count);
        let part = (field::get::<u64>(seq, seq_file::BUF) + at) as *const u8;
        if !uaccess::write(to, std::slice::from_raw_parts(part, left as usize)) {
            return Errno::EFAULT.to_return();
        }
        *position += left as i64;
        left as i64
    }
}

unsafe extern "C" fn seq_lseek(file: u64, offset: i64, whence: i32) -> i64 {
    // SAFETY: an open struct file.
    unsafe {
        let from = if whence == 1 { field::get(file, file::POS) } else { 0 };
        match i64::checked_add(from, offset).filter(|position| whence <= 1 && *position >= 0) {
            Some(position) => {
                field::put(file, file::POS, position);
                position
            }
            None => Errno::EINVAL.to_return(),
        }
    }
}

/// seq_open().
pub(super) unsafe extern "C" fn seq_open(file: u64, operations: u64) -> i32 {
    let seq = heap::allocate(seq_file::SIZE as u64, 0);
    if seq == 0 {
        return fail(Errno::ENOMEM);
    }
    // SAFETY: a struct file that is being opened, and a new struct seq_file.
    unsafe {
        field::put(seq, seq_file::OP, operations);
        field::put(seq, seq_file::FILE, file);
        field::put(file, file::PRIVATE_DATA, seq);
    }
    0
}

/// seq_release().
pub(super) unsafe extern "C" fn seq_release(_inode: u64, file: u64) -> i32 {
    // SAFETY: a struct file that seq_open() opened.
    unsafe {
        let seq: u64 = field::get(file, file::PRIVATE_DATA);
        heap::free(field::get(seq, seq_file::BUF));
        heap::free(seq);
    }
    0
}

/// The one record of a file of single_open()'s is its own position 0, counted from 1.
unsafe extern "C" fn single_start(_seq: u64, index: *const i64) -> u64 {
    // SAFETY: the file's index.
    u64::from(unsafe { *index } == 0)
}

unsafe extern "C" fn single_next(_seq: u64, _record: u64, index: *mut i64) -> u64 {
    // SAFETY: the file's index.
    unsafe { *index += 1 };
    0
}

unsafe extern "C" fn single_stop(_seq: u64, _record: u64) {}

/// single_open().
pub(super) unsafe extern "C" fn single_open(file: u64, show: u64, data: u64) -> i32 {
    let operations = heap::allocate(seq_operations::SIZE as u64, 0);
    // SAFETY: a new struct seq_operations, and a struct file that is being opened.
    unsafe {
        field::put(operations, seq_operations::START, single_start as *const () as u64);
        field::put(operations, seq_operations::NEXT, single_next as *const () as u64);
        field::put(operations, seq_operations::STOP, single_stop as *const () as u64);
        field::put(operations, seq_operations::SHOW, show);
        let error = seq_open(file, operations);
        if error != 0 {
            heap::free(operations);
            return error;
        }
        field::put(field::get(file, file::PRIVATE_DATA), seq_file::PRIVATE, data);
    }
    0
}

/// single_release().
pub(super) unsafe extern "C" fn single_release(inode: u64, file: u64) -> i32 {
    // SAFETY: a struct file that single_open() opened.
    unsafe {
        let operations: u64 = field::get(field::get(file, file::PRIVATE_DATA), seq_file::OP);
        seq_release(inode, file);
        heap::free(operations);
    }
    0
}

/// seq_open() and an object of the driver's own beside it; that object.
pub(super) unsafe extern "C" fn __seq_open_private(
    file: u64,
    operations: u64,
    size: i32,
    caller: u64,
) -> u64 {
    let private = heap::allocate(size.max(0) as u64, caller);
    // SAFETY: a struct file that is being opened.
    unsafe {
        if private == 0 || seq_open(file, operations) != 0 {
            heap::free(private);
            return 0;
        }
        field::put(field::get(file, file::PRIVATE_DATA), seq_file::PRIVATE, private);
    }
    private
}

unsafe extern "C" fn seq_open_private(file: u64, operations: u64, size: i32, caller: u64) -> i32 {
    // SAFETY: as __seq_open_private.
    if unsafe { __seq_open_private(file, operations, size, caller) } == 0 { fail(Errno::ENOMEM) } else { 0 }
}

/// seq_release_private().
pub(super) unsafe extern "C" fn seq_release_private(inode: u64, file: u64) -> i32 {
    // SAFETY: a struct file that __seq_open_private() opened.
    unsafe {
        heap::free(field::get(field::get(file, file::PRIVATE_DATA), seq_file::PRIVATE));
        seq_release(inode, file)
    }
}

unsafe extern "C" fn seq_list_start(head: u64, position: i64) -> u64 {
    // SAFETY: the module's list, which its start function has locked.
    unsafe {
        let mut node = list::next(head);
        for _ in 0..position {
            if node == head {
                break;
            }
            node = list::next(node);
        }
        if node == head { 0 } else { node }
    }
}

unsafe extern "C" fn seq_list_start_head(head: u64, position: i64) -> u64 {
    // SAFETY: as seq_list_start.
    if position == 0 { head } else { unsafe { seq_list_start(head, position - 1) } }
}

unsafe extern "C" fn seq_list_next(node: u64, head: u64, position: *mut i64) -> u64 {
    // SAFETY: as seq_list_start, and the file's index.
    unsafe {
        *position += 1;
        let next = list::next(node);
        if next == head { 0 } else { next }
    }
}
