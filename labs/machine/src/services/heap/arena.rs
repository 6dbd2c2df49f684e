//! The machine's RAM: one contiguous range of pages with a `struct page` for each, so that a module's own
//! inlined virt_to_page() and page_address() arithmetic holds. Linux: mm/page_alloc.c, mm/vmalloc.c.

use std::collections::BTreeMap;

use abi::offsets;

/// Bytes in a page.
pub const PAGE: u64 = 4096;
/// How much RAM a machine has. Only what modules touch costs anything.
pub const PAGES: u64 = 128 * 1024;

/// The largest block of pages there is, of order 10, is aligned to its size; bytes.
const LARGEST_BLOCK: u64 = PAGE << 10;

/// The pages of a machine: which are free, and where the range and its memory map lie.
#[derive(Debug)]
pub struct Arena {
    /// The host's memory behind both, a block too much each for the sake of alignment. Zeroed pages of the host's
    /// allocator come into being when touched.
    _ram: Vec<u8>,
    _map: Vec<u8>,
    base: u64,
    memory_map: u64,
    /// First page number of each free run, and the run's length.
    free: BTreeMap<u64, u64>,
}

impl Arena {
    /// Reserves address space for the RAM and for its `struct page`s.
    pub fn new() -> Arena {
        let (mut ram, mut map) = (reserve(PAGES * PAGE), reserve(PAGES * offsets::page::SIZE as u64));
        let aligned = |memory: &mut Vec<u8>| (memory.as_mut_ptr() as u64).next_multiple_of(LARGEST_BLOCK);
        let (base, memory_map) = (aligned(&mut ram), aligned(&mut map));
        // Page 0 is never handed out: a physical address of 0 would look like none.
        Arena { _ram: ram, _map: map, base, memory_map, free: BTreeMap::from([(1, PAGES - 1)]) }
    }

    /// What `page_offset_base` holds: the address of physical page 0.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// What `vmemmap_base` holds: the address of the first `struct page`.
    pub fn memory_map(&self) -> u64 {
        self.memory_map
    }

    /// Whether the address lies in this machine's RAM.
    pub fn contains(&self, address: u64) -> bool {
        address.checked_sub(self.base).is_some_and(|offset| offset < PAGES * PAGE)
    }

    /// The `struct page` that describes the page at an address of the RAM.
    pub fn page_of(&self, address: u64) -> u64 {
        self.memory_map + (address - self.base) / PAGE * offsets::page::SIZE as u64
    }

    /// The address of the page that a `struct page` describes.
    pub fn address_of(&self, page: u64) -> Option<u64> {
        let index = page.checked_sub(self.memory_map)? / offsets::page::SIZE as u64;
        (index < PAGES).then(|| self.base + index * PAGE)
    }

    /// The first free run of `count` pages that begins at a multiple of `align` pages; its address.
    pub fn take(&mut self, count: u64, align: u64) -> Option<u64> {
        let fits = |(&start, &length): (&u64, &u64)| {
            let first = start.checked_next_multiple_of(align)?;
            (first.checked_add(count)? <= start + length).then_some((start, length, first))
        };
        let (start, length, first) = self.free.iter().find_map(fits)?;
        self.free.remove(&start);
        if first > start {
            self.free.insert(start, first - start);
        }
        if start + length > first + count {
            self.free.insert(first + count, start + length - first - count);
        }
        Some(self.base + first * PAGE)
    }

    /// Puts a run back and joins it to its free neighbours.
    pub fn give(&mut self, address: u64, count: u64) {
        let mut start = (address - self.base) / PAGE;
        let mut length = count;
        if let Some((&before, &size)) = self.free.range(..start).next_back()
            && before + size == start
        {
            self.free.remove(&before);
            start = before;
            length += size;
        }
        if let Some(size) = self.free.remove(&(start + length)) {
            length += size;
        }
        self.free.insert(start, length);
    }
}

fn reserve(length: u64) -> Vec<u8> {
    vec![0; (length + LARGEST_BLOCK) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_given_back_join_their_neighbours() {
        let mut arena = Arena::new();
        let first = arena.take(3, 1).expect("three pages");
        let second = arena.take(4, 4).expect("four aligned pages");
        assert_eq!((second - arena.base()) / PAGE % 4, 0, "an order-2 block is aligned to four pages");
        arena.give(first, 3);
        arena.give(second, 4);
        assert_eq!(arena.free, BTreeMap::from([(1, PAGES - 1)]));
    }

    #[test]
    fn a_page_and_its_struct_page_find_each_other() {
        let mut arena = Arena::new();
        let address = arena.take(1, 1).expect("a page");
        assert_eq!(arena.address_of(arena.page_of(address)), Some(address));
        assert_eq!(arena.address_of(arena.memory_map() - 64), None);
    }
}
