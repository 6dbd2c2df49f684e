//! Bitmaps: arrays of 64-bit words, bit 0 the lowest of the first. Linux: lib/find_bit.c, lib/bitmap.c.

use crate::exports::Table;
use crate::services::traced::traced;
use crate::services::{functions, heap};

pub(super) fn register(table: &mut Table) {
    functions!(table; _find_next_bit/3, _find_next_zero_bit/3, _find_first_bit/2, _find_first_zero_bit/2, _find_last_bit/2,
        _find_next_and_bit/4, _find_next_andnot_bit/4, _find_first_and_bit/3, __bitmap_weight/2, __bitmap_set/3, __bitmap_clear/3,
        __bitmap_and/4, __bitmap_or/4, __bitmap_xor/4, __bitmap_andnot/4, __bitmap_complement/3, __bitmap_equal/3,
        __bitmap_subset/3, __bitmap_intersects/3, __bitmap_shift_left/4, __bitmap_shift_right/4,
        bitmap_find_next_zero_area_off/6, bitmap_find_free_region/3, bitmap_release_region/3, bitmap_free/1);
    traced!(table; bitmap_alloc/2, bitmap_zalloc/2);
}

/// Bits in a word.
const WORD: u64 = 64;

/// The word that holds bit `bit`.
unsafe fn word(map: *const u64, bit: u64) -> u64 {
    // SAFETY: the caller asks for a bit of its own map.
    unsafe { *map.add((bit / WORD) as usize) }
}

/// The first bit from `start` that is set in what `at` gives for a bit's word; `size` when there is none.
fn find(size: u64, start: u64, at: impl Fn(u64) -> u64) -> u64 {
    let mut bit = start;
    while bit < size {
        let rest = at(bit) >> (bit % WORD);
        if rest != 0 {
            return size.min(bit + u64::from(rest.trailing_zeros()));
        }
        bit = (bit / WORD + 1) * WORD;
    }
    size
}

unsafe extern "C" fn _find_next_bit(map: *const u64, size: u64, start: u64) -> u64 {
    // SAFETY: a map of `size` bits; find() asks for none behind.
    find(size, start, |bit| unsafe { word(map, bit) })
}

unsafe extern "C" fn _find_next_zero_bit(map: *const u64, size: u64, start: u64) -> u64 {
    // SAFETY: a map of `size` bits.
    find(size, start, |bit| !unsafe { word(map, bit) })
}

unsafe extern "C" fn _find_first_bit(map: *const u64, size: u64) -> u64 {
    // SAFETY: a map of `size` bits.
    unsafe { _find_next_bit(map, size, 0) }
}

unsafe extern "C" fn _find_first_zero_bit(map: *const u64, size: u64) -> u64 {
    // SAFETY: a map of `size` bits.
    unsafe { _find_next_zero_bit(map, size, 0) }
}

unsafe extern "C" fn _find_next_and_bit(a: *const u64, b: *const u64, size: u64, start: u64) -> u64 {
    // SAFETY: two maps of `size` bits.
    find(size, start, |bit| unsafe { word(a, bit) & word(b, bit) })
}

unsafe extern "C" fn _find_next_andnot_bit(a: *const u64, b: *const u64, size: u64, start: u64) -> u64 {
    // SAFETY: two maps of `size` bits.
    find(size, start, |bit| unsafe { word(a, bit) & !word(b, bit) })
}

unsafe extern "C" fn _find_first_and_bit(a: *const u64, b: *const u64, size: u64) -> u64 {
    // SAFETY: two maps of `size` bits.
    unsafe { _find_next_and_bit(a, b, size, 0) }
}

unsafe extern "C" fn _find_last_bit(map: *const u64, size: u64) -> u64 {
    // SAFETY: a map of `size` bits.
    (0..size).rev().find(|&bit| unsafe { word(map, bit) } >> (bit % WORD) & 1 == 1).unwrap_or(size)
}

/// The bits of word number `index` that belong to a map of `bits` bits.
fn mask(index: u32, bits: u32) -> u64 {
    match bits.saturating_sub(index * 64) {
        left @ 0..64 => (1 << left) - 1,
        _ => u64::MAX,
    }
}

/// Each word number of a map of `bits` bits.
fn words(bits: u32) -> std::ops::Range<usize> {
    0..bits.div_ceil(64) as usize
}

