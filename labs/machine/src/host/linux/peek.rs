//! Reading memory that may not be there (mm/maccess.c, copy_from_kernel_nofault).

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// A copy of `length` bytes (at most a page) at `address`; `None` where they cannot be read.
pub(crate) fn peek(address: u64, length: usize) -> Option<Vec<u8>> {
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for the two descriptors.
    if length > 4096 || unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) } != 0 {
        return None;
    }
    // SAFETY: both are new and nobody else's.
    let [from, to] = ends.map(|end| unsafe { OwnedFd::from_raw_fd(end) });
    let mut copy = vec![0; length];
    // SAFETY: the host's kernel reads the bytes, and answers EFAULT where there are none; a page fits into a pipe.
    let written = unsafe { libc::write(to.as_raw_fd(), address as *const libc::c_void, length) };
    if written != length as isize {
        return None;
    }
    // SAFETY: `copy` has room for `length` bytes.
    let read = unsafe { libc::read(from.as_raw_fd(), copy.as_mut_ptr().cast(), length) };
    (read == length as isize).then_some(copy)
}
