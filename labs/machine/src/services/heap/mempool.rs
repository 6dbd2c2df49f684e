//! Pools of elements, which a module's own functions or the heap's make. The kernel keeps a reserve for when memory runs
//! out, which it does not do here. Linux: mm/mempool.c.

use abi::offsets::mempool_s;

use super::exports::{allocate, free};
use super::{pages, slab_exports};
use crate::services::traced::traced;
use crate::services::{field, functions};
use crate::{Table, call_module};

pub(super) fn register(table: &mut Table<'_>) {
    traced!(table; mempool_create/4, mempool_kmalloc/2, mempool_alloc_slab/2, mempool_alloc_pages/2);
    functions!(table; mempool_init/5, mempool_destroy/1, mempool_exit/1, mempool_alloc/2, mempool_free/2, mempool_kfree/2,
        mempool_free_slab/2, mempool_free_pages/2, mempool_resize/2);
}

unsafe extern "C" fn mempool_init(pool: u64, reserve: i32, allocate: u64, free: u64, data: u64) -> i32 {
    // SAFETY: the module's own mempool_t.
    unsafe {
        std::ptr::write_bytes(pool as *mut u8, 0, mempool_s::SIZE);
        field::put(pool, mempool_s::MIN_NR, reserve);
        field::put(pool, mempool_s::POOL_DATA, data);
        field::put(pool, mempool_s::ALLOC, allocate);
        field::put(pool, mempool_s::FREE, free);
    }
    0
}

unsafe extern "C" fn mempool_create(
    reserve: i32,
    allocate_one: u64,
    free_one: u64,
    data: u64,
    caller: u64,
) -> u64 {
    let pool = allocate(mempool_s::SIZE as u64, caller);
    if pool != 0 {
        // SAFETY: a new object of that size.
        unsafe { mempool_init(pool, reserve, allocate_one, free_one, data) };
    }
    pool
}

unsafe extern "C" fn mempool_exit(_pool: u64) {}

unsafe extern "C" fn mempool_destroy(pool: u64) {
    free(pool);
}

unsafe extern "C" fn mempool_resize(pool: u64, reserve: i32) -> i32 {
    // SAFETY: the module's pool.
    unsafe { field::put(pool, mempool_s::MIN_NR, reserve) };
    0
}

unsafe extern "C" fn mempool_alloc(pool: u64, flags: u32) -> u64 {
    // SAFETY: the module's pool and its function.
    unsafe {
        let function = field::get(pool, mempool_s::ALLOC);
        let data = field::get(pool, mempool_s::POOL_DATA);
        call_module(function, &[u64::from(flags), data, 0, 0, 0, 0])
    }
}

unsafe extern "C" fn mempool_free(element: u64, pool: u64) {
    if element == 0 {
        return;
    }
    // SAFETY: the module's pool and its function.
    unsafe {
        let function = field::get(pool, mempool_s::FREE);
        let data = field::get(pool, mempool_s::POOL_DATA);
        call_module(function, &[element, data, 0, 0, 0, 0]);
    }
}

unsafe extern "C" fn mempool_kmalloc(_flags: u32, size: u64, caller: u64) -> u64 {
    allocate(size, caller)
}

unsafe extern "C" fn mempool_kfree(element: u64, _size: u64) {
    free(element);
}

unsafe extern "C" fn mempool_alloc_slab(_flags: u32, cache: u64, caller: u64) -> u64 {
    slab_exports::take(cache, caller)
}

unsafe extern "C" fn mempool_free_slab(element: u64, cache: u64) {
    slab_exports::give(cache, element);
}

unsafe extern "C" fn mempool_alloc_pages(_flags: u32, order: u64, caller: u64) -> u64 {
    pages::page_block(order as u32, caller)
}

unsafe extern "C" fn mempool_free_pages(page: u64, _order: u64) {
    pages::drop_page(page);
}
