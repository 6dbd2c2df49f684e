//! Keyed hashes that no crate has, written anew from their papers in the plainest way, and the vectors published with
//! them.

use ::poly1305::Poly1305;
use digest::KeyInit;
use num_bigint::BigUint;

use super::{
    bench::Bench,
    blocks::Keyed,
    check::{Check, Trouble, silent},
    inputs::{Random, lengths},
    shash::{Question, digests},
};

/// AES-XCBC-MAC-96 before it is cut (RFC 3566).
pub fn xcbc(key: &[u8], data: &[u8]) -> Vec<u8> {
    let aes =
        |key: &[u8], block: &[u8]| Keyed::new("aes", key).map(|aes| aes.sealed(block)).unwrap_or_default();
    let [first, whole, padded] = [1, 2, 3].map(|number| aes(key, &[number; 16]));
    let split = data.len().saturating_sub(1) / 16 * 16;
    let (blocks, last) = data.split_at(split);
    let xor = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| a ^ b).collect::<Vec<u8>>();
    let chained = blocks.chunks(16).fold(vec![0; 16], |mac, block| aes(&first, &xor(&mac, block)));
    let mut end = last.to_vec();
    let mask = if end.len() == 16 { whole } else { padded };
    if end.len() < 16 {
        end.push(0x80);
        end.resize(16, 0);
    }
    aes(&first, &xor(&chained, &xor(&end, &mask)))
}

/// Michael, the message integrity code of TKIP (IEEE 802.11, 12.5.2.3).
pub fn michael(key: &[u8], data: &[u8]) -> Vec<u8> {
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0u32, |word, &byte| word << 8 | u32::from(byte));
    let (mut left, mut right) = (word(&key[..4]), word(&key[4..]));
    let mut padded = data.to_vec();
    padded.push(0x5a);
    padded.resize(padded.len().next_multiple_of(4) + 4, 0);
    for chunk in padded.chunks(4) {
        left ^= word(chunk);
        right ^= left.rotate_left(17);
        left = left.wrapping_add(right);
        right ^= (left & 0xff00_ff00) >> 8 | (left & 0x00ff_00ff) << 8;
        left = left.wrapping_add(right);
        right ^= left.rotate_left(3);
        left = left.wrapping_add(right);
        right ^= left.rotate_right(2);
        left = left.wrapping_add(right);
    }
    [left.to_le_bytes(), right.to_le_bytes()].concat()
}

/// The chain of vectors in the standard: each result is the next one's key.
pub fn michael_vectors() -> Check {
    const CHAIN: [(u64, &str); 6] = [
        (0x8292_5c1c_a1d1_30b8, ""),
        (0x4347_21ca_4063_9b3f, "M"),
        (0xe8f9_beca_e97e_5d29, "Mi"),
        (0x9003_8fc6_cf13_c1db, "Mic"),
        (0xd55e_1005_1012_8986, "Mich"),
        (0x0a94_2b12_4eca_a546, "Michael"),
    ];
    Check::new(&["michael_mic"], "michael_mic-generic, a chain of six", "vectors of IEEE 802.11", |bench| {
        let mut key = vec![0; 8];
        for (expected, text) in CHAIN {
            let question = Question { key: Some(&key), pieces: vec![text.as_bytes()] };
            let answer = one(bench, "michael_mic-generic", question)?;
            bench.same(&answer, &expected.to_be_bytes().to_vec(), || format!("{text:?}"))?;
            key = answer;
        }
        Ok(())
    })
}

fn one(bench: &Bench, driver: &str, question: Question<'_>) -> Result<Vec<u8>, Trouble> {
    let answers = digests(bench, driver, &[question])?.unwrap_or_default();
    answers.into_iter().next().ok_or_else(|| silent(format!("there is no {driver}")))
}

/// Poly1305, whose key the kernel's hash takes from the first 32 bytes of the message.
pub fn poly1305(modules: &[&'static str], driver: &'static str) -> Check {
    Check::new(modules, driver, "crate poly1305", move |bench| {
        let mut random = Random::new(driver);
        let messages: Vec<Vec<u8>> = lengths().map(|length| random.bytes(length + 32)).collect();
        let mut questions = Vec::new();
        for message in &messages {
            questions.push(Question { key: None, pieces: vec![message] });
            questions.push(Question { key: None, pieces: random.pieces(message) });
        }
        let answers =
            digests(bench, driver, &questions)?.ok_or_else(|| silent(format!("there is no {driver}")))?;
        for (question, answer) in questions.iter().zip(answers) {
            let message = question.pieces.concat();
            let oracle =
                Poly1305::new_from_slice(&message[..32]).map_err(|error| silent(error.to_string()))?;
            let expected = oracle.compute_unpadded(&message[32..]).to_vec();
            bench.same(answer, expected, || format!("{} bytes", message.len() - 32))?;
        }
        Ok(())
    })
}

/// The hash of Adiantum: NH in four passes over each 1024 bytes, and Poly1305 without its last addition over the
/// results ("Adiantum: length-preserving encryption for entry-level processors", section 3).
pub fn nhpoly1305(key: &[u8], data: &[u8]) -> Vec<u8> {
    let (poly, nh) = key.split_at(16);
    let words = |bytes: &[u8]| {
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0u32, |word, &byte| word << 8 | u32::from(byte));
        bytes.chunks(4).map(word).collect::<Vec<u32>>()
    };
    let key = words(nh);
    let mut hashes = Vec::new();
    for chunk in data.chunks(1024) {
        let mut message = chunk.to_vec();
        message.resize(chunk.len().next_multiple_of(16), 0);
        let message = words(&message);
        for pass in 0..4 {
            let sum = |at: usize| message[at].wrapping_add(key[at + 4 * pass]);
            let pairs = (0..message.len()).filter(|at| at % 4 < 2);
            let products = pairs.map(|at| u64::from(sum(at)) * u64::from(sum(at + 2)));
            hashes.extend(products.fold(0, u64::wrapping_add).to_le_bytes());
        }
    }
    let poly = [poly, &[0; 16]].concat();
    Poly1305::new_from_slice(&poly)
        .map(|oracle| oracle.compute_unpadded(&hashes).to_vec())
        .unwrap_or_default()
}

