//! The heap of a machine: kmalloc, caches, vmalloc and whole pages, every living object known with the place
//! that allocated it, so that a leak has a name. Linux: mm/slub.c, mm/slab_common.c, mm/vmalloc.c.

mod arena;
mod cache;
mod exports;
mod mempool;
mod pages;
mod problem;
mod slab_exports;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arena::{Arena, PAGE};
use cache::Cache;
pub use problem::Problem;

pub(super) use exports::{allocate, duplicate, free, free_sensitive};
pub(super) use pages::{free_any, free_whole as free_pages, page_address, page_of, pages, virt_to_page};

use crate::{Machine, Table};

pub(super) fn register(table: &mut Table<'_>) {
    exports::register(table);
    slab_exports::register(table);
    pages::register(table);
    mempool::register(table);
}

/// Tells the exported variables where the RAM lies.
pub(super) fn start(machine: &Machine) {
    let (base, map) = super::with_of(machine, |heap: &mut Heap| (heap.arena.base(), heap.arena.memory_map()));
    for (name, value) in [("page_offset_base", base), ("vmemmap_base", map)] {
        if let Some(address) = machine.exports().value(name) {
            // SAFETY: eight bytes that register() made, before any CPU runs.
            unsafe { *(address as *mut u64) = value };
        }
    }
}

impl Machine {
    /// What modules have allocated from call sites within `text` and not freed yet.
    pub fn leaks(&self, text: std::ops::Range<u64>) -> Vec<Leak> {
        super::with_of(self, |heap: &mut Heap| heap.leaks(&text))
    }
}

/// Objects larger than this are whole pages, as in SLUB (`KMALLOC_MAX_CACHE_SIZE`).
const LARGEST_OBJECT: u64 = 8192;
/// The sizes of the general caches and their names in /proc/slabinfo.
const GENERAL: [(u64, &str); 13] = [
    (8, "kmalloc-8"),
    (16, "kmalloc-16"),
    (32, "kmalloc-32"),
    (64, "kmalloc-64"),
    (96, "kmalloc-96"),
    (128, "kmalloc-128"),
    (192, "kmalloc-192"),
    (256, "kmalloc-256"),
    (512, "kmalloc-512"),
    (1024, "kmalloc-1k"),
    (2048, "kmalloc-2k"),
    (4096, "kmalloc-4k"),
    (8192, "kmalloc-8k"),
];

/// Where an object came from and therefore how it goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A cache's object.
    Slab(u64),
    /// kmalloc of more than [`LARGEST_OBJECT`]: this many pages.
    Large(u64),
    /// vmalloc: this many pages and one that faults behind them.
    Virtual(u64),
    /// __get_free_pages: this many pages.
    Pages(u64),
}

/// A living object.
#[derive(Debug, Clone, Copy)]
struct Object {
    size: u64,
    kind: Kind,
    /// The return address of the call that allocated it; 0 when the machine itself did.
    caller: u64,
}

/// Objects never freed, all from one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The return address of the call that allocated them.
    pub caller: u64,
    /// How many objects.
    pub objects: usize,
    /// Their sizes together; bytes.
    pub bytes: u64,
    /// The first of them.
    pub first: u64,
}

/// All the memory that modules allocate.
#[derive(Debug)]
struct Heap {
    arena: Arena,
    caches: HashMap<u64, Cache>,
    next_cache: u64,
    live: BTreeMap<u64, Object>,
}

impl Default for Heap {
    fn default() -> Heap {
        let mut heap =
            Heap { arena: Arena::new(), caches: HashMap::new(), next_cache: 0, live: BTreeMap::new() };
        for (size, name) in GENERAL {
            // kmalloc aligns to the size where it is a power of two.
            let align = if size.is_power_of_two() { size } else { 8 };
            heap.create_cache(name, size, align, 0);
        }
        heap
    }
}

