//! SHA-1, SHA-224 and SHA-256 (FIPS 180-4). Linux: lib/crypto/sha1.c, lib/crypto/sha256.c, crypto/sha1_generic.c,
//! crypto/sha256_generic.c.

use super::super::layout::ShashDesc;
use super::super::shash;
use crate::exports::Table;
use crate::services::functions;

pub(in crate::services::crypto) fn register(table: &mut Table) {
    functions!(table; sha1_init/1, sha1_transform/3, sha256_update/3, sha256_final/2, sha224_update/3, sha224_final/2, sha256/3,
        crypto_sha1_update/3, crypto_sha1_finup/4, crypto_sha256_update/3, crypto_sha256_finup/4);
    for (name, digest) in [
        ("sha1_zero_message_hash", digest_of_nothing(&SHA1, compress1, 20)),
        ("sha224_zero_message_hash", digest_of_nothing(&SHA224, compress256, 28)),
        ("sha256_zero_message_hash", digest_of_nothing(&SHA256, compress256, 32)),
    ] {
        table.data(name, digest.len(), 8, &digest);
    }
}

/// What the three begin with.
pub const SHA1: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
pub const SHA224: [u32; 8] =
    [0xc105_9ed8, 0x367c_d507, 0x3070_dd17, 0xf70e_5939, 0xffc0_0b31, 0x6858_1511, 0x64f9_8fa7, 0xbefa_4fa4];
pub const SHA256: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// `struct sha1_state` (five words) and `struct sha256_state` (eight).
#[repr(C)]
pub struct State<const N: usize> {
    words: [u32; N],
    count: u64,
    buffer: [u8; 64],
}

const _: () = assert!(size_of::<State<5>>() == 96 && size_of::<State<8>>() == 104);

type Compress<const N: usize> = fn(&mut [u32; N], &[u8; 64]);

impl<const N: usize> State<N> {
    pub fn new(words: [u32; N]) -> State<N> {
        State { words, count: 0, buffer: [0; 64] }
    }

    pub fn update(&mut self, data: &[u8], compress: Compress<N>) {
        for &byte in data {
            self.buffer[self.count as usize % 64] = byte;
            self.count = self.count.wrapping_add(1);
            if self.count.is_multiple_of(64) {
                compress(&mut self.words, &self.buffer);
            }
        }
    }

    pub fn finish(&mut self, compress: Compress<N>) -> Vec<u8> {
        let bits = self.count.wrapping_mul(8).to_be_bytes();
        self.update(&[0x80], compress);
        while self.count % 64 != 56 {
            self.update(&[0], compress);
        }
        self.update(&bits, compress);
        self.words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }
}

fn digest_of_nothing<const N: usize>(words: &[u32; N], compress: Compress<N>, size: usize) -> Vec<u8> {
    let mut digest = State::new(*words).finish(compress);
    digest.truncate(size);
    digest
}

fn big_endian(block: &[u8; 64]) -> [u32; 16] {
    std::array::from_fn(|index| u32::from_be_bytes(std::array::from_fn(|byte| block[4 * index + byte])))
}

pub fn compress1(state: &mut [u32; 5], block: &[u8; 64]) {
    let mut schedule = [0; 80];
    schedule[..16].copy_from_slice(&big_endian(block));
    for at in 16..80 {
        let word = schedule[at - 3] ^ schedule[at - 8] ^ schedule[at - 14] ^ schedule[at - 16];
        schedule[at] = u32::rotate_left(word, 1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (round, word) in schedule.into_iter().enumerate() {
        let (mixed, constant) = match round {
            0..20 => (b & c | !b & d, 0x5a82_7999),
            20..40 => (b ^ c ^ d, 0x6ed9_eba1),
            40..60 => (b & c | b & d | c & d, 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6u32),
        };
        let next =
            a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(word);
        (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e]) {
        *word = word.wrapping_add(add);
    }
}

/// The first 32 bits behind the point of a prime's cube root.
const fn cube_root_bits(prime: u64) -> u32 {
    // The largest x with x^3 <= prime * 2^96: its low 32 bits are those behind the point.
    let target = (prime as u128) << 96;
    let (mut low, mut high) = (0u128, 1u128 << 36);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if middle * middle * middle <= target {
            low = middle;
        } else {
            high = middle;
        }
    }
    low as u32
}

const fn round_constants() -> [u32; 64] {
    let mut constants = [0; 64];
    let (mut found, mut candidate) = (0, 2u64);
    while found < 64 {
        let mut divisor = 2;
        while divisor * divisor <= candidate && !candidate.is_multiple_of(divisor) {
            divisor += 1;
        }
        if divisor * divisor > candidate {
            constants[found] = cube_root_bits(candidate);
            found += 1;
        }
        candidate += 1;
    }
    constants
}

static K: [u32; 64] = round_constants();

pub fn compress256(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut schedule = [0u32; 64];
    schedule[..16].copy_from_slice(&big_endian(block));
    for at in 16..64 {
        let (x, y) = (schedule[at - 15], schedule[at - 2]);
        schedule[at] = schedule[at - 16]
            .wrapping_add(x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3)
            .wrapping_add(schedule[at - 7])
            .wrapping_add(y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, constant) in schedule.into_iter().zip(K) {
        let one = h
            .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
            .wrapping_add(e & f ^ !e & g)
            .wrapping_add(constant)
            .wrapping_add(word);
        let two =
            (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add(a & b ^ a & c ^ b & c);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(one), c, b, a, one.wrapping_add(two));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(add);
    }
}

/// # Safety for all of this file
/// States are the callers', data as long as said, digests have the room that their algorithm asks for.
unsafe fn bytes<'a>(data: *const u8, length: u32) -> &'a [u8] {
    // SAFETY: `length` bytes; of none the address does not matter.
    if length == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, length as usize) } }
}

