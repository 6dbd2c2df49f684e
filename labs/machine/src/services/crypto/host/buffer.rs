//! Bytes in the machine's RAM, where modules' own arithmetic on pages holds.

use abi::Errno;

use crate::services::heap;

/// An object of the machine's heap; freed when dropped.
#[derive(Debug)]
pub struct Buffer {
    address: u64,
    size: usize,
}

impl Buffer {
    /// Zeroes.
    pub fn new(size: usize) -> Result<Buffer, Errno> {
        let address = heap::allocate(size.max(1) as u64, 0);
        if address == 0 { Err(Errno::ENOMEM) } else { Ok(Buffer { address, size }) }
    }

    /// A copy.
    pub fn of(bytes: &[u8]) -> Result<Buffer, Errno> {
        let buffer = Buffer::new(bytes.len())?;
        // SAFETY: a new object of that size.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.address as *mut u8, bytes.len()) };
        Ok(buffer)
    }

    pub fn address(&self) -> u64 {
        self.address
    }

    /// Its size as the kernel's functions are told it. kmalloc gives nothing whose size has more bits.
    pub fn length(&self) -> u32 {
        self.size as u32
    }

    /// What is in it now.
    pub fn bytes(&self) -> Vec<u8> {
        // SAFETY: an object of ours of that size, which no module writes to at the moment.
        unsafe { std::slice::from_raw_parts(self.address as *const u8, self.size) }.to_vec()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        heap::free(self.address);
    }
}
