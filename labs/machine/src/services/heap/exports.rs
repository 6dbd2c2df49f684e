//! kmalloc and its relatives. Every allocation is zeroed, as on Debian's kernels (CONFIG_INIT_ON_ALLOC_DEFAULT_ON).
//! Linux: mm/slab_common.c, mm/util.c.

use super::cache::Taken;
use super::{Heap, Problem};
use crate::Table;
use crate::format::{self, VaList};
use crate::services::complain::bug;
use crate::services::traced::{self, traced};
use crate::services::{functions, text, with};
use crate::{Level, current, printk};

/// The address that stands for an object of no bytes (include/linux/slab.h, ZERO_SIZE_PTR).
pub(super) const ZERO_SIZE: u64 = 16;
/// KMALLOC_MAX_SIZE.
const MOST: u64 = 4 << 20;

pub(super) fn register(table: &mut Table<'_>) {
    traced!(table; kmalloc_trace/3, kmalloc_node_trace/4, __kmalloc/2, __kmalloc_node/3, kmalloc_large/2, kmalloc_large_node/3,
        krealloc/3, kmemdup/3, kmemdup_nul/3, kstrdup/2, kstrdup_const/2, kstrndup/3);
    functions!(table; __kmalloc_node_track_caller/4, kfree/1, kfree_sensitive/1, kfree_const/1, ksize/1, kmalloc_size_roundup/1,
        __check_object_size/3);
    table.data("kmalloc_caches", 4 * 14 * 8, 64, &[]);
    table.variadic("kasprintf", kasprintf as *const (), 2);
    traced::function(table, "kvasprintf", kvasprintf as *const (), 3);
}

/// `size` zeroed bytes for the caller at `caller`, or NULL.
pub(in crate::services) fn allocate(size: u64, caller: u64) -> u64 {
    match size {
        0 => ZERO_SIZE,
        1..=MOST => hand_out(with(|heap: &mut Heap| heap.kmalloc(size, caller)), size),
        _ => 0,
    }
}

/// Zeroes what was taken and complains if it had been written to while it was free.
pub(super) fn hand_out(taken: Option<Taken>, size: u64) -> u64 {
    let Some(taken) = taken else { return 0 };
    if let Some(problem) = &taken.problem {
        report(problem);
    }
    // SAFETY: the object is new and `size` bytes long; nobody else knows it.
    unsafe { std::ptr::write_bytes(taken.address as *mut u8, 0, size as usize) };
    taken.address
}

/// Frees what kmalloc gave; NULL and the object of no bytes are none.
pub(in crate::services) fn free(address: u64) {
    if address <= ZERO_SIZE {
        return;
    }
    if let Some(problem) = with(|heap: &mut Heap| heap.kfree(address)) {
        report(&problem);
    }
}

/// A copy of some bytes, with a NUL behind them if wanted.
pub(in crate::services) fn duplicate(bytes: &[u8], nul: bool, caller: u64) -> u64 {
    let address = allocate(bytes.len() as u64 + u64::from(nul), caller);
    if address > ZERO_SIZE {
        // SAFETY: the object is at least as long as the bytes; a NUL is there already.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len()) };
    }
    address
}

/// Says what is wrong, in the shape of SLUB's reports.
pub(super) fn report(problem: &Problem) {
    let tainted = current().machine().hooks().tainted();
    let Problem { cache, what, address, .. } = problem;
    let detail = problem.detail.as_ref().map_or(String::new(), |detail| format!("{detail}\n"));
    let line = |fill: &str| fill.repeat(77);
    printk(
        Level::ERR,
        &format!(
            "{}\nBUG {cache} ({tainted}): {what}\n{}\n\n{detail}Object 0x{address:016x}\n",
            line("="),
            line("-")
        ),
    );
}

unsafe extern "C" fn kmalloc_trace(_cache: u64, _flags: u32, size: u64, caller: u64) -> u64 {
    allocate(size, caller)
}

unsafe extern "C" fn kmalloc_node_trace(_cache: u64, _flags: u32, _node: i32, size: u64, caller: u64) -> u64 {
    allocate(size, caller)
}

unsafe extern "C" fn __kmalloc(size: u64, _flags: u32, caller: u64) -> u64 {
    allocate(size, caller)
}

unsafe extern "C" fn __kmalloc_node(size: u64, _flags: u32, _node: i32, caller: u64) -> u64 {
    allocate(size, caller)
}

unsafe extern "C" fn kmalloc_large(size: u64, _flags: u32, caller: u64) -> u64 {
    allocate(size, caller)
}

unsafe extern "C" fn kmalloc_large_node(size: u64, _flags: u32, _node: i32, caller: u64) -> u64 {
    allocate(size, caller)
}