unsafe extern "C" fn __bitmap_weight(map: *const u64, bits: u32) -> i32 {
    // SAFETY: a map of `bits` bits.
    words(bits)
        .map(|index| unsafe { *map.add(index) } & mask(index as u32, bits))
        .map(|word| word.count_ones() as i32)
        .sum()
}

/// Sets each word of `to` from the words of `a` and `b`; whether any bit of the map is set then.
unsafe fn combine(
    to: *mut u64,
    a: *const u64,
    b: *const u64,
    bits: u32,
    operation: impl Fn(u64, u64) -> u64,
) -> i32 {
    let mut any = 0;
    for index in words(bits) {
        // SAFETY: three maps of `bits` bits.
        unsafe {
            let word = operation(*a.add(index), *b.add(index));
            *to.add(index) = word;
            any |= word & mask(index as u32, bits);
        }
    }
    i32::from(any != 0)
}

unsafe extern "C" fn __bitmap_and(to: *mut u64, a: *const u64, b: *const u64, bits: u32) -> i32 {
    // SAFETY: three maps of `bits` bits. The bits behind the end become nought, as in the kernel.
    unsafe {
        let any = combine(to, a, b, bits, |a, b| a & b);
        trim(to, bits);
        any
    }
}

unsafe extern "C" fn __bitmap_andnot(to: *mut u64, a: *const u64, b: *const u64, bits: u32) -> i32 {
    // SAFETY: three maps of `bits` bits.
    unsafe {
        let any = combine(to, a, b, bits, |a, b| a & !b);
        trim(to, bits);
        any
    }
}

unsafe extern "C" fn __bitmap_or(to: *mut u64, a: *const u64, b: *const u64, bits: u32) {
    // SAFETY: three maps of `bits` bits.
    unsafe { combine(to, a, b, bits, |a, b| a | b) };
}

unsafe extern "C" fn __bitmap_xor(to: *mut u64, a: *const u64, b: *const u64, bits: u32) {
    // SAFETY: three maps of `bits` bits.
    unsafe { combine(to, a, b, bits, |a, b| a ^ b) };
}

unsafe extern "C" fn __bitmap_complement(to: *mut u64, a: *const u64, bits: u32) {
    // SAFETY: two maps of `bits` bits.
    unsafe { combine(to, a, a, bits, |a, _| !a) };
}

/// Clears the bits of the last word that lie behind the map's end.
unsafe fn trim(map: *mut u64, bits: u32) {
    if !bits.is_multiple_of(64) {
        let last = bits / 64;
        // SAFETY: the last word of the map.
        unsafe { *map.add(last as usize) &= mask(last, bits) };
    }
}

/// Whether a condition holds for each pair of words, bits behind the end left out.
unsafe fn every(a: *const u64, b: *const u64, bits: u32, holds: impl Fn(u64, u64) -> bool) -> bool {
    words(bits).all(|index| {
        let mask = mask(index as u32, bits);
        // SAFETY: two maps of `bits` bits.
        unsafe { holds(*a.add(index) & mask, *b.add(index) & mask) }
    })
}

unsafe extern "C" fn __bitmap_equal(a: *const u64, b: *const u64, bits: u32) -> bool {
    // SAFETY: two maps of `bits` bits.
    unsafe { every(a, b, bits, |a, b| a == b) }
}

unsafe extern "C" fn __bitmap_subset(a: *const u64, b: *const u64, bits: u32) -> bool {
    // SAFETY: two maps of `bits` bits.
    unsafe { every(a, b, bits, |a, b| a & !b == 0) }
}

unsafe extern "C" fn __bitmap_intersects(a: *const u64, b: *const u64, bits: u32) -> bool {
    // SAFETY: two maps of `bits` bits.
    unsafe { !every(a, b, bits, |a, b| a & b == 0) }
}

/// Writes one bit.
unsafe fn put(map: *mut u64, bit: u64, value: bool) {
    // SAFETY: the caller owns a map that has this bit.
    let word = unsafe { &mut *map.add((bit / WORD) as usize) };
    *word = *word & !(1 << (bit % WORD)) | u64::from(value) << (bit % WORD);
}

unsafe extern "C" fn __bitmap_set(map: *mut u64, start: u32, count: i32) {
    for bit in u64::from(start)..u64::from(start) + count.max(0) as u64 {
        // SAFETY: the caller's map has these bits.
        unsafe { put(map, bit, true) };
    }
}

unsafe extern "C" fn __bitmap_clear(map: *mut u64, start: u32, count: i32) {
    for bit in u64::from(start)..u64::from(start) + count.max(0) as u64 {
        // SAFETY: the caller's map has these bits.
        unsafe { put(map, bit, false) };
    }
}

