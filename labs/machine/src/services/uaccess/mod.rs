//! Copies from and to user space. A user's memory is a buffer that the host lent to the machine; every other address is
//! a bad one, -EFAULT. Linux: lib/usercopy.c, arch/x86/lib/getuser.S, putuser.S.

mod buffer;
mod word;

use abi::Errno;

use crate::Table;
use crate::services::complain::warn;
use crate::services::traced::traced;
use crate::services::{err_ptr, fail, functions, heap, with};
use buffer::UserSpace;

pub use buffer::UserBuffer;

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; _copy_to_user/3, _copy_from_user/3, strncpy_from_user/3, strnlen_user/2, check_zeroed_user/2, __copy_overflow/2,
        copy_to_user_nofault/3, copy_from_user_nofault/3, copy_from_kernel_nofault/3, simple_read_from_buffer/5,
        simple_write_to_buffer/5);
    traced!(table; memdup_user/2, memdup_user_nul/2, vmemdup_user/2, strndup_user/2);
    // The inlined clear_user() and raw copies choose one by the CPU's features, by an alternative that stays unpatched.
    for name in ["clear_user_erms", "clear_user_original", "clear_user_rep_good"] {
        word::clear(table, name);
    }
    word::register(table);
}

/// Reads a user's bytes; false where not all of them are the user's.
pub(super) fn read(from: u64, to: &mut [u8]) -> bool {
    with(|users: &mut UserSpace| users.read(from, to)) == to.len()
}

/// Writes a user's bytes; false where not all of them are the user's.
pub(super) fn write(to: u64, from: &[u8]) -> bool {
    with(|users: &mut UserSpace| users.write(to, from)) == from.len()
}

unsafe extern "C" fn _copy_to_user(to: u64, from: *const u8, count: u64) -> u64 {
    // SAFETY: the module's own `count` bytes; copied before the machine's lock is taken, because they may fault.
    let bytes = unsafe { std::slice::from_raw_parts(from, count as usize) }.to_vec();
    count - with(|users: &mut UserSpace| users.write(to, &bytes)) as u64
}

unsafe extern "C" fn _copy_from_user(to: *mut u8, from: u64, count: u64) -> u64 {
    // What could not be copied is zeroed, so that no old kernel memory shows.
    let mut bytes = vec![0; count as usize];
    let copied = with(|users: &mut UserSpace| users.read(from, &mut bytes));
    // SAFETY: the module has room for `count` bytes.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    count - copied as u64
}

unsafe extern "C" fn copy_to_user_nofault(to: u64, from: *const u8, count: u64) -> i64 {
    // SAFETY: as _copy_to_user.
    if unsafe { _copy_to_user(to, from, count) } == 0 { 0 } else { Errno::EFAULT.to_return() }
}

unsafe extern "C" fn copy_from_user_nofault(to: *mut u8, from: u64, count: u64) -> i64 {
    // SAFETY: as _copy_from_user.
    if unsafe { _copy_from_user(to, from, count) } == 0 { 0 } else { Errno::EFAULT.to_return() }
}

unsafe extern "C" fn copy_from_kernel_nofault(to: *mut u8, from: *const u8, count: u64) -> i64 {
    // SAFETY: the module's own addresses; where the kernel would return -EFAULT this one faults, which says more.
    unsafe { std::ptr::copy(from, to, count as usize) };
    0
}

/// A string of the user's without its NUL, `most` bytes of it at most.
fn string(from: u64, most: u64) -> Option<Vec<u8>> {
    with(|users: &mut UserSpace| users.string(from, most as usize))
}

unsafe extern "C" fn strncpy_from_user(to: *mut u8, from: u64, count: i64) -> i64 {
    let Some(text) = string(from, count.max(0) as u64) else { return Errno::EFAULT.to_return() };
    // SAFETY: the module has room for `count` bytes; the NUL is copied too if there is room left.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len());
        if (text.len() as i64) < count {
            *to.add(text.len()) = 0;
        }
    }
    text.len() as i64
}

