//! The cryptographic library code that lib/crypto and its x86 twins export, without the crypto API in between.

use ::poly1305::Poly1305;
use chacha20::{ChaCha8, ChaCha12, ChaCha20};
use chacha20poly1305::{
    ChaCha20Poly1305, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher, StreamCipherSeek};

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::{of, to},
    inputs::{Random, lengths},
};

/// All of them.
pub fn checks() -> Vec<Check> {
    let mut checks = vec![
        Check::new(&["libarc4"], "arc4_setkey(), arc4_crypt()", "crate rc4", arc4),
        Check::new(&["libdes"], "DES and triple DES", "crate des", des),
        Check::new(
            &["libchacha"],
            "chacha_crypt_generic() of 8, 12 and 20 rounds",
            "crate chacha20",
            |bench| chacha(bench, "chacha_crypt_generic"),
        ),
        Check::new(&["chacha-x86_64", "libchacha"], "chacha_crypt_arch()", "crate chacha20", |bench| {
            chacha(bench, "chacha_crypt_arch")
        }),
        Check::new(&["libpoly1305"], "poly1305_*_generic()", "crate poly1305", |bench| {
            poly1305(bench, "generic")
        }),
        Check::new(&["poly1305-x86_64"], "poly1305_*_arch()", "crate poly1305", |bench| {
            poly1305(bench, "arch")
        }),
        Check::new(
            &["libchacha20poly1305", "chacha-x86_64", "poly1305-x86_64"],
            "sealing and opening, with tags that are wrong",
            "crate chacha20poly1305",
            sealed,
        ),
        Check::new(&["libcurve25519-generic"], "curve25519_generic()", "crate x25519-dalek", |bench| {
            curve25519(bench, "curve25519_generic")
        }),
        Check::new(&["curve25519-x86_64"], "curve25519_arch()", "crate x25519-dalek", |bench| {
            curve25519(bench, "curve25519_arch")
        }),
    ];
    checks.push(Check::new(
        &["curve25519-x86_64"],
        "curve25519_base_arch()",
        "crate x25519-dalek",
        curve25519_base,
    ));
    checks
}

fn arc4(bench: &Bench) -> Result<(), Trouble> {
    let (set, crypt) = (bench.function("arc4_setkey")?, bench.function("arc4_crypt")?);
    let mut random = Random::new("arc4");
    for length in lengths() {
        let (key, message) = (random.bytes([5, 13, 16, 32][length % 4]), random.bytes(length));
        let mut answer = vec![0; length];
        let pieces: Vec<usize> = random.pieces(&message).iter().map(|piece| piece.len()).collect();
        // SAFETY: int arc4_setkey(struct arc4_ctx *ctx, const u8 *in_key, unsigned int key_len), void arc4_crypt(ctx, u8
        // *out, const u8 *in, unsigned int len); the context is 258 words of 32 bits.
        bench.task(|| unsafe {
            let mut context = [0u32; 258];
            let context = context.as_mut_ptr() as u64;
            set.call([context, of(&key), key.len() as u64]);
            let mut at = 0;
            for piece in &pieces {
                crypt.call([context, to(&mut answer[at..]), of(&message[at..]), *piece as u64]);
                at += piece;
            }
        })?;
        let mut expected = message;
        let oracle = <rc4::Rc4 as KeyInit>::new_from_slice(&key);
        oracle.map_err(|error| silent(error.to_string()))?.apply_keystream(&mut expected);
        bench.same(answer, expected, || format!("{length} bytes under a key of {}", key.len()))?;
    }
    Ok(())
}

fn des(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("des");
    for (name, size) in [("des", 8), ("des3_ede", 24)] {
        let expand = bench.function(&format!("{name}_expand_key"))?;
        let encrypt = bench.function(&format!("{name}_encrypt"))?;
        let decrypt = bench.function(&format!("{name}_decrypt"))?;
        for _ in 0..500 {
            let (key, block) = (random.bytes(size), random.bytes(8));
            let (mut sealed, mut opened) = ([0; 8], [0; 8]);
            // SAFETY: int des_expand_key(struct des_ctx *ctx, const u8 *key, unsigned int keylen), void des_encrypt(const
            // struct des_ctx *ctx, u8 *dst, const u8 *src); the context is 32 words of 32 bits, and 96 for triple DES.
            bench.task(|| unsafe {
                let mut context = [0u32; 96];
                let context = context.as_mut_ptr() as u64;
                expand.call([context, of(&key), size as u64]);
                encrypt.call([context, to(&mut sealed), of(&block)]);
                decrypt.call([context, to(&mut opened), of(&sealed)]);
            })?;
            let mut expected = [0; 8];
            expected.copy_from_slice(&block);
            let wrong = |error: cipher::InvalidLength| silent(error.to_string());
            if size == 8 {
                ::des::Des::new_from_slice(&key).map_err(wrong)?.encrypt_block((&mut expected).into());
            } else {
                ::des::TdesEde3::new_from_slice(&key).map_err(wrong)?.encrypt_block((&mut expected).into());
            }
            bench.same(sealed, expected, || format!("{name} of {block:02x?} under {key:02x?}"))?;
            bench.same(&opened[..], &block, || format!("{name} back under {key:02x?}"))?;
        }
    }
    Ok(())
}

