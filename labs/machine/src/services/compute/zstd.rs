//! What the part of Zstandard that is a module asks of the part that vmlinux holds: memory, from whoever its caller
//! names. Linux: lib/zstd/common/zstd_common.c.

use crate::{exports::Table, services::invoke::invoke};

pub(super) fn register(table: &mut Table) {
    // A structure of three words that is passed by value lies where a seventh to ninth argument would.
    table.function("ZSTD_customMalloc", ZSTD_customMalloc as *const (), 9);
    table.function("ZSTD_customCalloc", ZSTD_customCalloc as *const (), 9);
    table.function("ZSTD_customFree", ZSTD_customFree as *const (), 9);
}

/// `ZSTD_customMem`: two functions of the caller's, each 0 where there is none, and what they are given.
#[repr(C)]
struct CustomMem {
    alloc: u64,
    free: u64,
    opaque: u64,
}

#[expect(non_snake_case, reason = "the kernel's name")]
unsafe extern "C" fn ZSTD_customMalloc(size: u64, memory: CustomMem) -> u64 {
    // The kernel's Zstandard has no memory of its own.
    if memory.alloc == 0 {
        return 0;
    }
    // SAFETY: void *(*ZSTD_allocFunction)(void *opaque, size_t size), which whoever made the structure gave.
    unsafe { invoke(memory.alloc, [memory.opaque, size]) }
}

#[expect(non_snake_case, reason = "the kernel's name")]
unsafe extern "C" fn ZSTD_customCalloc(size: u64, memory: CustomMem) -> u64 {
    // SAFETY: the caller's promises are ours.
    let pointer = unsafe { ZSTD_customMalloc(size, memory) };
    if pointer != 0 {
        // SAFETY: `size` bytes that the caller's function has just given out.
        unsafe { (pointer as *mut u8).write_bytes(0, size as usize) };
    }
    pointer
}

#[expect(non_snake_case, reason = "the kernel's name")]
unsafe extern "C" fn ZSTD_customFree(pointer: u64, memory: CustomMem) {
    if pointer != 0 && memory.free != 0 {
        // SAFETY: void (*ZSTD_freeFunction)(void *opaque, void *address)
        unsafe { invoke(memory.free, [memory.opaque, pointer]) };
    }
}
