//! Where the kernel's own text lies: the stubs through which modules call Rust, and the few exports that are machine code.

use std::io;

use crate::memory::{Memory, Protection, Region};

/// What is between stubs: `int3`.
const INT3: u8 = 0xcc;

/// Executable pages that stubs are added to, one after the other.
#[derive(Debug, Default)]
pub(crate) struct CodePool {
    regions: Vec<Region>,
    used: usize,
    /// While the machine boots and no CPU runs yet: the newest region is not text yet.
    booting: bool,
}

impl CodePool {
    const CHUNK: usize = 256 << 10;

    /// A pool whose pages become text when `end_boot` is called.
    pub(crate) fn booting() -> CodePool {
        CodePool { booting: true, ..CodePool::default() }
    }

    /// Adds `code`, which must not depend on where it lies; its address.
    pub(crate) fn add(&mut self, memory: &Memory, code: &[u8]) -> io::Result<u64> {
        let size = code.len();
        if self.regions.last().is_none_or(|region| region.size() - self.used < size) {
            self.begin_region(memory, size)?;
        }
        let at = self.used;
        self.used += size.next_multiple_of(16);
        let region = self.regions.last_mut().ok_or(io::ErrorKind::OutOfMemory)?;
        match region.bytes_mut().get_mut(at..at + size) {
            Some(place) => place.copy_from_slice(code),
            None => region.patch(at, code)?,
        }
        Ok(region.address() + at as u64)
    }

    fn begin_region(&mut self, memory: &Memory, size: usize) -> io::Result<()> {
        self.make_text()?;
        let mut region = memory.allocate_kernel(size.max(Self::CHUNK))?;
        region.bytes_mut().fill(INT3);
        self.regions.push(region);
        self.used = 0;
        if self.booting { Ok(()) } else { self.make_text() }
    }

    /// The table is full: what is there becomes text, and so does at once whatever comes later.
    pub(crate) fn end_boot(&mut self) -> io::Result<()> {
        self.booting = false;
        self.make_text()
    }

    fn make_text(&mut self) -> io::Result<()> {
        match self.regions.last_mut() {
            Some(region) => region.protect(0..region.size(), Protection::ReadExecute),
            None => Ok(()),
        }
    }
}