impl Heap {
    /// What call sites in `text` allocated and nobody freed, by the place that allocated it, most objects first.
    pub fn leaks(&self, text: &std::ops::Range<u64>) -> Vec<Leak> {
        let mut places: BTreeMap<u64, Leak> = BTreeMap::new();
        for (&address, object) in self.live.iter().filter(|(_, object)| text.contains(&object.caller)) {
            let place = places.entry(object.caller).or_insert(Leak {
                caller: object.caller,
                objects: 0,
                bytes: 0,
                first: address,
            });
            place.objects += 1;
            place.bytes += object.size;
        }
        let mut leaks: Vec<Leak> = places.into_values().collect();
        leaks.sort_by_key(|leak| std::cmp::Reverse(leak.objects));
        leaks
    }

    fn create_cache(&mut self, name: &str, size: u64, align: u64, constructor: u64) -> u64 {
        let id = self.next_cache;
        self.next_cache += 1;
        self.caches.insert(id, Cache::new(name, size, align, constructor));
        id
    }

    /// kmalloc: from the smallest general cache that fits, or whole pages.
    fn kmalloc(&mut self, size: u64, caller: u64) -> Option<cache::Taken> {
        match GENERAL.iter().position(|(limit, _)| size <= *limit) {
            Some(index) => self.take(index as u64, size, caller),
            None => {
                let pages = size.div_ceil(PAGE);
                let address = self.arena.take(pages, pages.checked_next_power_of_two()?)?;
                self.live.insert(address, Object { size, kind: Kind::Large(pages), caller });
                Some(cache::Taken { address, fresh: true, problem: None })
            }
        }
    }

    /// An object of a cache, of which the caller asked for `size` bytes.
    fn take(&mut self, id: u64, size: u64, caller: u64) -> Option<cache::Taken> {
        let cache = self.caches.get_mut(&id)?;
        let taken = cache.take(&mut self.arena)?;
        cache.arm(taken.address, size);
        self.live.insert(taken.address, Object { size, kind: Kind::Slab(id), caller });
        Some(taken)
    }

    /// kfree: back to where it came from. The problem, if any, has been contained: nothing was freed twice.
    fn kfree(&mut self, address: u64) -> Option<Problem> {
        match self.live.get(&address).copied() {
            Some(Object { size, kind: Kind::Slab(id), .. }) => {
                self.live.remove(&address);
                self.caches.get_mut(&id)?.put(address, size)
            }
            Some(Object { kind: Kind::Large(pages), .. }) => {
                self.live.remove(&address);
                self.release(address, pages);
                None
            }
            _ => Some(self.bad_free(address)),
        }
    }

    fn bad_free(&self, address: u64) -> Problem {
        match self.caches.values().find(|cache| cache.holds_freed(address)) {
            Some(cache) => Problem::new("Object already free", &cache.name, address),
            None => Problem::new("Invalid object pointer", &Arc::from("kfree"), address),
        }
    }

    /// Poisons pages and gives them back.
    fn release(&mut self, address: u64, pages: u64) {
        // SAFETY: the pages belong to an object just removed from `live`; they are mapped and writable.
        unsafe { std::ptr::write_bytes(address as *mut u8, cache::POISON_FREE, (pages * PAGE) as usize) }
        self.arena.give(address, pages);
    }

    /// How many bytes the object at an address may hold (ksize), or none.
    fn size_of(&self, address: u64) -> Option<u64> {
        self.live.get(&address).map(|object| object.size)
    }

    /// The cache's object that an address lies in: the cache's name, the address's offset in the object, the object's size.
    fn around(&self, address: u64) -> Option<(Arc<str>, u64, u64)> {
        let (start, object) = self.live.range(..=address).next_back()?;
        let Kind::Slab(id) = object.kind else { return None };
        let cache = self.caches.get(&id)?;
        (address - start < cache.size).then(|| (cache.name.clone(), address - start, object.size))
    }
}
