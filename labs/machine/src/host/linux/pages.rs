//! Page mappings: one memory file whose pages are mapped below 2 GiB for use, and elsewhere, for a moment, to write
//! into what is mapped read-only or executable (as arch/x86/kernel/alternative.c, __text_poke does).

use std::{
    io,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    ptr,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::memory::Protection;

/// The size of a page; bytes.
pub(crate) const PAGE: usize = 4096;

/// The file behind all of a machine's low memory. Its pages come into being when touched.
#[derive(Debug)]
pub(crate) struct Backing {
    file: OwnedFd,
    /// The first byte of the file that was never handed out.
    next: AtomicU64,
}

impl Backing {
    /// An empty file in memory.
    pub(crate) fn new() -> io::Result<Backing> {
        const MFD_EXEC: libc::c_uint = 0x10;
        let create = |flags| {
            // SAFETY: the name is a C string; the call has no other effect on memory.
            unsafe { libc::memfd_create(c"machine".as_ptr(), flags) }
        };
        let mut file = create(libc::MFD_CLOEXEC | MFD_EXEC);
        if file < 0 {
            // Kernels before 6.3 do not know MFD_EXEC and need no such permission.
            file = create(libc::MFD_CLOEXEC);
        }
        if file < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is new and nobody else's.
        let file = unsafe { OwnedFd::from_raw_fd(file) };
        // SAFETY: a call on our own descriptor. The file is sparse: its length costs nothing.
        if unsafe { libc::ftruncate(file.as_raw_fd(), 1 << 40) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Backing { file, next: AtomicU64::new(0) })
    }

    /// Maps `size` bytes (whole pages) of fresh zeroes below 2 GiB, readable and writable: their place in the file and
    /// their address.
    pub(crate) fn map_low(&self, size: usize) -> io::Result<(u64, u64)> {
        // Relaxed: a ticket; nothing else is published with it.
        let offset = self.next.fetch_add(size as u64, Ordering::Relaxed);
        Ok((offset, self.map(offset, size, libc::MAP_32BIT)? as u64))
    }

    fn map(&self, offset: u64, size: usize, flags: libc::c_int) -> io::Result<*mut u8> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let offset = libc::off_t::try_from(offset).map_err(|_| io::ErrorKind::OutOfMemory)?;
        // SAFETY: a new mapping at an address that the system chooses disturbs no other.
        let at = unsafe {
            libc::mmap(
                ptr::null_mut(),
                size,
                protection,
                libc::MAP_SHARED | flags,
                self.file.as_raw_fd(),
                offset,
            )
        };
        if at == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(at.cast()) }
    }

    /// A second, writable mapping of `size` bytes at `offset`; both multiples of the page size.
    pub(crate) fn alias(&self, offset: u64, size: usize) -> io::Result<Alias> {
        Ok(Alias { at: self.map(offset, size, 0)?, size })
    }

    /// Changes what may be done with the pages at `address`.
    ///
    /// # Safety
    /// The pages are a mapping of `map_low`, and no Rust reference says otherwise than `protection` does.
    pub(crate) unsafe fn protect(&self, address: u64, size: usize, protection: Protection) -> io::Result<()> {
        let bits = match protection {
            Protection::None => libc::PROT_NONE,
            Protection::ReadOnly => libc::PROT_READ,
            Protection::ReadWrite => libc::PROT_READ | libc::PROT_WRITE,
            Protection::ReadExecute => libc::PROT_READ | libc::PROT_EXEC,
        };
        // SAFETY: the caller vouches for the pages.
        let answer = unsafe { libc::mprotect(address as *mut libc::c_void, size, bits) };
        if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Ends the mapping and gives the pages back.
    ///
    /// # Safety
    /// The pages are a whole mapping of `map_low` that nobody uses any more.
    pub(crate) unsafe fn unmap(&self, offset: u64, address: u64, size: usize) {
        // SAFETY: the caller vouches for the mapping. A failure leaves it mapped, which wastes memory and no more.
        unsafe {
            libc::munmap(address as *mut libc::c_void, size);
            libc::fallocate(
                self.file.as_raw_fd(),
                libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE,
                offset as libc::off_t,
                size as libc::off_t,
            );
        }
    }
}

/// A writable view of pages that are mapped elsewhere too; gone when dropped.
#[derive(Debug)]
pub(crate) struct Alias {
    at: *mut u8,
    size: usize,
}

impl Alias {
    /// Where the view begins.
    pub(crate) fn as_mut_ptr(&mut self) -> *mut u8 {
        self.at
    }
}

impl Drop for Alias {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own.
        unsafe { libc::munmap(self.at.cast(), self.size) };
    }
}

// SAFETY: the view is plain memory without ties to a thread.
unsafe impl Send for Alias {}
