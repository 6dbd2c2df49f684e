//! A slab cache: objects of one size, a red zone behind each, junk in those that are free. What SLUB does
//! when booted with slub_debug=FZP. Linux: mm/slub.c, check_bytes_and_report.

use std::collections::VecDeque;
use std::sync::Arc;

use super::arena::{Arena, PAGE};
use super::problem::{Problem, first_other_byte};

/// What a freed object is filled with: a pointer read from it, 0x6b6b6b6b6b6b6b6b, faults at once.
pub const POISON_FREE: u8 = 0x6b;
/// The last byte of a freed object.
pub const POISON_END: u8 = 0xa5;
/// What follows a living object.
pub const RED_ACTIVE: u8 = 0xcc;
/// Bytes of red zone behind an object.
pub const RED_ZONE: u64 = 8;
/// An object is reused only after this many others of its cache were freed, so that a stale pointer finds poison.
const QUARANTINE: usize = 64;

/// One cache and its free objects.
#[derive(Debug)]
pub struct Cache {
    /// The name in messages.
    pub name: Arc<str>,
    /// Bytes in an object.
    pub size: u64,
    /// Bytes from one object to the next.
    slot: u64,
    /// The module's function that makes a new object; 0 is none. Such objects keep their contents when freed.
    pub constructor: u64,
    /// Freed objects, the longest free first.
    free: VecDeque<u64>,
    /// Slots never used yet.
    fresh: Vec<u64>,
    /// How many of its objects are in use.
    pub live: usize,
}

/// An object just taken from a cache.
pub struct Taken {
    pub address: u64,
    /// It was never used, so the constructor has not seen it.
    pub fresh: bool,
    /// Somebody wrote into it after it was freed.
    pub problem: Option<Problem>,
}

impl Cache {
    /// A cache of objects aligned to `align` bytes, which is a power of two.
    pub fn new(name: &str, size: u64, align: u64, constructor: u64) -> Cache {
        let slot = (size + RED_ZONE).next_multiple_of(align.max(8));
        Cache {
            name: name.into(),
            size,
            slot,
            constructor,
            free: VecDeque::new(),
            fresh: Vec::new(),
            live: 0,
        }
    }

    /// An object, or none when the machine is out of memory.
    pub fn take(&mut self, arena: &mut Arena) -> Option<Taken> {
        if self.free.len() <= QUARANTINE && self.fresh.is_empty() {
            self.grow(arena);
        }
        let (address, fresh) = match self.fresh.pop() {
            Some(address) => (address, true),
            None => (self.free.pop_front()?, false),
        };
        let problem = if fresh || self.constructor != 0 { None } else { self.check_poison(address) };
        self.live += 1;
        Some(Taken { address, fresh, problem })
    }

    /// Writes the red zone behind an object of `size` bytes; it reaches to the end of the slot.
    pub fn arm(&self, address: u64, size: u64) {
        let length = (self.slot - size) as usize;
        // SAFETY: the slot at `address` belongs to this cache and ends `slot` bytes on.
        unsafe { std::ptr::write_bytes((address + size) as *mut u8, RED_ACTIVE, length) }
    }

    /// Takes an object back: checks its red zone, fills it with poison.
    pub fn put(&mut self, address: u64, size: u64) -> Option<Problem> {
        let problem = first_other_byte(address + size, self.slot - size, RED_ACTIVE).map(|(at, found)| {
            Problem::overwritten("Right Redzone overwritten", &self.name, address, at, found, RED_ACTIVE)
        });
        if self.constructor == 0 {
            // SAFETY: the object belongs to this cache and is `self.size` bytes long; its user gave it up.
            unsafe {
                std::ptr::write_bytes(address as *mut u8, POISON_FREE, self.size as usize);
                *((address + self.size - 1) as *mut u8) = POISON_END;
            }
        }
        self.free.push_back(address);
        self.live -= 1;
        problem
    }

    /// Whether an address is that of an object now free.
    pub fn holds_freed(&self, address: u64) -> bool {
        self.free.contains(&address)
    }

    fn grow(&mut self, arena: &mut Arena) {
        let pages = self.slot.div_ceil(PAGE).next_power_of_two();
        let Some(base) = arena.take(pages, pages) else { return };
        let count = pages * PAGE / self.slot;
        self.fresh.extend((0..count).rev().map(|index| base + index * self.slot));
    }

    fn check_poison(&self, address: u64) -> Option<Problem> {
        let (at, found) = first_other_byte(address, self.size - 1, POISON_FREE)?;
        Some(Problem::overwritten("Poison overwritten", &self.name, address, at, found, POISON_FREE))
    }
}