unsafe extern "C" fn strnlen_user(from: u64, most: i64) -> i64 {
    // With the NUL; 0 is an error; more than `most` means no NUL within it.
    string(from, most.max(0) as u64).map_or(0, |text| text.len() as i64 + 1)
}

unsafe extern "C" fn check_zeroed_user(from: u64, count: u64) -> i32 {
    let mut bytes = vec![0; count as usize];
    if read(from, &mut bytes) { i32::from(bytes.iter().all(|&byte| byte == 0)) } else { fail(Errno::EFAULT) }
}

unsafe extern "C" fn __copy_overflow(size: i32, count: u64) {
    warn(&format!("Buffer overflow detected ({size} < {count})!"));
}

/// A copy in an object of the machine's heap of bytes of the user's.
fn duplicate(from: u64, count: u64, nul: bool, caller: u64) -> u64 {
    if count > 4 << 20 {
        return err_ptr(Errno::ENOMEM);
    }
    let mut bytes = vec![0; count as usize];
    if !read(from, &mut bytes) {
        return err_ptr(Errno::EFAULT);
    }
    match heap::duplicate(&bytes, nul, caller) {
        0 => err_ptr(Errno::ENOMEM),
        address => address,
    }
}

unsafe extern "C" fn memdup_user(from: u64, count: u64, caller: u64) -> u64 {
    duplicate(from, count, false, caller)
}

unsafe extern "C" fn memdup_user_nul(from: u64, count: u64, caller: u64) -> u64 {
    duplicate(from, count, true, caller)
}

unsafe extern "C" fn vmemdup_user(from: u64, count: u64, caller: u64) -> u64 {
    duplicate(from, count, false, caller)
}

unsafe extern "C" fn strndup_user(from: u64, most: u64, caller: u64) -> u64 {
    match string(from, most) {
        None => err_ptr(Errno::EFAULT),
        Some(text) if text.len() as u64 >= most => err_ptr(Errno::EINVAL),
        Some(text) => heap::duplicate(&text, true, caller),
    }
}

/// The part of `count` bytes at `*position` that an object of `available` bytes has.
unsafe fn window(position: *mut i64, count: u64, available: u64) -> Result<(usize, usize), i64> {
    // SAFETY: the caller's file position.
    let at = unsafe { *position };
    let at = u64::try_from(at).map_err(|_| Errno::EINVAL.to_return())?;
    if at >= available || count == 0 {
        return Err(0);
    }
    Ok((at as usize, count.min(available - at) as usize))
}

unsafe extern "C" fn simple_read_from_buffer(
    to: u64,
    count: u64,
    position: *mut i64,
    from: *const u8,
    available: u64,
) -> i64 {
    // SAFETY: the module's buffer has `available` bytes; the position is a variable.
    unsafe {
        let (at, count) = match window(position, count, available) {
            Ok(window) => window,
            Err(answer) => return answer,
        };
        let left = _copy_to_user(to, from.add(at), count as u64);
        if left == count as u64 {
            return Errno::EFAULT.to_return();
        }
        let copied = count as i64 - left as i64;
        *position = at as i64 + copied;
        copied
    }
}

unsafe extern "C" fn simple_write_to_buffer(
    to: *mut u8,
    available: u64,
    position: *mut i64,
    from: u64,
    count: u64,
) -> i64 {
    // SAFETY: the module's buffer has `available` bytes; the position is a variable.
    unsafe {
        let (at, count) = match window(position, count, available) {
            Ok(window) => window,
            Err(answer) => return answer,
        };
        let left = _copy_from_user(to.add(at), from, count as u64);
        if left == count as u64 {
            return Errno::EFAULT.to_return();
        }
        let copied = count as i64 - left as i64;
        *position = at as i64 + copied;
        copied
    }
}
