//! Per-CPU areas: the same layout for every CPU, found through GS (mm/percpu.c, arch/x86/kernel/setup_percpu.c).
//!
//! A per-CPU symbol's value is its offset in the area. The areas' first bytes are `fixed_percpu_data`, with the stack
//! canary at 0x28 where the compiler looks for it.

use std::{
    collections::BTreeMap,
    io,
    sync::{Mutex, PoisonError},
};

use crate::memory::Memory;

/// The size of one CPU's area; bytes.
const AREA: usize = 1 << 20;
/// Nothing is allocated below: `fixed_percpu_data`, and no offset is ever 0.
const FIRST: usize = 64;

/// The per-CPU areas of a machine and what of them is taken.
#[derive(Debug)]
pub struct PerCpu {
    bases: Vec<u64>,
    /// By offset: the size of every piece taken.
    taken: Mutex<BTreeMap<usize, usize>>,
}

impl PerCpu {
    pub(crate) fn new(memory: &Memory, cpus: usize) -> io::Result<PerCpu> {
        let bases = (0..cpus).map(|_| memory.object(AREA, 4096)).collect::<io::Result<_>>()?;
        Ok(PerCpu { bases, taken: Mutex::default() })
    }

    /// How many CPUs there are.
    pub fn cpus(&self) -> usize {
        self.bases.len()
    }

    /// Where the area of `cpu` begins: its GS base, and its `__per_cpu_offset`.
    pub fn base(&self, cpu: usize) -> Option<u64> {
        self.bases.get(cpu).copied()
    }

    /// Takes `size` bytes at a multiple of `align` (a power of two up to a page) in every CPU's area, filled with
    /// `initial` and zeroes after it; their offset.
    ///
    /// # Errors
    /// The areas are full.
    pub fn allocate(&self, size: usize, align: usize, initial: &[u8]) -> io::Result<u64> {
        let size = size.max(initial.len()).max(1);
        let align = align.clamp(8, 4096).next_power_of_two();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut at = FIRST.next_multiple_of(align);
        for (&start, &length) in taken.iter() {
            if at + size <= start {
                break;
            }
            at = at.max((start + length).next_multiple_of(align));
        }
        if size > AREA || at + size > AREA {
            return Err(io::Error::new(io::ErrorKind::OutOfMemory, "the per-CPU areas are full"));
        }
        taken.insert(at, size);
        for base in &self.bases {
            let place = (base + at as u64) as *mut u8;
            // SAFETY: `at + size` lies within the area, and nobody else has taken these bytes.
            unsafe {
                place.write_bytes(0, size);
                place.copy_from_nonoverlapping(initial.as_ptr(), initial.len());
            }
        }
        Ok(at as u64)
    }

    /// Gives back what `allocate` took at `offset`; false where nothing was taken there.
    pub fn free(&self, offset: u64) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        usize::try_from(offset).is_ok_and(|offset| taken.remove(&offset).is_some())
    }

    /// How many bytes of each area are taken.
    pub fn in_use(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// The address of what lies at `offset` in the area of `cpu` (`per_cpu_ptr`).
    pub fn address(&self, offset: u64, cpu: usize) -> Option<u64> {
        self.base(cpu).map(|base| base.wrapping_add(offset))
    }
}
