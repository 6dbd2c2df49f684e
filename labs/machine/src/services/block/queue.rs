//! What drivers say of a disk's queue: sizes and abilities. Linux: block/blk-settings.c.

use abi::offsets::{queue_limits, request_queue};

use crate::Table;
use crate::services::{field, functions};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; blk_queue_flag_set/2, blk_queue_flag_clear/2, blk_queue_logical_block_size/2, blk_queue_physical_block_size/2,
        blk_queue_max_hw_sectors/2, blk_queue_max_segments/2, blk_queue_io_min/2);
    for name in [
        "blk_queue_io_opt",
        "blk_queue_max_discard_sectors",
        "blk_queue_max_discard_segments",
        "blk_queue_max_write_zeroes_sectors",
        "blk_queue_write_cache",
        "blk_queue_rq_timeout",
        "blk_queue_max_segment_size",
        "blk_queue_segment_boundary",
        "blk_queue_virt_boundary",
        "blk_queue_dma_alignment",
        "blk_queue_update_dma_alignment",
        "blk_queue_chunk_sectors",
        "blk_queue_alignment_offset",
        "blk_queue_bounce_limit",
        "blk_queue_max_secure_erase_sectors",
        "blk_set_stacking_limits",
    ] {
        table.function(name, unlimited as *const (), 2);
    }
}

/// Limits of transfers that this block layer never makes.
unsafe extern "C" fn unlimited(_queue: u64, _value: u64) {}

unsafe extern "C" fn blk_queue_flag_set(flag: u32, queue: u64) {
    // SAFETY: the module's struct request_queue.
    unsafe {
        let flags: u64 = field::get(queue, request_queue::QUEUE_FLAGS);
        field::put(queue, request_queue::QUEUE_FLAGS, flags | 1 << flag);
    }
}

unsafe extern "C" fn blk_queue_flag_clear(flag: u32, queue: u64) {
    // SAFETY: the module's struct request_queue.
    unsafe {
        let flags: u64 = field::get(queue, request_queue::QUEUE_FLAGS);
        field::put(queue, request_queue::QUEUE_FLAGS, flags & !(1 << flag));
    }
}

unsafe fn limit<T>(queue: u64, offset: usize, value: T) {
    // SAFETY: the module's struct request_queue.
    unsafe { field::put(queue + request_queue::LIMITS as u64, offset, value) };
}

unsafe extern "C" fn blk_queue_logical_block_size(queue: u64, size: u32) {
    // SAFETY: the module's queue.
    unsafe { limit(queue, queue_limits::LOGICAL_BLOCK_SIZE, size) };
}

unsafe extern "C" fn blk_queue_physical_block_size(queue: u64, size: u32) {
    // SAFETY: the module's queue.
    unsafe { limit(queue, queue_limits::PHYSICAL_BLOCK_SIZE, size) };
}

unsafe extern "C" fn blk_queue_max_hw_sectors(queue: u64, sectors: u32) {
    // SAFETY: the module's queue.
    unsafe {
        limit(queue, queue_limits::MAX_HW_SECTORS, sectors);
        limit(queue, queue_limits::MAX_SECTORS, sectors);
    }
}

unsafe extern "C" fn blk_queue_max_segments(queue: u64, segments: u16) {
    // SAFETY: the module's queue.
    unsafe { limit(queue, queue_limits::MAX_SEGMENTS, segments) };
}

unsafe extern "C" fn blk_queue_io_min(queue: u64, size: u32) {
    // SAFETY: the module's queue.
    unsafe { limit(queue, queue_limits::IO_MIN, size) };
}
