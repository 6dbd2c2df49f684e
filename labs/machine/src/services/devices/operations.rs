//! Ready-made file operations that drivers put into their tables. Linux: fs/read_write.c, fs/open.c, fs/libfs.c.

use abi::Errno;
use abi::offsets::{file, inode};

use crate::Table;
use crate::services::{field, functions};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; noop_llseek/3, default_llseek/3, fixed_size_llseek/4, nonseekable_open/2, stream_open/2, simple_open/2,
        compat_ptr_ioctl/3);
    table.alias("generic_file_llseek", "default_llseek");
}

/// FMODE_LSEEK, FMODE_PREAD, FMODE_PWRITE, FMODE_ATOMIC_POS.
const SEEKABLE: u32 = 0x4 | 0x8 | 0x10;
const ATOMIC_POS: u32 = 0x8000;

unsafe extern "C" fn noop_llseek(file: u64, _offset: i64, _whence: i32) -> i64 {
    // SAFETY: an open struct file.
    unsafe { field::get(file, file::POS) }
}

/// Moves the position: from the start, from where it is, from the end at `size`.
unsafe fn seek(file: u64, offset: i64, whence: i32, size: i64) -> i64 {
    // SAFETY: an open struct file.
    unsafe {
        let from = match whence {
            0 => 0,
            1 => field::get(file, file::POS),
            2 => size,
            _ => return Errno::EINVAL.to_return(),
        };
        match i64::checked_add(from, offset).filter(|position| *position >= 0) {
            Some(position) => {
                field::put(file, file::POS, position);
                position
            }
            None => Errno::EINVAL.to_return(),
        }
    }
}

unsafe extern "C" fn default_llseek(file: u64, offset: i64, whence: i32) -> i64 {
    // SAFETY: an open struct file with its inode.
    unsafe { seek(file, offset, whence, field::get(field::get(file, file::INODE), inode::SIZE_BYTES)) }
}

unsafe extern "C" fn fixed_size_llseek(file: u64, offset: i64, whence: i32, size: i64) -> i64 {
    // SAFETY: an open struct file.
    let position = unsafe { seek(file, offset, whence, size) };
    if position > size { Errno::EINVAL.to_return() } else { position }
}

/// Takes bits from an open file's mode.
unsafe fn clear(file: u64, bits: u32) -> i32 {
    // SAFETY: a struct file that is being opened.
    unsafe { field::put(file, file::MODE, field::get::<u32>(file, file::MODE) & !bits) };
    0
}

unsafe extern "C" fn nonseekable_open(_inode: u64, file: u64) -> i32 {
    // SAFETY: as clear().
    unsafe { clear(file, SEEKABLE) }
}

unsafe extern "C" fn stream_open(_inode: u64, file: u64) -> i32 {
    // SAFETY: as clear().
    unsafe { clear(file, SEEKABLE | ATOMIC_POS) }
}

unsafe extern "C" fn simple_open(inode: u64, file: u64) -> i32 {
    // SAFETY: a struct inode and a struct file that are being opened.
    unsafe { field::put(file, file::PRIVATE_DATA, field::get::<u64>(inode, inode::PRIVATE)) };
    0
}

unsafe extern "C" fn compat_ptr_ioctl(_file: u64, _command: u32, _argument: u64) -> i64 {
    // No 32-bit program runs here.
    Errno::ENOTTY.to_return()
}