unsafe extern "C" fn __kmalloc_node_track_caller(size: u64, _flags: u32, _node: i32, caller: u64) -> u64 {
    allocate(size, caller)
}

/// The bytes that an object holds; 0 for none.
pub(super) fn size_of(address: u64) -> u64 {
    if address <= ZERO_SIZE { 0 } else { with(|heap: &mut Heap| heap.size_of(address)).unwrap_or(0) }
}

unsafe extern "C" fn krealloc(old: u64, size: u64, _flags: u32, caller: u64) -> u64 {
    if size == 0 {
        free(old);
        return ZERO_SIZE;
    }
    let had = size_of(old);
    let new = allocate(size, caller);
    if new != 0 && had > 0 {
        // SAFETY: two living objects at least this long.
        unsafe { std::ptr::copy_nonoverlapping(old as *const u8, new as *mut u8, had.min(size) as usize) };
    }
    if new != 0 {
        free(old);
    }
    new
}

unsafe extern "C" fn kfree(address: u64) {
    free(address);
}

unsafe extern "C" fn kfree_sensitive(address: u64) {
    free_sensitive(address);
}

/// Frees what kmalloc gave and wipes it before.
pub(in crate::services) fn free_sensitive(address: u64) {
    // SAFETY: a living object of that size; what is no object has size 0.
    unsafe { std::ptr::write_bytes(address as *mut u8, 0, size_of(address) as usize) };
    free(address);
}

/// Frees what kstrdup_const copied; a string in a module's or the kernel's read-only data was not copied.
unsafe extern "C" fn kfree_const(address: u64) {
    if size_of(address) > 0 {
        free(address);
    }
}

unsafe extern "C" fn ksize(address: u64) -> u64 {
    size_of(address)
}

unsafe extern "C" fn kmalloc_size_roundup(size: u64) -> u64 {
    super::GENERAL.iter().map(|(limit, _)| *limit).find(|limit| size <= *limit).unwrap_or(size)
}

unsafe extern "C" fn kmemdup(from: *const u8, size: u64, _flags: u32, caller: u64) -> u64 {
    // SAFETY: a range of `size` bytes.
    duplicate(unsafe { std::slice::from_raw_parts(from, size as usize) }, false, caller)
}

unsafe extern "C" fn kmemdup_nul(from: *const u8, size: u64, _flags: u32, caller: u64) -> u64 {
    if from.is_null() {
        return 0;
    }
    // SAFETY: a range of `size` bytes.
    duplicate(unsafe { std::slice::from_raw_parts(from, size as usize) }, true, caller)
}

unsafe extern "C" fn kstrdup(from: *const u8, _flags: u32, caller: u64) -> u64 {
    if from.is_null() {
        return 0;
    }
    // SAFETY: a NUL-terminated string.
    duplicate(unsafe { text::bytes(from) }, true, caller)
}

unsafe extern "C" fn kstrdup_const(from: *const u8, flags: u32, caller: u64) -> u64 {
    // SAFETY: as kstrdup. Only the core kernel's own read-only strings need no copy, and modules hold none.
    unsafe { kstrdup(from, flags, caller) }
}

unsafe extern "C" fn kstrndup(from: *const u8, most: u64, _flags: u32, caller: u64) -> u64 {
    if from.is_null() {
        return 0;
    }
    // SAFETY: reads no further than the NUL or `most`.
    let length =
        (0..most as usize).position(|index| unsafe { *from.add(index) } == 0).unwrap_or(most as usize);
    // SAFETY: that many bytes were just read.
    duplicate(unsafe { std::slice::from_raw_parts(from, length) }, true, caller)
}

unsafe extern "C" fn kasprintf(_flags: u32, format: *const u8, list: *mut VaList) -> u64 {
    // SAFETY: the stub made the list for this call.
    unsafe { duplicate(&format::format(format, list), true, traced::caller(list)) }
}

unsafe extern "C" fn kvasprintf(_flags: u32, format: *const u8, list: *mut VaList, caller: u64) -> u64 {
    // SAFETY: the caller's va_list.
    duplicate(&unsafe { format::format(format, list) }, true, caller)
}

/// Hardened user copies: an object must hold what is copied from or to it.
unsafe extern "C" fn __check_object_size(address: u64, size: u64, to_user: bool) {
    let Some((name, offset, whole)) = with(|heap: &mut Heap| heap.around(address)) else { return };
    if offset + size > whole {
        let way = if to_user { "exposure" } else { "overwrite" };
        let direction = if to_user { "from" } else { "to" };
        bug(&format!(
            "usercopy: Kernel memory {way} attempt detected {direction} SLUB object '{name}' (offset {offset}, size {size})!"
        ));
    }
}
