//! Whole pages: the page allocator, vmalloc and the two together. Linux: mm/page_alloc.c, mm/vmalloc.c, mm/util.c.

use abi::offsets;

use super::arena::PAGE;
use super::exports::{self, ZERO_SIZE, report};
use super::{Heap, Kind, LARGEST_OBJECT, Object, Problem};
use crate::Table;
use crate::services::traced::traced;
use crate::services::{functions, with};

pub(super) fn register(table: &mut Table<'_>) {
    traced!(table; vmalloc/1, vzalloc/1, vmalloc_user/1, vmalloc_node/2, vzalloc_node/2, __vmalloc/2, kvmalloc_node/3, __get_free_pages/2,
        get_zeroed_page/1, alloc_pages/2, __alloc_pages/4, alloc_pages_exact/2);
    functions!(table; vfree/1, kvfree/1, kvfree_sensitive/2, free_pages/2, __free_pages/2, __folio_put/1, free_pages_exact/2,
        is_vmalloc_addr/1, vmalloc_to_page/1, vmalloc_to_pfn/1);
    table.data("page_offset_base", 8, 8, &[]);
    table.data("vmemmap_base", 8, 8, &[]);
    table.data("vmalloc_base", 8, 8, &[]);
    table.data("phys_base", 8, 8, &[]);
    table.data("_totalram_pages", 8, 8, &super::arena::PAGES.to_le_bytes());
    table.data("empty_zero_page", PAGE as usize, PAGE as usize, &[]);
}

impl Heap {
    /// Zeroed pages of one kind.
    fn take_pages(&mut self, count: u64, align: u64, size: u64, kind: Kind, caller: u64) -> Option<u64> {
        let address = self.arena.take(count, align)?;
        // SAFETY: the pages are mapped, writable and nobody's.
        unsafe { std::ptr::write_bytes(address as *mut u8, 0, (count * PAGE) as usize) };
        self.live.insert(address, Object { size, kind, caller });
        Some(address)
    }

    /// Gives pages of the right kind back, else says what is wrong.
    fn give_pages(&mut self, address: u64, wanted: impl Fn(Kind) -> Option<u64>) -> Option<Problem> {
        match self.live.get(&address).and_then(|object| wanted(object.kind)) {
            Some(pages) => {
                self.live.remove(&address);
                self.release(address, pages);
                None
            }
            None => Some(self.bad_free(address)),
        }
    }
}

/// Where the RAM and its memory map begin.
fn maps() -> (u64, u64) {
    with(|heap: &mut Heap| (heap.arena.base(), heap.arena.memory_map()))
}

/// The `struct page` of an address, by the arithmetic that modules have inlined. It works for any address and back
/// again, also for those outside the RAM, whose page must then not be looked at.
pub(in crate::services) fn virt_to_page(address: u64) -> u64 {
    let (base, map) = maps();
    map.wrapping_add((address.wrapping_sub(base) / PAGE).wrapping_mul(offsets::page::SIZE as u64))
}

/// The address of a `struct page`'s page, by the same arithmetic.
pub(in crate::services) fn page_address(page: u64) -> u64 {
    let (base, map) = maps();
    let number = page.wrapping_sub(map) as i64 / offsets::page::SIZE as i64;
    base.wrapping_add((number as u64).wrapping_mul(PAGE))
}

fn virtual_pages(kind: Kind) -> Option<u64> {
    if let Kind::Virtual(pages) = kind { Some(pages) } else { None }
}

fn whole_pages(kind: Kind) -> Option<u64> {
    if let Kind::Pages(pages) = kind { Some(pages) } else { None }
}

fn allocate_virtual(size: u64, caller: u64) -> u64 {
    if size == 0 || size > 1 << 40 {
        return 0;
    }
    let pages = size.div_ceil(PAGE);
    with(|heap: &mut Heap| heap.take_pages(pages, 1, size, Kind::Virtual(pages), caller)).unwrap_or(0)
}

/// 2^order pages, aligned to their size, each with a reference count of 1 in its `struct page`.
fn allocate_pages(order: u32, caller: u64) -> u64 {
    if order > 10 {
        return 0;
    }
    let pages = 1 << order;
    with(|heap: &mut Heap| {
        let address = heap.take_pages(pages, pages, pages * PAGE, Kind::Pages(pages), caller)?;
        for page in (0..pages).map(|index| heap.arena.page_of(address + index * PAGE)) {
            // SAFETY: the memory map has a struct page for every page of the arena.
            unsafe {
                std::ptr::write_bytes(page as *mut u8, 0, offsets::page::SIZE);
                *((page + offsets::page::MAPCOUNT as u64) as *mut i32) = -1;
                *((page + offsets::page::REFCOUNT as u64) as *mut i32) = 1;
            }
        }
        Some(address)
    })
    .unwrap_or(0)
}

/// Frees what [`pages`] or the page allocator gave.
pub(in crate::services) fn free_whole(address: u64) {
    if let Some(problem) = with(|heap: &mut Heap| heap.give_pages(address, whole_pages)) {
        report(&problem);
    }
}

/// Some zeroed pages in a row, or NULL.
pub(in crate::services) fn pages(count: u64, caller: u64) -> u64 {
    with(|heap: &mut Heap| heap.take_pages(count, 1, count * PAGE, Kind::Pages(count), caller)).unwrap_or(0)
}

/// The `struct page` for an address of the machine's RAM.
pub(in crate::services) fn page_of(address: u64) -> u64 {
    with(|heap: &mut Heap| heap.arena.page_of(address))
}