unsafe extern "C" fn __bitmap_shift_left(to: *mut u64, from: *const u64, shift: u32, bits: u32) {
    for bit in (0..u64::from(bits)).rev() {
        let source = bit.checked_sub(u64::from(shift));
        // SAFETY: two maps of `bits` bits, perhaps the same: from the top, so that nothing is read after it was written.
        unsafe { put(to, bit, source.is_some_and(|source| word(from, source) >> (source % WORD) & 1 == 1)) };
    }
}

unsafe extern "C" fn __bitmap_shift_right(to: *mut u64, from: *const u64, shift: u32, bits: u32) {
    for bit in 0..u64::from(bits) {
        let source = bit + u64::from(shift);
        // SAFETY: two maps of `bits` bits, perhaps the same: from the bottom.
        unsafe { put(to, bit, source < u64::from(bits) && word(from, source) >> (source % WORD) & 1 == 1) };
    }
}

unsafe extern "C" fn bitmap_find_next_zero_area_off(
    map: *const u64,
    size: u64,
    start: u64,
    count: u32,
    align_mask: u64,
    align_offset: u64,
) -> u64 {
    let mut start = start;
    loop {
        // SAFETY: a map of `size` bits.
        let zero = unsafe { _find_next_zero_bit(map, size, start) };
        let index = ((zero + align_offset + align_mask) & !align_mask) - align_offset;
        let end = index + u64::from(count);
        if end > size {
            return end;
        }
        // SAFETY: a map of at least `end` bits.
        match unsafe { _find_next_bit(map, end, index) } {
            taken if taken < end => start = taken + 1,
            _ => return index,
        }
    }
}

unsafe extern "C" fn bitmap_find_free_region(map: *mut u64, bits: u32, order: i32) -> i32 {
    let count = 1u64 << order;
    for start in (0..u64::from(bits)).step_by(count as usize) {
        if start + count > u64::from(bits) {
            break;
        }
        // SAFETY: a map of `bits` bits.
        unsafe {
            if _find_next_bit(map, start + count, start) == start + count {
                __bitmap_set(map, start as u32, count as i32);
                return start as i32;
            }
        }
    }
    abi::Errno::ENOMEM.to_return() as i32
}

unsafe extern "C" fn bitmap_release_region(map: *mut u64, start: u32, order: i32) {
    // SAFETY: the region came from bitmap_find_free_region.
    unsafe { __bitmap_clear(map, start, 1 << order) };
}

unsafe extern "C" fn bitmap_alloc(bits: u32, _flags: u32, caller: u64) -> u64 {
    heap::allocate(u64::from(bits.div_ceil(64)) * 8, caller)
}

unsafe extern "C" fn bitmap_zalloc(bits: u32, _flags: u32, caller: u64) -> u64 {
    heap::allocate(u64::from(bits.div_ceil(64)) * 8, caller)
}

unsafe extern "C" fn bitmap_free(map: u64) {
    heap::free(map);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_stops_at_the_size_even_within_a_word() {
        let map = [1u64 << 40, 1];
        // SAFETY: two words are 128 bits.
        unsafe {
            assert_eq!(_find_next_bit(map.as_ptr(), 128, 0), 40);
            assert_eq!(_find_next_bit(map.as_ptr(), 128, 41), 64);
            assert_eq!(_find_next_bit(map.as_ptr(), 30, 0), 30);
            assert_eq!(_find_last_bit(map.as_ptr(), 64), 40);
            assert_eq!(_find_next_zero_bit([u64::MAX, 7].as_ptr(), 128, 0), 67);
        }
    }

    #[test]
    fn bits_behind_the_end_do_not_count() {
        let (a, b) = ([0xffu64], [0x0fu64]);
        // SAFETY: one word each.
        unsafe {
            assert_eq!(__bitmap_weight(a.as_ptr(), 4), 4);
            assert!(__bitmap_equal(a.as_ptr(), b.as_ptr(), 4));
            assert!(!__bitmap_equal(a.as_ptr(), b.as_ptr(), 5));
        }
    }

    #[test]
    fn a_region_is_found_at_a_multiple_of_its_size() {
        let mut map = [0b0000_0101u64];
        // SAFETY: one word.
        assert_eq!(unsafe { bitmap_find_free_region(map.as_mut_ptr(), 16, 2) }, 4);
        assert_eq!(map[0], 0b1111_0101);
    }
}
