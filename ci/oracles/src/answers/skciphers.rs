//! Ciphers with modes of operation through the crypto API: templates over block ciphers, vectorised drivers, stream
//! ciphers. Messages are given in one piece, and cut into pieces of odd sizes; all are also brought back.

use chacha20::{ChaCha20, XChaCha12, XChaCha20};
use cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use digest::Digest;
use machine::services::Cipher;

use super::{
    bench::Bench,
    blocks::Keyed,
    check::{Check, Trouble, silent},
    inputs::Random,
    macs::nhpoly1305,
    modes::{self, Mode},
};

/// How long keys and IV are, and what lengths of messages there can be.
#[derive(Clone, Copy)]
struct Shape {
    keys: &'static [usize],
    iv: usize,
    /// Messages are multiples of this.
    unit: usize,
    /// And not shorter than this.
    least: usize,
}

/// What has to come of a message: key, IV, message.
type Oracle = Box<dyn Fn(&[u8], &[u8], &mut [u8]) -> Option<()> + Sync>;

const BY_HAND: &str = "the mode by hand on RustCrypto's block ciphers";

/// All of them.
pub fn checks() -> Vec<Check> {
    let mut checks = templates();
    checks.extend(drivers());
    checks.extend(streams());
    checks
}

/// A mode on a cipher.
fn on(cipher: &'static str, mode: Mode) -> Oracle {
    Box::new(move |key, iv, data| {
        mode(&Keyed::new(cipher, key)?, iv, data, false);
        Some(())
    })
}

fn xts(cipher: &'static str) -> Oracle {
    Box::new(move |key, iv, data| {
        let (first, second) = key.split_at(key.len() / 2);
        modes::xts(&Keyed::new(cipher, first)?, &Keyed::new(cipher, second)?, iv, data, false);
        Some(())
    })
}

const AES: &[usize] = &[16, 24, 32];

fn templates() -> Vec<Check> {
    let blocks = Shape { keys: AES, iv: 16, unit: 16, least: 16 };
    let bytes = Shape { unit: 1, least: 1, ..blocks };
    let essiv: Oracle = Box::new(|key, iv, data| {
        let salt = Keyed::new("aes", &sha2::Sha256::digest(key))?;
        modes::cbc(&Keyed::new("aes", key)?, &salt.sealed(iv), data, false);
        Some(())
    });
    let lrw: Oracle = Box::new(|key, iv, data| {
        let (key, secret) = key.split_at(key.len() - 16);
        modes::lrw(&Keyed::new("aes", key)?, secret, iv, data, false);
        Some(())
    });
    vec![
        check(&["ecb"], "ecb(aes-generic)", Shape { iv: 0, ..blocks }, BY_HAND, on("aes", modes::ecb)),
        check(&["ctr"], "ctr(aes-generic)", bytes, BY_HAND, on("aes", modes::ctr)),
        check(&["cfb"], "cfb(aes-generic)", bytes, BY_HAND, on("aes", modes::cfb)),
        check(&["ofb"], "ofb(aes-generic)", bytes, BY_HAND, on("aes", modes::ofb)),
        check(&["pcbc"], "pcbc(aes-generic)", blocks, BY_HAND, on("aes", modes::pcbc)),
        check(
            &["cts"],
            "cts(cbc(aes-generic))",
            Shape { least: 16, ..bytes },
            BY_HAND,
            on("aes", modes::cts),
        ),
        check(&["xts"], "xts(aes)", Shape { keys: &[32, 64], least: 16, ..bytes }, BY_HAND, xts("aes")),
        check(&["lrw"], "lrw(aes)", Shape { keys: &[32, 40, 48], ..blocks }, BY_HAND, lrw),
        check(&["essiv"], "essiv(cbc(aes),sha256)", Shape { keys: &[16, 32], ..blocks }, BY_HAND, essiv),
        check(
            &["cryptd"],
            "cryptd(ecb(aes-generic))",
            Shape { iv: 0, ..blocks },
            BY_HAND,
            on("aes", modes::ecb),
        ),
        Check::new(&["keywrap"], "kw(aes)", "crate aes-kw", keywrap),
        check(
            &["adiantum", "nhpoly1305", "chacha_generic"],
            "adiantum(xchacha12,aes)",
            Shape { keys: &[32], iv: 32, unit: 1, least: 16 },
            "the paper on Adiantum, written anew",
            Box::new(adiantum),
        ),
    ]
}