unsafe extern "C" fn vmalloc(size: u64, caller: u64) -> u64 {
    allocate_virtual(size, caller)
}

unsafe extern "C" fn vzalloc(size: u64, caller: u64) -> u64 {
    allocate_virtual(size, caller)
}

unsafe extern "C" fn vmalloc_user(size: u64, caller: u64) -> u64 {
    allocate_virtual(size, caller)
}

unsafe extern "C" fn vmalloc_node(size: u64, _node: i32, caller: u64) -> u64 {
    allocate_virtual(size, caller)
}

unsafe extern "C" fn vzalloc_node(size: u64, _node: i32, caller: u64) -> u64 {
    allocate_virtual(size, caller)
}

unsafe extern "C" fn __vmalloc(size: u64, _flags: u32, caller: u64) -> u64 {
    allocate_virtual(size, caller)
}

unsafe extern "C" fn vfree(address: u64) {
    if address == 0 {
        return;
    }
    if let Some(problem) = with(|heap: &mut Heap| heap.give_pages(address, virtual_pages)) {
        report(&Problem { what: "Trying to vfree() nonexistent vm area".to_owned(), ..problem });
    }
}

unsafe extern "C" fn kvmalloc_node(size: u64, _flags: u32, _node: i32, caller: u64) -> u64 {
    if size <= LARGEST_OBJECT { exports::allocate(size, caller) } else { allocate_virtual(size, caller) }
}

/// Frees what kmalloc or vmalloc gave.
pub(in crate::services) fn free_any(address: u64) {
    if address <= ZERO_SIZE {
        return;
    }
    // SAFETY: vfree() checks what it is given.
    if is_virtual(address) { unsafe { vfree(address) } } else { exports::free(address) }
}

unsafe extern "C" fn kvfree(address: u64) {
    free_any(address);
}

unsafe extern "C" fn kvfree_sensitive(address: u64, size: u64) {
    if address <= ZERO_SIZE {
        return;
    }
    // SAFETY: a living object of at least `size` bytes.
    unsafe {
        std::ptr::write_bytes(address as *mut u8, 0, size.min(exports::size_of(address)) as usize);
        kvfree(address);
    }
}

fn is_virtual(address: u64) -> bool {
    let inside = |(start, object): (&u64, &Object)| {
        virtual_pages(object.kind).is_some_and(|pages| address < start + pages * PAGE)
    };
    with(|heap: &mut Heap| heap.live.range(..=address).next_back().is_some_and(inside))
}

unsafe extern "C" fn is_vmalloc_addr(address: u64) -> bool {
    is_virtual(address)
}

unsafe extern "C" fn vmalloc_to_page(address: u64) -> u64 {
    with(|heap: &mut Heap| if heap.arena.contains(address) { heap.arena.page_of(address) } else { 0 })
}

unsafe extern "C" fn vmalloc_to_pfn(address: u64) -> u64 {
    with(|heap: &mut Heap| address.saturating_sub(heap.arena.base()) / PAGE)
}

unsafe extern "C" fn __get_free_pages(_flags: u32, order: u32, caller: u64) -> u64 {
    allocate_pages(order, caller)
}

unsafe extern "C" fn get_zeroed_page(_flags: u32, caller: u64) -> u64 {
    allocate_pages(0, caller)
}

unsafe extern "C" fn free_pages(address: u64, _order: u32) {
    if address != 0 {
        free_whole(address);
    }
}

/// The first `struct page` of a new block of pages, or NULL.
pub(super) fn page_block(order: u32, caller: u64) -> u64 {
    match allocate_pages(order, caller) {
        0 => 0,
        address => with(|heap: &mut Heap| heap.arena.page_of(address)),
    }
}

unsafe extern "C" fn alloc_pages(_flags: u32, order: u32, caller: u64) -> u64 {
    page_block(order, caller)
}

unsafe extern "C" fn __alloc_pages(_flags: u32, order: u32, _node: i32, _mask: u64, caller: u64) -> u64 {
    page_block(order, caller)
}

unsafe extern "C" fn __free_pages(page: u64, _order: u32) {
    drop_page(page);
}

/// Drops a reference on a block of pages.
pub(super) fn drop_page(page: u64) {
    // SAFETY: the caller's struct page; only its last reference frees it.
    let left = unsafe {
        let count = (page + offsets::page::REFCOUNT as u64) as *mut i32;
        // AcqRel: whoever drops the last reference must see what the others wrote.
        std::sync::atomic::AtomicI32::from_ptr(count).fetch_sub(1, std::sync::atomic::Ordering::AcqRel) - 1
    };
    if left == 0 {
        // SAFETY: nobody holds the page any more.
        unsafe { __folio_put(page) };
    }
}

/// The last reference is gone: put_page() has counted already.
unsafe extern "C" fn __folio_put(page: u64) {
    if let Some(address) = with(|heap: &mut Heap| heap.arena.address_of(page)) {
        free_whole(address);
    }
}

unsafe extern "C" fn alloc_pages_exact(size: u64, _flags: u32, caller: u64) -> u64 {
    let pages = size.div_ceil(PAGE);
    with(|heap: &mut Heap| heap.take_pages(pages, 1, size, Kind::Pages(pages), caller)).unwrap_or(0)
}

unsafe extern "C" fn free_pages_exact(address: u64, _size: u64) {
    free_whole(address);
}
