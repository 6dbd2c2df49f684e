//! AES by its definition (FIPS 197), with the kernel's key schedule. Linux: lib/crypto/aes.c, crypto/aes_generic.c.
//!
//! A column of the state is a word whose lowest byte is the first row. Constant time it is not: the simulated kernel
//! has no secrets.

use abi::Errno;

use crate::exports::Table;
use crate::services::{fail, functions};

pub(in crate::services::crypto) fn register(table: &mut Table) {
    functions!(table; aes_expandkey/3, aes_encrypt/3, aes_decrypt/3, crypto_aes_set_key/3);
    table.data("crypto_aes_sbox", 256, 64, &SBOX);
    table.data("crypto_aes_inv_sbox", 256, 64, &INVERSE);
    table.data("crypto_ft_tab", 4096, 64, &tables(|byte| mix([SBOX[byte], 0, 0, 0], FORWARDS)));
    table.data("crypto_it_tab", 4096, 64, &tables(|byte| mix([INVERSE[byte], 0, 0, 0], BACKWARDS)));
}

/// Multiplication in the field of AES.
const fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a = a << 1 ^ if a & 0x80 != 0 { 0x1b } else { 0 };
        b >>= 1;
    }
    product
}

/// What becomes of a byte: its inverse in the field, then an affine map.
const fn sbox() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut inverse = 0;
        while inverse < 255 && times(byte as u8, inverse) != 1 {
            inverse += 1;
        }
        if times(byte as u8, inverse) != 1 {
            inverse = 0;
        }
        let turned =
            inverse.rotate_left(1) ^ inverse.rotate_left(2) ^ inverse.rotate_left(3) ^ inverse.rotate_left(4);
        table[byte] = inverse ^ turned ^ 0x63;
        byte += 1;
    }
    table
}

const fn inverse(sbox: &[u8; 256]) -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[sbox[byte] as usize] = byte as u8;
        byte += 1;
    }
    table
}

static SBOX: [u8; 256] = {
    // The search for inverses is long; the constant is computed once, when the crate is built.
    #[allow(long_running_const_eval)]
    const TABLE: [u8; 256] = sbox();
    TABLE
};
static INVERSE: [u8; 256] = inverse(&SBOX);

/// MixColumns' polynomial and its inverse, lowest coefficient first.
const FORWARDS: [u8; 4] = [2, 1, 1, 3];
const BACKWARDS: [u8; 4] = [14, 9, 13, 11];

/// A column multiplied by a polynomial.
fn mix(column: [u8; 4], by: [u8; 4]) -> u32 {
    let byte = |row: usize| (0..4).fold(0, |sum, at| sum ^ times(column[at], by[(row + 4 - at) % 4]));
    u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])
}

/// The four tables that aes_generic.c would have: the first, and it turned by one, two and three bytes.
fn tables(entry: impl Fn(usize) -> u32) -> Vec<u8> {
    let turned = |turn: u32| (0..256).map(move |byte| (byte, 8 * turn));
    (0..4).flat_map(turned).flat_map(|(byte, turn)| entry(byte).rotate_left(turn).to_le_bytes()).collect()
}

/// `struct crypto_aes_ctx`.
#[repr(C)]
pub struct AesCtx {
    key_enc: [u32; 60],
    key_dec: [u32; 60],
    key_length: u32,
}

fn substitute(word: u32, table: &[u8; 256]) -> u32 {
    u32::from_le_bytes(word.to_le_bytes().map(|byte| table[usize::from(byte)]))
}

impl AesCtx {
    fn rounds(&self) -> usize {
        6 + self.key_length as usize / 4
    }