fn chacha(bench: &Bench, name: &str) -> Result<(), Trouble> {
    let (crypt, mut random) = (bench.function(name)?, Random::new("chacha"));
    for length in lengths() {
        for rounds in [8, 12, 20] {
            let (key, nonce, message) = (random.bytes(32), random.bytes(12), random.bytes(length));
            let block = random.below(1 << 20) as u32;
            let mut state = [0u32; 16];
            let words = b"expand 32-byte k".chunks(4).chain(key.chunks(4));
            let counter = block.to_le_bytes();
            for (word, bytes) in
                state.iter_mut().zip(words.chain([counter.as_slice()]).chain(nonce.chunks(4)))
            {
                *word = bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte));
            }
            let mut answer = vec![0; length];
            // SAFETY: void chacha_crypt_generic(u32 *state, u8 *dst, const u8 *src, unsigned int bytes, int nrounds)
            bench.task(|| unsafe {
                crypt.call([state.as_mut_ptr() as u64, to(&mut answer), of(&message), length as u64, rounds]);
            })?;
            let mut expected = message;
            let wrong = |error: cipher::InvalidLength| silent(error.to_string());
            macro_rules! oracle {
                ($cipher:ty) => {{
                    let mut cipher = <$cipher>::new_from_slices(&key, &nonce).map_err(wrong)?;
                    cipher.seek(u64::from(block) * 64);
                    cipher.apply_keystream(&mut expected);
                }};
            }
            match rounds {
                8 => oracle!(ChaCha8),
                12 => oracle!(ChaCha12),
                _ => oracle!(ChaCha20),
            }
            bench.same(answer, expected, || format!("{length} bytes from block {block}, {rounds} rounds"))?;
        }
    }
    Ok(())
}

fn poly1305(bench: &Bench, kind: &str) -> Result<(), Trouble> {
    let init = bench.function(&format!("poly1305_init_{kind}"))?;
    let update = bench.function(&format!("poly1305_update_{kind}"))?;
    let last = bench.function(&format!("poly1305_final_{kind}"))?;
    let mut random = Random::new("poly1305");
    for length in lengths() {
        let (key, message) = (random.bytes(32), random.bytes(length));
        let pieces = if length % 2 == 0 { vec![message.as_slice()] } else { random.pieces(&message) };
        let mut answer = vec![0; 16];
        // SAFETY: void poly1305_init_generic(struct poly1305_desc_ctx *desc, const u8 key[32]), update(desc, src, nbytes),
        // final(desc, digest); the context is less than 64 words.
        bench.task(|| unsafe {
            let mut context = [0u64; 64];
            let context = context.as_mut_ptr() as u64;
            init.call([context, of(&key)]);
            for piece in &pieces {
                update.call([context, of(piece), piece.len() as u64]);
            }
            last.call([context, to(&mut answer)]);
        })?;
        let oracle = Poly1305::new_from_slice(&key).map_err(|error| silent(error.to_string()))?;
        let expected = oracle.compute_unpadded(&message).to_vec();
        bench.same(answer, expected, || format!("{length} bytes in {} pieces", pieces.len()))?;
    }
    Ok(())
}

