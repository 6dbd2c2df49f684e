//! xxHash with 64 bits, which vmlinux has built in. Linux: lib/xxhash.c.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; xxh64/3, xxh64_reset/2, xxh64_update/3, xxh64_digest/1);
}

const PRIME: [u64; 5] = [
    0x9e37_79b1_85eb_ca87,
    0xc2b2_ae3d_27d4_eb4f,
    0x1656_67b1_9e37_79f9,
    0x85eb_ca77_c2b2_ae63,
    0x27d4_eb2f_1656_67c5,
];

/// struct xxh64_state.
#[repr(C)]
struct State {
    total: u64,
    lanes: [u64; 4],
    pending: [u8; 32],
    pending_size: u32,
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

fn round(lane: u64, input: u64) -> u64 {
    lane.wrapping_add(input.wrapping_mul(PRIME[1])).rotate_left(31).wrapping_mul(PRIME[0])
}

impl State {
    fn new(seed: u64) -> State {
        let lanes = [
            seed.wrapping_add(PRIME[0]).wrapping_add(PRIME[1]),
            seed.wrapping_add(PRIME[1]),
            seed,
            seed.wrapping_sub(PRIME[0]),
        ];
        State { total: 0, lanes, pending: [0; 32], pending_size: 0 }
    }

    fn update(&mut self, data: &[u8]) {
        self.total = self.total.wrapping_add(data.len() as u64);
        for &byte in data {
            self.pending[self.pending_size as usize % 32] = byte;
            self.pending_size += 1;
            if self.pending_size == 32 {
                for (lane, input) in self.lanes.iter_mut().zip(self.pending.chunks(8)) {
                    *lane = round(*lane, word(input));
                }
                self.pending_size = 0;
            }
        }
    }

    fn digest(&self) -> u64 {
        let mut hash = if self.total >= 32 {
            let [a, b, c, d] = self.lanes;
            let sum = [a.rotate_left(1), b.rotate_left(7), c.rotate_left(12), d.rotate_left(18)];
            let sum = sum.into_iter().fold(0u64, u64::wrapping_add);
            self.lanes.iter().fold(sum, |hash, &lane| {
                (hash ^ round(0, lane)).wrapping_mul(PRIME[0]).wrapping_add(PRIME[3])
            })
        } else {
            self.lanes[2].wrapping_add(PRIME[4])
        };
        hash = hash.wrapping_add(self.total);
        let mut rest = &self.pending[..(self.pending_size as usize).min(32)];
        while let Some((head, tail)) = rest.split_at_checked(8) {
            hash =
                (hash ^ round(0, word(head))).rotate_left(27).wrapping_mul(PRIME[0]).wrapping_add(PRIME[3]);
            rest = tail;
        }
        if let Some((head, tail)) = rest.split_at_checked(4) {
            hash = (hash ^ word(head).wrapping_mul(PRIME[0]))
                .rotate_left(23)
                .wrapping_mul(PRIME[1])
                .wrapping_add(PRIME[2]);
            rest = tail;
        }
        for &byte in rest {
            hash = (hash ^ u64::from(byte).wrapping_mul(PRIME[4])).rotate_left(11).wrapping_mul(PRIME[0]);
        }
        hash = (hash ^ hash >> 33).wrapping_mul(PRIME[1]);
        hash = (hash ^ hash >> 29).wrapping_mul(PRIME[2]);
        hash ^ hash >> 32
    }
}

unsafe extern "C" fn xxh64(data: *const u8, count: usize, seed: u64) -> u64 {
    let mut state = State::new(seed);
    // SAFETY: a range of `count` bytes.
    state.update(unsafe { std::slice::from_raw_parts(data, count) });
    state.digest()
}

unsafe extern "C" fn xxh64_reset(state: *mut State, seed: u64) {
    // SAFETY: the caller's state.
    unsafe { state.write(State::new(seed)) };
}

unsafe extern "C" fn xxh64_update(state: *mut State, data: *const u8, count: usize) -> i32 {
    if data.is_null() {
        return abi::Errno::EINVAL.to_return() as i32;
    }
    // SAFETY: the caller's state, set by xxh64_reset, and a range of `count` bytes.
    unsafe { (*state).update(std::slice::from_raw_parts(data, count)) };
    0
}

unsafe extern "C" fn xxh64_digest(state: *const State) -> u64 {
    // SAFETY: the caller's state.
    unsafe { (*state).digest() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_has_its_published_values() {
        // SAFETY: the ranges are those of the literals.
        unsafe {
            assert_eq!(xxh64(b"".as_ptr(), 0, 0), 0xef46_db37_51d8_e999);
            assert_eq!(xxh64(b"abc".as_ptr(), 3, 0), 0x44bc_2cf5_ad77_0999);
        }
    }
}
