//! What the heap has to complain about, in the words of SLUB's reports. Linux: mm/slub.c, slab_bug and print_trailer.

use std::sync::Arc;

/// Something a module did to the heap that it should not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The cache concerned, such as `kmalloc-64`.
    pub cache: Arc<str>,
    /// SLUB's word for it: "Object already free", "Right Redzone overwritten", "Poison overwritten".
    pub what: String,
    /// The object.
    pub address: u64,
    /// The first wrong byte, in SLUB's words.
    pub detail: Option<String>,
}

impl Problem {
    /// A complaint about an object as a whole.
    pub fn new(what: &str, cache: &Arc<str>, address: u64) -> Problem {
        Problem { cache: cache.clone(), what: what.to_owned(), address, detail: None }
    }

    /// A complaint about a byte that is not what it was set to.
    pub fn overwritten(
        what: &str,
        cache: &Arc<str>,
        address: u64,
        at: u64,
        found: u8,
        wanted: u8,
    ) -> Problem {
        let offset = at - address;
        let detail = format!("0x{at:016x} @offset={offset}. First byte 0x{found:x} instead of 0x{wanted:x}");
        Problem { detail: Some(detail), ..Problem::new(what, cache, address) }
    }
}

/// The first byte of a range that is not as it should be: where, and what it is.
pub fn first_other_byte(address: u64, length: u64, wanted: u8) -> Option<(u64, u8)> {
    // SAFETY: callers pass ranges inside slots of the heap, which stay mapped as long as the machine.
    let bytes = unsafe { std::slice::from_raw_parts(address as *const u8, length as usize) };
    let index = bytes.iter().position(|&byte| byte != wanted)?;
    Some((address + index as u64, bytes[index]))
}
