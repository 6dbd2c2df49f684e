//! Modes of operation, written plainly over one block at a time: what templates and vectorised drivers have to equal.

use super::{blocks::Keyed, numbers::product_bbe};

/// A mode: what it makes of a message in place, given the IV, to and fro.
pub type Mode = fn(&Keyed, &[u8], &mut [u8], bool);

fn xor(target: &mut [u8], other: &[u8]) {
    target.iter_mut().zip(other).for_each(|(target, other)| *target ^= other);
}

fn one(cipher: &Keyed, block: &mut [u8], decrypt: bool) {
    if decrypt { cipher.decrypt(block) } else { cipher.encrypt(block) }
}

/// Electronic code book.
pub fn ecb(cipher: &Keyed, _iv: &[u8], data: &mut [u8], decrypt: bool) {
    data.chunks_exact_mut(cipher.size).for_each(|block| one(cipher, block, decrypt));
}

/// Cipher block chaining.
pub fn cbc(cipher: &Keyed, iv: &[u8], data: &mut [u8], decrypt: bool) {
    let mut before = iv.to_vec();
    for block in data.chunks_exact_mut(cipher.size) {
        let sealed = block.to_vec();
        if decrypt {
            cipher.decrypt(block);
            xor(block, &before);
            before = sealed;
        } else {
            xor(block, &before);
            cipher.encrypt(block);
            before = block.to_vec();
        }
    }
}

/// Propagating cipher block chaining.
pub fn pcbc(cipher: &Keyed, iv: &[u8], data: &mut [u8], decrypt: bool) {
    let mut before = iv.to_vec();
    for block in data.chunks_exact_mut(cipher.size) {
        let input = block.to_vec();
        if decrypt {
            cipher.decrypt(block);
            xor(block, &before);
        } else {
            xor(block, &before);
            cipher.encrypt(block);
        }
        before = input;
        xor(&mut before, block);
    }
}

/// Cipher feedback by whole blocks.
pub fn cfb(cipher: &Keyed, iv: &[u8], data: &mut [u8], decrypt: bool) {
    let mut before = iv.to_vec();
    for block in data.chunks_mut(cipher.size) {
        let sealed = block.to_vec();
        xor(block, &cipher.sealed(&before));
        before = if decrypt { sealed } else { block.to_vec() };
        before.resize(cipher.size, 0);
    }
}

/// Output feedback.
pub fn ofb(cipher: &Keyed, iv: &[u8], data: &mut [u8], _decrypt: bool) {
    let mut stream = iv.to_vec();
    for block in data.chunks_mut(cipher.size) {
        cipher.encrypt(&mut stream);
        xor(block, &stream);
    }
}

/// Counter mode: the whole IV counts, its last byte first.
pub fn ctr(cipher: &Keyed, iv: &[u8], data: &mut [u8], _decrypt: bool) {
    let mut counter = iv.to_vec();
    for block in data.chunks_mut(cipher.size) {
        xor(block, &cipher.sealed(&counter));
        for byte in counter.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }
}

/// CBC with ciphertext stealing, the last two blocks always swapped (CS3, RFC 3962).
pub fn cts(cipher: &Keyed, iv: &[u8], data: &mut [u8], decrypt: bool) {
    let size = cipher.size;
    if data.len() <= size {
        return cbc(cipher, iv, data, decrypt);
    }
    let whole = (data.len() - 1) / size * size - size;
    let (head, tail) = data.split_at_mut(whole);
    let sealed_head = head.to_vec();
    cbc(cipher, iv, head, decrypt);
    let chain = if decrypt { sealed_head } else { head.to_vec() };
    let before = [iv, &chain].concat().split_off(chain.len());
    let rest = tail.len() - size;
    let (first, last) = tail.split_at(size);
    let (mut first, mut padded) = (first.to_vec(), last.to_vec());
    let result = if decrypt {
        // The last block in full is the middle one of encryption, whose end was stolen.
        cipher.decrypt(&mut first);
        let mut end = first.clone();
        xor(&mut end, &padded);
        end.truncate(rest);
        padded.extend_from_slice(&first[rest..]);
        cipher.decrypt(&mut padded);
        xor(&mut padded, &before);
        [padded, end].concat()
    } else {
        xor(&mut first, &before);
        cipher.encrypt(&mut first);
        padded.resize(size, 0);
        xor(&mut padded, &first);
        cipher.encrypt(&mut padded);
        first.truncate(rest);
        [padded, first].concat()
    };
    tail.copy_from_slice(&result);
}

/// XTS (IEEE 1619): `tweak` encrypts the IV.
pub fn xts(cipher: &Keyed, tweak: &Keyed, iv: &[u8], data: &mut [u8], decrypt: bool) {
    let mut mask = tweak.sealed(iv);
    let double = |mask: &[u8]| {
        let number = u128::from_le_bytes(std::array::from_fn(|at| mask[at]));
        (number << 1 ^ if number >> 127 == 1 { 0x87 } else { 0 }).to_le_bytes().to_vec()
    };
    let masked = |block: &mut [u8], mask: &[u8]| {
        xor(block, mask);
        one(cipher, block, decrypt);
        xor(block, mask);
    };
    let rest = data.len() % 16;
    let whole = if rest == 0 { data.len() } else { data.len() - 16 - rest };
    let (head, tail) = data.split_at_mut(whole);
    for block in head.chunks_exact_mut(16) {
        masked(block, &mask);
        mask = double(&mask);
    }
    if rest > 0 {
        // The last whole block lends its end to the one that is cut short; decryption meets the masks in turn.
        let next = double(&mask);
        let (early, late) = if decrypt { (next, mask) } else { (mask, next) };
        let (first, last) = tail.split_at_mut(16);
        masked(first, &early);
        let mut second = last.to_vec();
        second.extend_from_slice(&first[rest..]);
        last.copy_from_slice(&first[..rest]);
        masked(&mut second, &late);
        first.copy_from_slice(&second);
    }
}

/// LRW, as IEEE 1619 had it in its drafts: the mask of a block is its number times a secret.
pub fn lrw(cipher: &Keyed, secret: &[u8], iv: &[u8], data: &mut [u8], decrypt: bool) {
    let secret = std::array::from_fn(|at| secret[at]);
    let first = u128::from_be_bytes(std::array::from_fn(|at| iv[at]));
    for (number, block) in data.chunks_exact_mut(16).enumerate() {
        let mask = product_bbe(secret, first.wrapping_add(number as u128).to_be_bytes());
        xor(block, &mask);
        one(cipher, block, decrypt);
        xor(block, &mask);
    }
}
