//! ChaCha's block function, and HChaCha, which makes keys. Linux: lib/crypto/chacha.c.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; chacha_block_generic/3, hchacha_block_generic/3);
}

fn quarter(x: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    for (sum, other, turned, by) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
        x[sum] = x[sum].wrapping_add(x[other]);
        x[turned] = (x[turned] ^ x[sum]).rotate_left(by);
    }
}

fn permute(x: &mut [u32; 16], rounds: i32) {
    for _ in 0..rounds / 2 {
        for column in 0..4 {
            quarter(x, [column, column + 4, column + 8, column + 12]);
        }
        for diagonal in 0..4 {
            quarter(x, [diagonal, (diagonal + 1) % 4 + 4, (diagonal + 2) % 4 + 8, (diagonal + 3) % 4 + 12]);
        }
    }
}

/// 64 bytes of the stream; the state's counter goes on by one.
unsafe extern "C" fn chacha_block_generic(state: *mut [u32; 16], stream: *mut [u8; 64], rounds: i32) {
    // SAFETY: the caller's state and room for a block.
    unsafe {
        let mut x = state.read_unaligned();
        permute(&mut x, rounds);
        let mut block = [0; 64];
        for ((place, word), first) in block.chunks_mut(4).zip(x).zip(*state) {
            place.copy_from_slice(&word.wrapping_add(first).to_le_bytes());
        }
        stream.write_unaligned(block);
        (*state)[12] = (*state)[12].wrapping_add(1);
    }
}

/// A key of eight words.
unsafe extern "C" fn hchacha_block_generic(state: *const [u32; 16], key: *mut [u32; 8], rounds: i32) {
    // SAFETY: the caller's state and room for a key.
    unsafe {
        let mut x = state.read_unaligned();
        permute(&mut x, rounds);
        key.write_unaligned(std::array::from_fn(|index| if index < 4 { x[index] } else { x[index + 8] }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_of_rfc_8439_comes_out() {
        let mut state = [0u32; 16];
        state[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
        for (index, word) in state[4..12].iter_mut().enumerate() {
            *word = u32::from_le_bytes(std::array::from_fn(|byte| (4 * index + byte) as u8));
        }
        state[12..].copy_from_slice(&[1, 0x0900_0000, 0x4a00_0000, 0]);
        let mut block = [0; 64];
        // SAFETY: arrays of the right sizes.
        unsafe { chacha_block_generic(&mut state, &mut block, 20) };
        assert_eq!(block[..8], [0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15]);
        assert_eq!(state[12], 2);
    }
}