/// Everything that is sealed has to be what the crate seals, be opened again, and stay shut once a bit is changed.
fn sealed(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("sealed");
    for name in ["chacha20poly1305", "xchacha20poly1305"] {
        let is_x = name.starts_with('x');
        let (seal, open) =
            (bench.function(&format!("{name}_encrypt"))?, bench.function(&format!("{name}_decrypt"))?);
        for length in lengths() {
            let (key, nonce, message) = (random.bytes(32), random.bytes(24), random.bytes(length));
            let size = random.below(70);
            let aad = random.bytes(size);
            let number = u64::from_le_bytes(std::array::from_fn(|at| nonce[at]));
            let nonce_argument = if is_x { of(&nonce) } else { number };
            let mut answer = vec![0; length + 16];
            // SAFETY: void chacha20poly1305_encrypt(u8 *dst, const u8 *src, const size_t src_len, const u8 *ad, const
            // size_t ad_len, const u64 nonce, const u8 key[32]); the nonce of the other one is an array of 24 bytes.
            bench.task(|| unsafe {
                let (from, aad_length) = (of(&message), aad.len() as u64);
                let (to, key) = (to(&mut answer), of(&key));
                seal.call_with_stack([to, from, length as u64, of(&aad), aad_length, nonce_argument, key])
            })?;
            let payload = Payload { msg: &message, aad: &aad };
            let told = || format!("{name}: {length} bytes and {size} more");
            let wrong = |error: &dyn std::fmt::Display| silent(error.to_string());
            let expected = if is_x {
                let nonce = chacha20poly1305::XNonce::try_from(&nonce[..]).map_err(|error| wrong(&error))?;
                let oracle = XChaCha20Poly1305::new_from_slice(&key).map_err(|error| wrong(&error))?;
                oracle.encrypt(&nonce, payload)
            } else {
                let nonce = [&[0; 4], &nonce[..8]].concat();
                let nonce = chacha20poly1305::Nonce::try_from(&nonce[..]).map_err(|error| wrong(&error))?;
                let oracle = ChaCha20Poly1305::new_from_slice(&key).map_err(|error| wrong(&error))?;
                oracle.encrypt(&nonce, payload)
            };
            bench.same(&answer, &expected.map_err(|error| wrong(&error))?, told)?;
            for bad in [false, true] {
                let at = random.below(answer.len());
                answer[at] ^= u8::from(bad);
                let mut opened = vec![0; length];
                // SAFETY: bool chacha20poly1305_decrypt(), with the arguments of the other direction
                let is_open = bench.task(|| unsafe {
                    let (from, aad_length) = (of(&answer), aad.len() as u64);
                    let (to, key) = (to(&mut opened), of(&key));
                    open.call_with_stack([
                        to,
                        from,
                        length as u64 + 16,
                        of(&aad),
                        aad_length,
                        nonce_argument,
                        key,
                    ])
                })?;
                bench.same(is_open & 1 == 1, !bad, told)?;
                if !bad {
                    bench.same(&opened, &message, told)?;
                }
            }
        }
    }
    Ok(())
}

fn curve25519(bench: &Bench, name: &str) -> Result<(), Trouble> {
    let (function, mut random) = (bench.function(name)?, Random::new("curve25519"));
    for round in 0..60 {
        let mut scalar: [u8; 32] = std::array::from_fn(|_| random.next() as u8);
        // Every user of the kernel's function clamps the scalar first, as the crate does for itself.
        (scalar[0], scalar[31]) = (scalar[0] & 248, scalar[31] & 127 | 64);
        let mut point = [[9; 1].as_slice(), &[0; 31]].concat();
        if round > 0 {
            point = random.bytes(32);
        }
        let mut answer = [0; 32];
        // SAFETY: void curve25519_generic(u8 out[32], const u8 scalar[32], const u8 point[32])
        bench.task(|| unsafe { function.call([to(&mut answer), of(&scalar), of(&point)]) })?;
        let expected = x25519_dalek::x25519(scalar, std::array::from_fn(|at| point[at]));
        bench.same(answer, expected, || format!("{scalar:02x?} times {point:02x?}"))?;
    }
    Ok(())
}

fn curve25519_base(bench: &Bench) -> Result<(), Trouble> {
    let (function, mut random) = (bench.function("curve25519_base_arch")?, Random::new("base"));
    for _ in 0..60 {
        let mut secret: [u8; 32] = std::array::from_fn(|_| random.next() as u8);
        (secret[0], secret[31]) = (secret[0] & 248, secret[31] & 127 | 64);
        let mut answer = [0; 32];
        // SAFETY: void curve25519_base_arch(u8 pub[32], const u8 secret[32])
        bench.task(|| unsafe { function.call([to(&mut answer), of(&secret)]) })?;
        let expected = x25519_dalek::x25519(secret, x25519_dalek::X25519_BASEPOINT_BYTES);
        bench.same(answer, expected, || format!("the base point times {secret:02x?}"))?;
    }
    Ok(())
}