/// Module, cipher, the drivers' names after `ecb-` and `cbc-`, keys, and bytes in a block.
type Driver = (&'static str, &'static str, &'static str, &'static str, &'static [usize], usize);

const DRIVERS: [Driver; 14] = [
    ("aesni-intel", "aes", "__", "aes-aesni", AES, 16),
    ("crypto_simd", "aes", "", "aes-aesni", AES, 16),
    ("blowfish-x86_64", "blowfish", "", "blowfish-asm", &[8, 16, 56], 8),
    ("camellia-x86_64", "camellia", "", "camellia-asm", AES, 16),
    ("camellia-aesni-avx-x86_64", "camellia", "__", "camellia-aesni", AES, 16),
    ("camellia-aesni-avx2", "camellia", "__", "camellia-aesni-avx2", AES, 16),
    ("cast5-avx-x86_64", "cast5", "__", "cast5-avx", &[8, 16], 8),
    ("cast6-avx-x86_64", "cast6", "__", "cast6-avx", &[16, 24, 32], 16),
    ("des3_ede-x86_64", "des3_ede", "", "des3_ede-asm", &[24], 8),
    ("serpent-sse2-x86_64", "serpent", "__", "serpent-sse2", &[16, 24, 32], 16),
    ("serpent-avx-x86_64", "serpent", "__", "serpent-avx", &[16, 24, 32], 16),
    ("serpent-avx2", "serpent", "__", "serpent-avx2", &[16, 24, 32], 16),
    ("twofish-avx-x86_64", "twofish", "__", "twofish-avx", AES, 16),
    ("twofish-x86_64-3way", "twofish", "", "twofish-3way", AES, 16),
];

fn drivers() -> Vec<Check> {
    let mut checks = Vec::new();
    for (module, cipher, before, after, keys, unit) in DRIVERS {
        let shape = Shape { keys, iv: unit, unit, least: unit };
        let ecb = Shape { iv: 0, ..shape };
        checks.push(check(&[module], format!("{before}ecb-{after}"), ecb, BY_HAND, on(cipher, modes::ecb)));
        checks.push(check(&[module], format!("{before}cbc-{after}"), shape, BY_HAND, on(cipher, modes::cbc)));
    }
    let bytes = Shape { keys: AES, iv: 16, unit: 1, least: 1 };
    let long = Shape { least: 16, ..bytes };
    let aesni: &[&str] = &["aesni-intel"];
    checks.push(check(aesni, "__ctr-aes-aesni", bytes, BY_HAND, on("aes", modes::ctr)));
    checks.push(check(aesni, "__cts-cbc-aes-aesni", long, BY_HAND, on("aes", modes::cts)));
    checks.push(check(aesni, "__xts-aes-aesni", Shape { keys: &[32, 64], ..long }, BY_HAND, xts("aes")));
    checks
}

/// ChaCha: the IV is the number of the first block, and the nonce.
fn streams() -> Vec<Check> {
    let shape = |iv| Shape { keys: &[32], iv, unit: 1, least: 1 };
    let mut checks = Vec::new();
    for (module, kind) in [("chacha_generic", "generic"), ("chacha-x86_64", "simd")] {
        let chacha: Oracle = Box::new(|key, iv, data| {
            let mut cipher = ChaCha20::new_from_slices(key, &iv[4..]).ok()?;
            cipher.seek(u64::from(u32::from_le_bytes(std::array::from_fn(|at| iv[at]))) * 64);
            cipher.apply_keystream(data);
            Some(())
        });
        let long: Oracle = Box::new(xchacha::<XChaCha20>);
        let short: Oracle = Box::new(xchacha::<XChaCha12>);
        let drivers = [("chacha20", 16, chacha), ("xchacha20", 32, long), ("xchacha12", 32, short)];
        for (name, iv, oracle) in drivers {
            checks.push(check(&[module], format!("{name}-{kind}"), shape(iv), "crate chacha20", oracle));
        }
    }
    checks
}

/// The nonce comes first, then where in the stream to begin: asked from the beginning only.
fn xchacha<C: KeyIvInit + StreamCipher>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Option<()> {
    C::new_from_slices(key, &iv[..24]).ok()?.apply_keystream(data);
    Some(())
}

fn check(
    modules: &[&'static str],
    algorithm: impl Into<String>,
    shape: Shape,
    against: &'static str,
    oracle: Oracle,
) -> Check {
    let algorithm = algorithm.into();
    Check::new(modules, algorithm.clone(), against, move |bench| {
        // What crypto_simd wraps comes with the drivers that ask it to.
        if !algorithm.starts_with("__") && algorithm.ends_with("aesni") {
            bench.insert("aesni_intel")?;
        }
        messages(bench, &algorithm, shape, &oracle)
    })
}

fn messages(bench: &Bench, algorithm: &str, shape: Shape, oracle: &Oracle) -> Result<(), Trouble> {
    let crypto = bench.kernel().machine().crypto();
    let mut random = Random::new(algorithm);
    let lengths = (1..=150).chain([255, 256, 257, 511, 512, 513, 1000, 2048, 4095, 4096, 4097, 12_345]);
    let lengths = lengths.map(|count| if shape.unit == 1 { count } else { count.min(520) * shape.unit });
    for (round, length) in lengths.filter(|&length| length >= shape.least).enumerate() {
        let key = random.bytes(shape.keys[round % shape.keys.len()]);
        let mut iv = random.bytes(shape.iv);
        if algorithm.contains("chacha") && shape.iv > 0 && !algorithm.starts_with("adiantum") {
            // Neither end of a stream is near.
            let counter = if shape.iv == 32 { 24..32 } else { 3..4 };
            iv[counter].fill(0);
        }
        let message = random.bytes(length);
        let pieces = [0, 0, 7, 64, 1 + random.below(100)][round % 5];
        let mut expected = message.clone();
        oracle(&key, &iv, &mut expected).ok_or_else(|| silent("no crate takes such a key"))?;
        let asked = Cipher { key: &key, iv: &iv, decrypt: false, pieces };
        let told = || format!("{algorithm}: {length} bytes in pieces of {pieces}, key of {}", key.len());
        let sealed = crypto.skcipher(algorithm, asked, &message).map_err(|failure| bench.failed(&failure))?;
        bench.same(&sealed, &expected, told)?;
        let opened = crypto.skcipher(algorithm, Cipher { decrypt: true, ..asked }, &sealed);
        let opened = opened.map_err(|failure| bench.failed(&failure))?;
        bench.same(&opened, &message, || format!("back from {}", told()))?;
    }
    Ok(())
}

/// RFC 3394. The kernel has the first half block of the result as an IV: it is asked to unwrap what the crate wrapped.
fn keywrap(bench: &Bench) -> Result<(), Trouble> {
    let crypto = bench.kernel().machine().crypto();
    let mut random = Random::new("keywrap");
    for round in 0..60 {
        let (key, secret) = (random.bytes(AES[round % 3]), random.bytes(16 + round / 3 * 8));
        let mut room = vec![0; secret.len() + 8];
        macro_rules! wrap {
            ($kek:ty) => {
                <$kek as cipher::KeyInit>::new_from_slice(&key)
                    .map(|kek| kek.wrap_key(&secret, &mut room).map(<[u8]>::to_vec))
            };
        }
        let wrapped = match key.len() {
            16 => wrap!(aes_kw::KwAes128),
            24 => wrap!(aes_kw::KwAes192),
            _ => wrap!(aes_kw::KwAes256),
        };
        let wrapped =
            wrapped.map_err(|error| silent(error.to_string()))?.map_err(|error| silent(error.to_string()))?;
        let (iv, body) = wrapped.split_at(8);
        let asked = Cipher { key: &key, iv, decrypt: true, pieces: 0 };
        let told = || format!("{} bytes under a key of {}", secret.len(), key.len());
        let opened = crypto.skcipher("kw(aes)", asked, body).map_err(|failure| bench.failed(&failure))?;
        bench.same(&opened, &secret, told)?;
        let asked = Cipher { key: &key, iv: &[0xa6; 8], decrypt: false, pieces: 0 };
        let sealed = crypto.skcipher("kw(aes)", asked, &secret).map_err(|failure| bench.failed(&failure))?;
        bench.same(&sealed[..], body, told)?;
        let mut bad = body.to_vec();
        bad[round % body.len()] ^= 1;
        let opened = crypto.skcipher("kw(aes)", Cipher { key: &key, iv, decrypt: true, pieces: 0 }, &bad);
        bench.same(opened.is_err(), true, || format!("a changed bit in {}", told()))?;
    }
    Ok(())
}

/// Adiantum with XChaCha12 and AES-256.
fn adiantum(key: &[u8], tweak: &[u8], data: &mut [u8]) -> Option<()> {
    let stream = |nonce: &[u8], data: &mut [u8]| {
        let mut padded = nonce.to_vec();
        padded.push(1);
        padded.resize(24, 0);
        XChaCha12::new_from_slices(key, &padded).ok().map(|mut cipher| cipher.apply_keystream(data))
    };
    let mut keys = vec![0; 32 + 16 + 1088];
    stream(&[], &mut keys)?;
    let aes = Keyed::new("aes", &keys[..32])?;
    let number = |bytes: &[u8]| u128::from_le_bytes(std::array::from_fn(|at| bytes[at]));
    let hash = |bulk: &[u8]| {
        let header = [&(bulk.len() as u128 * 8).to_le_bytes()[..], tweak].concat();
        let poly_key = [&keys[32..48], &[0; 16]].concat();
        let poly = <poly1305::Poly1305 as cipher::KeyInit>::new_from_slice(&poly_key).ok()?;
        Some(number(&poly.compute_unpadded(&header)).wrapping_add(number(&nhpoly1305(&keys[48..], bulk))))
    };
    let split = data.len() - 16;
    let (bulk, end) = data.split_at_mut(split);
    let mut middle = number(end).wrapping_add(hash(bulk)?).to_le_bytes();
    aes.encrypt(&mut middle);
    stream(&middle, bulk)?;
    end.copy_from_slice(&number(&middle).wrapping_sub(hash(bulk)?).to_le_bytes());
    Some(())
}
