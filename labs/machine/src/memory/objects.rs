//! Small pieces of low memory that stay: exported variables, tables that module code points to.

use std::io;

use super::Memory;

/// How much is taken from the machine's memory at a time.
const CHUNK: usize = 256 << 10;

/// The chunks, and how much of the last is taken.
#[derive(Debug, Default)]
pub(super) struct Objects {
    current: u64,
    left: usize,
}

impl Objects {
    /// `size` zeroed bytes at a multiple of `align`.
    pub(super) fn allocate(&mut self, memory: &Memory, size: usize, align: usize) -> io::Result<u64> {
        let align = align.clamp(8, 4096).next_power_of_two();
        let padding = (align - (self.current as usize & (align - 1))) & (align - 1);
        let needed = size.max(1).checked_add(padding).ok_or(io::ErrorKind::OutOfMemory)?;
        if needed > self.left {
            // No `Region`: the pages stay in the machine's books and go with them.
            (_, self.current, self.left) = memory.map(size.max(CHUNK), "kernel data", false)?;
            return self.allocate(memory, size, align);
        }
        let address = self.current + padding as u64;
        self.current += needed as u64;
        self.left -= needed;
        Ok(address)
    }
}