unsafe fn put(digest: &[u8], size: usize, to: *mut u8) {
    // SAFETY: room for the digest.
    unsafe { std::ptr::copy_nonoverlapping(digest.as_ptr(), to, size.min(digest.len())) };
}

unsafe extern "C" fn sha1_init(words: *mut [u32; 5]) {
    // SAFETY: as for all of this file.
    unsafe { *words = SHA1 };
}

unsafe extern "C" fn sha1_transform(words: *mut [u32; 5], data: *const [u8; 64], _scratch: *mut u32) {
    // SAFETY: as for all of this file.
    unsafe { compress1(&mut *words, &*data) };
}

unsafe extern "C" fn sha256_update(state: *mut State<8>, data: *const u8, length: u32) {
    // SAFETY: as for all of this file.
    unsafe { (*state).update(bytes(data, length), compress256) };
}

unsafe extern "C" fn sha224_update(state: *mut State<8>, data: *const u8, length: u32) {
    // SAFETY: as for all of this file.
    unsafe { sha256_update(state, data, length) };
}

unsafe extern "C" fn sha256_final(state: *mut State<8>, to: *mut u8) {
    // SAFETY: as for all of this file. The kernel wipes the state.
    unsafe {
        put(&(*state).finish(compress256), 32, to);
        *state = State::new([0; 8]);
    }
}

unsafe extern "C" fn sha224_final(state: *mut State<8>, to: *mut u8) {
    // SAFETY: as above.
    unsafe {
        put(&(*state).finish(compress256), 28, to);
        *state = State::new([0; 8]);
    }
}

unsafe extern "C" fn sha256(data: *const u8, length: u32, to: *mut u8) {
    let mut state = State::new(SHA256);
    // SAFETY: as for all of this file.
    unsafe {
        sha256_update(&mut state, data, length);
        sha256_final(&mut state, to);
    }
}

/// The state of a hash that is on its way, which follows the descriptor.
pub unsafe fn state_of<'a, const N: usize>(desc: *mut ShashDesc) -> &'a mut State<N> {
    // SAFETY: a descriptor of an algorithm with such a state.
    unsafe { &mut *desc.add(1).cast() }
}

unsafe fn digest_size(desc: *const ShashDesc) -> usize {
    // SAFETY: as for all of this file.
    unsafe { (*shash::alg_of((*desc).tfm)).digestsize as usize }
}

pub unsafe extern "C" fn crypto_sha1_update(desc: *mut ShashDesc, data: *const u8, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { state_of(desc).update(bytes(data, length), compress1) };
    0
}

pub unsafe extern "C" fn crypto_sha1_finup(
    desc: *mut ShashDesc,
    data: *const u8,
    length: u32,
    to: *mut u8,
) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let state = state_of(desc);
        state.update(bytes(data, length), compress1);
        put(&state.finish(compress1), digest_size(desc), to);
    }
    0
}

pub unsafe extern "C" fn crypto_sha256_update(desc: *mut ShashDesc, data: *const u8, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { state_of(desc).update(bytes(data, length), compress256) };
    0
}

pub unsafe extern "C" fn crypto_sha256_finup(
    desc: *mut ShashDesc,
    data: *const u8,
    length: u32,
    to: *mut u8,
) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let state = state_of(desc);
        state.update(bytes(data, length), compress256);
        put(&state.finish(compress256), digest_size(desc), to);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest<const N: usize>(words: [u32; N], compress: Compress<N>, data: &[u8]) -> Vec<u8> {
        let mut state = State::new(words);
        state.update(data, compress);
        state.finish(compress)
    }

    #[test]
    fn the_round_constants_are_roots_of_primes() {
        assert_eq!((K[0], K[1], K[63]), (0x428a_2f98, 0x7137_4491, 0xc671_78f2));
    }

    #[test]
    fn the_examples_of_fips_180_come_out() {
        assert_eq!(digest(SHA1, compress1, b"abc")[..4], [0xa9, 0x99, 0x3e, 0x36]);
        assert_eq!(digest(SHA224, compress256, b"abc")[..4], [0x23, 0x09, 0x7d, 0x22]);
        assert_eq!(digest(SHA256, compress256, b"abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
        let long = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(digest(SHA256, compress256, long)[..4], [0x24, 0x8d, 0x6a, 0x61]);
    }
}
