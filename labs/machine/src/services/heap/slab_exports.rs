//! Caches of a module's own. Linux: mm/slab_common.c, kmem_cache_create; mm/slub.c.

use std::collections::HashMap;

use super::exports::{hand_out, report};
use super::{Heap, Kind, Object, exports};
use crate::services::complain::warn;
use crate::services::traced::traced;
use crate::services::{functions, text, with};
use crate::{Table, call_module};

pub(super) fn register(table: &mut Table<'_>) {
    traced!(table; kmem_cache_alloc/2, kmem_cache_alloc_node/3, kmem_cache_alloc_lru/3, kmem_cache_alloc_bulk/4);
    functions!(table; kmem_cache_create/5, kmem_cache_create_usercopy/7, kmem_cache_destroy/1, kmem_cache_free/2, kmem_cache_free_bulk/3,
        kmem_cache_size/1, kmem_cache_shrink/1);
}

/// The caches that modules made, by the address that stands for them.
#[derive(Debug, Default)]
struct Handles(HashMap<u64, u64>);

fn id(handle: u64) -> Option<u64> {
    with(|handles: &mut Handles| handles.0.get(&handle).copied())
}

/// ARCH_KMALLOC_MINALIGN, and SLAB_HWCACHE_ALIGN's cache line.
fn alignment(size: u64, align: u64, flags: u32) -> u64 {
    const HWCACHE_ALIGN: u32 = 0x2000;
    let line = if flags & HWCACHE_ALIGN != 0 { size.next_power_of_two().min(64) } else { 8 };
    align.max(line).next_power_of_two()
}

unsafe extern "C" fn kmem_cache_create(
    name: *const u8,
    size: u32,
    align: u32,
    flags: u32,
    constructor: u64,
) -> u64 {
    // SAFETY: a NUL-terminated name.
    let name = unsafe { text::bytes(name) };
    let (name, size) = (String::from_utf8_lossy(name), u64::from(size));
    if name.is_empty() || !(8..=4 << 20).contains(&size) {
        return 0;
    }
    let id = with(|heap: &mut Heap| {
        heap.create_cache(&name, size, alignment(size, u64::from(align), flags), constructor)
    });
    // A module sees no more of a cache than its address.
    let handle = exports::allocate(256, 0);
    with(|handles: &mut Handles| handles.0.insert(handle, id));
    handle
}

unsafe extern "C" fn kmem_cache_create_usercopy(
    name: *const u8,
    size: u32,
    align: u32,
    flags: u32,
    _offset: u32,
    _length: u32,
    constructor: u64,
) -> u64 {
    // SAFETY: as kmem_cache_create.
    unsafe { kmem_cache_create(name, size, align, flags, constructor) }
}

unsafe extern "C" fn kmem_cache_destroy(handle: u64) {
    let Some(id) = id(handle) else { return };
    let (name, live) = with(|heap: &mut Heap| {
        heap.caches.get(&id).map_or((String::new(), 0), |cache| (cache.name.to_string(), cache.live))
    });
    if live > 0 {
        // The cache stays, as the kernel's does: its objects are still in use.
        warn(&format!("kmem_cache_destroy {name}: Slab cache still has objects"));
        return;
    }
    with(|handles: &mut Handles| handles.0.remove(&handle));
    with(|heap: &mut Heap| heap.caches.remove(&id));
    exports::free(handle);
}

/// An object of a cache; a new one is shown to the cache's constructor first.
pub(super) fn take(handle: u64, caller: u64) -> u64 {
    let Some(id) = id(handle) else { return 0 };
    let (taken, size, constructor) = with(|heap: &mut Heap| {
        let (size, constructor) =
            heap.caches.get(&id).map_or((0, 0), |cache| (cache.size, cache.constructor));
        (heap.take(id, size, caller), size, constructor)
    });
    match taken {
        Some(taken) if constructor != 0 => {
            if taken.fresh {
                // SAFETY: the object is new; the constructor is the module's own function of one argument.
                unsafe {
                    std::ptr::write_bytes(taken.address as *mut u8, 0, size as usize);
                    call_module(constructor, &[taken.address, 0, 0, 0, 0, 0]);
                }
            }
            taken.address
        }
        taken => hand_out(taken, size),
    }
}

unsafe extern "C" fn kmem_cache_alloc(handle: u64, _flags: u32, caller: u64) -> u64 {
    take(handle, caller)
}

unsafe extern "C" fn kmem_cache_alloc_node(handle: u64, _flags: u32, _node: i32, caller: u64) -> u64 {
    take(handle, caller)
}

unsafe extern "C" fn kmem_cache_alloc_lru(handle: u64, _lru: u64, _flags: u32, caller: u64) -> u64 {
    take(handle, caller)
}

unsafe extern "C" fn kmem_cache_alloc_bulk(
    handle: u64,
    _flags: u32,
    count: u64,
    objects: *mut u64,
    caller: u64,
) -> i32 {
    for index in 0..count as usize {
        // SAFETY: an array of `count` pointers.
        unsafe { *objects.add(index) = take(handle, caller) };
    }
    count as i32
}

/// Takes an object back that must be one of this cache.
pub(super) fn give(handle: u64, address: u64) {
    let problem = with(|heap: &mut Heap| {
        let owner = match heap.live.get(&address) {
            Some(Object { kind: Kind::Slab(owner), .. }) => Some(*owner),
            _ => None,
        };
        (owner.is_some_and(|owner| heap.caches.contains_key(&owner)), owner)
    });
    match problem {
        (true, owner) if owner == id(handle) => exports::free(address),
        (true, owner) => {
            let name = |id: Option<u64>| {
                with(|heap: &mut Heap| {
                    id.and_then(|id| heap.caches.get(&id)).map_or("?".into(), |cache| cache.name.to_string())
                })
            };
            warn(&format!(
                "cache_from_obj: Wrong slab cache. {} but object is from {}",
                name(id(handle)),
                name(owner)
            ));
        }
        _ => report(&with(|heap: &mut Heap| heap.bad_free(address))),
    }
}

unsafe extern "C" fn kmem_cache_free(handle: u64, address: u64) {
    give(handle, address);
}

unsafe extern "C" fn kmem_cache_free_bulk(handle: u64, count: u64, objects: *const u64) {
    for index in 0..count as usize {
        // SAFETY: an array of `count` pointers to objects of the cache.
        unsafe { kmem_cache_free(handle, *objects.add(index)) };
    }
}

unsafe extern "C" fn kmem_cache_size(handle: u64) -> u32 {
    let Some(id) = id(handle) else { return 0 };
    with(|heap: &mut Heap| heap.caches.get(&id).map_or(0, |cache| cache.size as u32))
}

unsafe extern "C" fn kmem_cache_shrink(_handle: u64) -> i32 {
    0
}
