//! AEGIS-128, as its authors submitted it to CAESAR (version 1.1): five blocks of state that rounds of AES mix.

use aes::{Block, hazmat::cipher_round};

const FIRST: [u8; 16] =
    [0x00, 0x01, 0x01, 0x02, 0x03, 0x05, 0x08, 0x0d, 0x15, 0x22, 0x37, 0x59, 0x90, 0xe9, 0x79, 0x62];
const SECOND: [u8; 16] =
    [0xdb, 0x3d, 0x18, 0x55, 0x6d, 0xc2, 0x2f, 0xf1, 0x20, 0x11, 0x31, 0x42, 0x73, 0xb5, 0x28, 0xdd];

struct State([u128; 5]);

impl State {
    fn update(&mut self, message: u128) {
        let [a, b, c, d, e] = self.0;
        let round = |block: u128, key: u128| {
            let mut block = Block::from(block.to_le_bytes());
            cipher_round(&mut block, &Block::from(key.to_le_bytes()));
            u128::from_le_bytes(block.into())
        };
        self.0 = [round(e, a ^ message), round(a, b), round(b, c), round(c, d), round(d, e)];
    }
}

/// Up to sixteen bytes as a block, zeroes behind them.
fn block(bytes: &[u8]) -> u128 {
    u128::from_le_bytes(std::array::from_fn(|at| bytes.get(at).copied().unwrap_or(0)))
}

/// Seals a message; the tag is behind it.
pub fn aegis128(key: &[u8], iv: &[u8], associated: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let (key, iv, first, second) = (block(key), block(iv), block(&FIRST), block(&SECOND));
    let mut state = State([key ^ iv, second, first, key ^ first, key ^ second]);
    for _ in 0..5 {
        state.update(key);
        state.update(key ^ iv);
    }
    associated.chunks(16).for_each(|chunk| state.update(block(chunk)));
    let mut sealed = Vec::new();
    for chunk in message.chunks(16) {
        let [_, b, c, d, e] = state.0;
        let stream = (b ^ e ^ (c & d)).to_le_bytes();
        sealed.extend(chunk.iter().zip(stream).map(|(byte, mask)| byte ^ mask));
        state.update(block(chunk));
    }
    let lengths = ((message.len() as u128 * 8) << 64) | (associated.len() as u128 * 8);
    let last = state.0[3] ^ lengths;
    (0..7).for_each(|_| state.update(last));
    sealed.extend(state.0.iter().fold(0, |tag, part| tag ^ part).to_le_bytes());
    Some(sealed)
}
