//! Random numbers. Linux: drivers/char/random.c, lib/random32.c.

use std::fs::File;
use std::io::Read;

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; get_random_bytes/2, get_random_u8/0, get_random_u16/0, get_random_u32/0, get_random_u64/0,
        __get_random_u32_below/1, wait_for_random_bytes/0, rng_is_initialized/0, prandom_u32_state/1);
}

/// Fills a buffer from the host's generator.
pub(in crate::services) fn fill(buffer: &mut [u8]) {
    // Where the host has no /dev/urandom the bytes stay what they were, which a random number may be too.
    let _ = File::open("/dev/urandom").and_then(|mut source| source.read_exact(buffer));
}

fn word() -> u64 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

pub unsafe extern "C" fn get_random_bytes(to: *mut u8, count: usize) {
    // SAFETY: a range of `count` bytes that the caller owns.
    fill(unsafe { std::slice::from_raw_parts_mut(to, count) });
}

unsafe extern "C" fn get_random_u8() -> u8 {
    word() as u8
}

unsafe extern "C" fn get_random_u16() -> u16 {
    word() as u16
}

unsafe extern "C" fn get_random_u32() -> u32 {
    word() as u32
}

unsafe extern "C" fn get_random_u64() -> u64 {
    word()
}

unsafe extern "C" fn __get_random_u32_below(ceiling: u32) -> u32 {
    ((u64::from(word() as u32) * u64::from(ceiling)) >> 32) as u32
}

unsafe extern "C" fn wait_for_random_bytes() -> i32 {
    0
}

unsafe extern "C" fn rng_is_initialized() -> bool {
    true
}

unsafe extern "C" fn prandom_u32_state(state: *mut [u32; 4]) -> u32 {
    // SAFETY: the caller's struct rnd_state.
    let state = unsafe { &mut *state };
    let step = |s: u32, a: u32, b: u32, c: u32, d: u32| (s & c) << d ^ (s << a ^ s) >> b;
    state[0] = step(state[0], 6, 13, !1, 18);
    state[1] = step(state[1], 2, 27, !7, 2);
    state[2] = step(state[2], 13, 21, !15, 7);
    state[3] = step(state[3], 3, 12, !127, 13);
    state.iter().fold(0, |all, part| all ^ part)
}