    /// The key schedule, and the one for the equivalent inverse cipher.
    fn expand(&mut self, key: &[u8]) {
        let words = key.len() / 4;
        self.key_length = key.len() as u32;
        let last = 4 * self.rounds();
        for (word, bytes) in self.key_enc.iter_mut().zip(key.chunks_exact(4)) {
            *word = bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte));
        }
        let mut constant = 1u8;
        for at in words..last + 4 {
            let before = self.key_enc[at - 1];
            let turned = if at % words == 0 {
                let word = substitute(before.rotate_right(8), &SBOX) ^ u32::from(constant);
                constant = times(constant, 2);
                word
            } else if words > 6 && at % words == 4 {
                substitute(before, &SBOX)
            } else {
                before
            };
            self.key_enc[at] = self.key_enc[at - words] ^ turned;
        }
        for at in 0..last + 4 {
            let word = self.key_enc[last - at / 4 * 4 + at % 4];
            let outer = at < 4 || at >= last;
            self.key_dec[at] = if outer { word } else { mix(word.to_le_bytes(), BACKWARDS) };
        }
    }

    /// All rounds: `step` is how far the rows are apart that make a column.
    fn crypt(
        &self,
        block: [u8; 16],
        key: &[u32; 60],
        table: &[u8; 256],
        step: usize,
        by: [u8; 4],
    ) -> [u8; 16] {
        let mut state = [0; 4];
        for (column, word) in state.iter_mut().enumerate() {
            let bytes = [0, 1, 2, 3].map(|row| block[4 * column + row]);
            *word = u32::from_le_bytes(bytes) ^ key[column];
        }
        for round in 1..=self.rounds() {
            let shifted = [0, 1, 2, 3].map(|column| {
                [0, 1, 2, 3].map(|row| table[state[(column + row * step) % 4].to_le_bytes()[row] as usize])
            });
            for (column, bytes) in shifted.into_iter().enumerate() {
                let mixed = if round < self.rounds() { mix(bytes, by) } else { u32::from_le_bytes(bytes) };
                state[column] = mixed ^ key[4 * round + column];
            }
        }
        let mut result = [0; 16];
        for (place, word) in result.chunks_mut(4).zip(state) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        result
    }

    fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        self.crypt(block, &self.key_enc, &SBOX, 1, FORWARDS)
    }

    fn decrypt(&self, block: [u8; 16]) -> [u8; 16] {
        self.crypt(block, &self.key_dec, &INVERSE, 3, BACKWARDS)
    }
}

/// # Safety for all of this file
/// Contexts are the callers' `struct crypto_aes_ctx`, keys as long as said, blocks of 16 bytes.
pub unsafe extern "C" fn aes_expandkey(context: *mut AesCtx, key: *const u8, length: u32) -> i32 {
    if !matches!(length, 16 | 24 | 32) {
        return fail(Errno::EINVAL);
    }
    // SAFETY: as above.
    unsafe { (*context).expand(std::slice::from_raw_parts(key, length as usize)) };
    0
}

/// The context follows the tfm, as for every cipher.
pub unsafe extern "C" fn crypto_aes_set_key(tfm: u64, key: *const u8, length: u32) -> i32 {
    // SAFETY: a transform whose context is a struct crypto_aes_ctx.
    unsafe { aes_expandkey((tfm + super::super::TFM_SIZE) as *mut AesCtx, key, length) }
}

pub unsafe extern "C" fn aes_encrypt(context: *const AesCtx, to: *mut [u8; 16], from: *const [u8; 16]) {
    // SAFETY: as for all of this file.
    unsafe { to.write_unaligned((*context).encrypt(from.read_unaligned())) };
}

pub unsafe extern "C" fn aes_decrypt(context: *const AesCtx, to: *mut [u8; 16], from: *const [u8; 16]) {
    // SAFETY: as for all of this file.
    unsafe { to.write_unaligned((*context).decrypt(from.read_unaligned())) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_fips_197_come_out() {
        let block = std::array::from_fn(|index| index as u8 * 0x11);
        let expected: [(usize, [u8; 4]); 3] =
            [(16, [0x69, 0xc4, 0xe0, 0xd8]), (24, [0xdd, 0xa9, 0x7c, 0xa4]), (32, [0x8e, 0xa2, 0xb7, 0xca])];
        for (length, start) in expected {
            let mut context = AesCtx { key_enc: [0; 60], key_dec: [0; 60], key_length: 0 };
            context.expand(&(0..length as u8).collect::<Vec<u8>>());
            let encrypted = context.encrypt(block);
            assert_eq!(encrypted[..4], start, "{length}");
            assert_eq!(context.decrypt(encrypted), block, "{length}");
        }
    }

    #[test]
    fn the_tables_are_those_that_the_kernel_has() {
        assert_eq!((SBOX[0], SBOX[1], INVERSE[0]), (0x63, 0x7c, 0x52));
        let forwards = tables(|byte| mix([SBOX[byte], 0, 0, 0], FORWARDS));
        assert_eq!(forwards[..4], 0xa563_63c6u32.to_le_bytes());
        let backwards = tables(|byte| mix([INVERSE[byte], 0, 0, 0], BACKWARDS));
        assert_eq!(backwards[..4], 0x50a7_f451u32.to_le_bytes());
    }
}