/// VMAC-64 (draft-krovetz-vmac-01), whose nonce the kernel takes from the first 16 bytes of the message.
pub fn vmac() -> Check {
    let against = "vectors of draft-krovetz-vmac-01, and the draft written anew";
    Check::new(&["vmac"], "vmac64(aes)", against, |bench| {
        let nonce = [[0; 8].as_slice(), b"bcdefghi"].concat();
        let published: [(usize, u64); 4] = [
            (0, 0x2576_be1c_56d8_b81b),
            (1, 0x2d37_6cf5_b181_3ce5),
            (16, 0xe842_1f61_d573_d298),
            (100, 0x4492_df6c_5cac_1bbe),
        ];
        for (times, expected) in published {
            let message = [nonce.clone(), b"abc".repeat(times)].concat();
            let question = Question { key: Some(b"abcdefghijklmnop"), pieces: vec![&message] };
            let answer = one(bench, "vmac64(aes)", question)?;
            bench.same(answer, expected.to_be_bytes().to_vec(), || format!("\"abc\" {times} times"))?;
        }
        let mut random = Random::new("vmac");
        for length in lengths().filter(|length| *length < 5000) {
            let (key, mut message) = (random.bytes(16), random.bytes(16 + length));
            message[0] &= 0x7f;
            let pieces = if length % 2 == 0 { vec![message.as_slice()] } else { random.pieces(&message) };
            let answer = one(bench, "vmac64(aes)", Question { key: Some(&key), pieces })?;
            let (nonce, data) = message.split_at(16);
            bench.same(answer, vmac64(&key, nonce, data), || format!("{length} bytes"))?;
        }
        Ok(())
    })
}

fn vmac64(key: &[u8], nonce: &[u8], data: &[u8]) -> Vec<u8> {
    let Some(aes) = Keyed::new("aes", key) else { return Vec::new() };
    let half = |bytes: &[u8]| bytes.iter().fold(0u64, |word, &byte| word << 8 | u64::from(byte));
    // Keys come from blocks that begin with a byte for the purpose and end with a count.
    let derive = |purpose: u8, count: u8| {
        let mut block = [0; 16];
        (block[0], block[15]) = (purpose, count);
        let block = aes.sealed(&block);
        [half(&block[..8]), half(&block[8..])]
    };
    let nh_key: Vec<u64> = (0..8).flat_map(|count| derive(0x80, count)).collect();
    let [high, low] = derive(0xc0, 0).map(|part| part & 0x1fff_ffff_1fff_ffff);
    let poly_key = u128::from(high) << 64 | u128::from(low);
    const P64: u64 = u64::MAX - 256;
    let last_key =
        (0..=255).map(|count| derive(0xe0, count)).find(|[a, b]| *a < P64 && *b < P64).unwrap_or_default();

    let p127 = (BigUint::from(1u8) << 127) - 1u8;
    let mut sum = BigUint::from(1u8);
    for chunk in data.chunks(128) {
        let mut block = chunk.to_vec();
        block.resize(chunk.len().next_multiple_of(16), 0);
        let words: Vec<u64> =
            block.chunks(8).map(|word| half(&word.iter().rev().copied().collect::<Vec<_>>())).collect();
        let added = |at: usize| u128::from(words[at].wrapping_add(nh_key[at]));
        let products = (0..words.len()).step_by(2).map(|at| added(at) * added(at + 1));
        let hash = products.fold(0, u128::wrapping_add) & (u128::MAX >> 2);
        sum = (sum * poly_key + hash) % &p127;
    }
    if data.is_empty() {
        sum = sum * poly_key % &p127;
    }
    // The bits of the last block, where it is not a full one, count too.
    let length = BigUint::from(data.len() % 128 * 8) << 64;
    let folded = (sum + length) % &p127;
    let divisor = BigUint::from(0xffff_ffff_0000_0000u64);
    let high = (&folded / &divisor + last_key[0]) % P64;
    let low = (&folded % &divisor + last_key[1]) % P64;
    let hash = u64::try_from(high * low % P64).unwrap_or_default();

    let mut nonce = nonce.to_vec();
    let is_second = nonce[15] & 1 == 1;
    nonce[15] &= !1;
    let pad = aes.sealed(&nonce);
    let pad = half(if is_second { &pad[8..] } else { &pad[..8] });
    hash.wrapping_add(pad).to_be_bytes().to_vec()
}
