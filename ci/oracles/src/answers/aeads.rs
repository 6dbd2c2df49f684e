//! Authenticated ciphers through the crypto API. Everything sealed has to be what the oracle seals, be opened again,
//! and stay shut once a bit of it is changed.

use aes_gcm::{
    AesGcm,
    aead::{Aead, KeyInit, Payload, consts::U12},
};
use chacha20poly1305::ChaCha20Poly1305;
use digest::Mac;
use machine::services::Cipher;

use super::{
    aegis::aegis128,
    bench::Bench,
    blocks::Keyed,
    check::{Check, Trouble, silent},
    inputs::Random,
    modes,
};

/// Key, IV, associated data and message: what has to come of it, the tag behind it.
type Oracle = fn(&[u8], &[u8], &[u8], &[u8]) -> Option<Vec<u8>>;

/// How long things are.
#[derive(Clone, Copy)]
struct Shape {
    keys: &'static [usize],
    iv: usize,
    tag: usize,
    /// The associated data are at least so long, and the message a multiple of `unit`.
    least: usize,
    unit: usize,
}

/// All of them.
pub fn checks() -> Vec<Check> {
    let gcm_shape = Shape { keys: &[16, 24, 32], iv: 12, tag: 16, least: 0, unit: 1 };
    let ccm_shape = Shape { iv: 16, ..gcm_shape };
    let aegis_shape = Shape { keys: &[16], iv: 16, ..gcm_shape };
    let authenc_shape = Shape { keys: &[16, 24, 32], iv: 16, tag: 32, least: 0, unit: 16 };
    let esn_shape = Shape { least: 8, ..authenc_shape };
    let by_hand = "HMAC and AES of RustCrypto, put together by hand";
    let written = "the paper on AEGIS, written anew on crate aes";
    vec![
        check(&["gcm", "ghash-generic", "ctr"], "gcm(aes)", gcm_shape, "crate aes-gcm", gcm),
        check(&["aesni-intel"], "__generic-gcm-aesni", gcm_shape, "crate aes-gcm", gcm),
        check(&["ccm", "ctr"], "ccm(aes)", ccm_shape, "crate ccm", ccm),
        check(
            &["chacha20poly1305"],
            "rfc7539(chacha20,poly1305)",
            Shape { keys: &[32], ..gcm_shape },
            "crate chacha20poly1305",
            |key, iv, aad, msg| {
                let cipher = ChaCha20Poly1305::new_from_slice(key).ok()?;
                cipher.encrypt(&iv.try_into().ok()?, Payload { msg, aad }).ok()
            },
        ),
        check(&["aegis128"], "aegis128-generic", aegis_shape, written, aegis128),
        check(&["aegis128-aesni"], "__aegis128-aesni", aegis_shape, written, aegis128),
        check(&["authenc"], "authenc(hmac(sha256),cbc(aes))", authenc_shape, by_hand, |key, iv, aad, msg| {
            let (sealed, auth) = sealed(key, iv, msg)?;
            Some([sealed.clone(), hmac(&auth, &[aad, &sealed])?].concat())
        }),
        Check::new(&["seqiv", "gcm"], SEQIV, "crate aes-gcm, with the IV that came", |bench| {
            generated(bench, SEQIV, [20, 8, 1, 16], |key, iv, aad, msg| {
                let (key, salt) = key.split_at(16);
                gcm(key, &[salt, iv].concat(), aad, msg)
            })
        }),
        Check::new(&["echainiv", "authenc"], ECHAINIV, by_hand, |bench| {
            generated(bench, ECHAINIV, [32, 16, 16, 32], |key, iv, aad, msg| {
                let (sealed, auth) = sealed(key, iv, msg)?;
                Some([sealed.clone(), hmac(&auth, &[aad, iv, &sealed])?].concat())
            })
        }),
        check(
            &["authencesn"],
            "authencesn(hmac(sha256),cbc(aes))",
            esn_shape,
            by_hand,
            |key, iv, aad, msg| {
                // The upper half of the sequence number is sealed as if it stood at the end (RFC 4303, 2.2.1).
                let (sealed, auth) = sealed(key, iv, msg)?;
                Some([sealed.clone(), hmac(&auth, &[&aad[..4], &aad[8..], &sealed, &aad[4..8]])?].concat())
            },
        ),
    ]
}

const SEQIV: &str = "seqiv(rfc4106(gcm(aes)))";
const ECHAINIV: &str = "echainiv(authenc(hmac(sha256),cbc(aes)))";

/// Templates that make an IV from the number of the message, with a secret of their own: it stands before what is
/// sealed, which has to be what the oracle seals with it.
///
/// The sizes are those of key, IV, a block and the tag.
fn generated(
    bench: &Bench,
    algorithm: &str,
    [key, iv, unit, tag]: [usize; 4],
    oracle: Oracle,
) -> Result<(), Trouble> {
    let crypto = bench.kernel().machine().crypto();
    let mut random = Random::new(algorithm);
    let mut seen = Vec::new();
    for round in 0..60usize {
        let (key, number, aad, message) = (
            random.bytes(key),
            random.bytes(iv),
            random.bytes([8, 12][round % 2]),
            random.bytes(round * unit),
        );
        let given = if algorithm == SEQIV { key.clone() } else { both_keys(&key) };
        let asked = Cipher { key: &given, iv: &number, decrypt: false, pieces: 0 };
        let padded = [&vec![0; iv], message.as_slice()].concat();
        let answer = crypto.aead(algorithm, asked, tag, &aad, &padded);
        let answer = answer.map_err(|failure| bench.failed(&failure))?;
        let (made, sealed) = answer.split_at(iv);
        let expected =
            oracle(&key, made, &aad, &message).ok_or_else(|| silent("the oracle takes no such key"))?;
        let told = || format!("{algorithm}: {} bytes", message.len());
        bench.same(sealed, &expected[..], told)?;
        bench.same(seen.contains(&made.to_vec()), false, || format!("{}, an IV used twice", told()))?;
        seen.push(made.to_vec());
    }
    Ok(())
}

fn gcm(key: &[u8], iv: &[u8], aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
    let payload = Payload { msg, aad };
    let iv = iv.try_into().ok()?;
    match key.len() {
        16 => AesGcm::<aes::Aes128, U12>::new_from_slice(key).ok()?.encrypt(&iv, payload).ok(),
        24 => AesGcm::<aes::Aes192, U12>::new_from_slice(key).ok()?.encrypt(&iv, payload).ok(),
        _ => AesGcm::<aes::Aes256, U12>::new_from_slice(key).ok()?.encrypt(&iv, payload).ok(),
    }
}

/// The kernel's IV begins with how long the length is, less one, and ends with room for the counter.
fn ccm(key: &[u8], iv: &[u8], aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
    use ccm::{
        Ccm,
        consts::{U13, U16},
    };
    let payload = Payload { msg, aad };
    let iv = iv[1..14].try_into().ok()?;
    match key.len() {
        16 => Ccm::<aes::Aes128, U16, U13>::new_from_slice(key).ok()?.encrypt(&iv, payload).ok(),
        24 => Ccm::<aes::Aes192, U16, U13>::new_from_slice(key).ok()?.encrypt(&iv, payload).ok(),
        _ => Ccm::<aes::Aes256, U16, U13>::new_from_slice(key).ok()?.encrypt(&iv, payload).ok(),
    }
}

/// The key of authenc: a struct rtattr that says what follows, the length of the cipher's key, both keys.
fn both_keys(key: &[u8]) -> Vec<u8> {
    let header = [8, 0, 1, 0, 0, 0, 0, key.len() as u8];
    [&header[..], &authentication(key), key].concat()
}

/// A key for the hash, made of the cipher's.
fn authentication(key: &[u8]) -> Vec<u8> {
    key.iter().map(|byte| byte ^ 0x5c).chain([1, 2, 3, 4]).collect()
}

fn sealed(key: &[u8], iv: &[u8], msg: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut sealed = msg.to_vec();
    modes::cbc(&Keyed::new("aes", key)?, iv, &mut sealed, false);
    Some((sealed, authentication(key)))
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Option<Vec<u8>> {
    let mut mac = <hmac::Hmac<sha2::Sha256> as KeyInit>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac.finalize().into_bytes().to_vec())
}

fn check(
    modules: &[&'static str],
    algorithm: &'static str,
    shape: Shape,
    against: &'static str,
    oracle: Oracle,
) -> Check {
    Check::new(modules, algorithm, against, move |bench| messages(bench, algorithm, shape, oracle))
}

fn messages(bench: &Bench, algorithm: &str, shape: Shape, oracle: Oracle) -> Result<(), Trouble> {
    let crypto = bench.kernel().machine().crypto();
    let mut random = Random::new(algorithm);
    let lengths = (0..=100).chain([127, 128, 129, 255, 256, 300, 511, 512, 1000, 1024, 4095, 4096, 5000]);
    for (round, length) in lengths.enumerate() {
        let length = (length / shape.unit + usize::from(shape.unit > 1)) * shape.unit;
        let key = random.bytes(shape.keys[round % shape.keys.len()]);
        let mut iv = random.bytes(shape.iv);
        if algorithm.starts_with("ccm") {
            iv[0] = 1;
        }
        let size = shape.least + random.below(60);
        let (associated, message) = (random.bytes(size), random.bytes(length));
        let expected = oracle(&key, &iv, &associated, &message);
        let expected = expected.ok_or_else(|| silent("the oracle does not take such a key"))?;
        let given = if algorithm.starts_with("authenc") { both_keys(&key) } else { key.clone() };
        let pieces = [0, 0, 13, 64][round % 4];
        let asked = Cipher { key: &given, iv: &iv, decrypt: false, pieces };
        let told = || format!("{algorithm}: {length} bytes and {size} more, key of {}", key.len());
        let answer = crypto.aead(algorithm, asked, shape.tag, &associated, &message);
        bench.same(&answer.map_err(|failure| bench.failed(&failure))?, &expected, told)?;
        for is_bad in [false, true] {
            let mut sealed = expected.clone();
            let at = random.below(sealed.len());
            sealed[at] ^= u8::from(is_bad);
            let opened =
                crypto.aead(algorithm, Cipher { decrypt: true, ..asked }, shape.tag, &associated, &sealed);
            match opened {
                Ok(opened) => bench.same((&opened, false), (&message, is_bad), told)?,
                Err(failure) => {
                    let bad = failure == abi::Errno::EBADMSG.into();
                    bench.same(bad && is_bad, true, || format!("{failure} from opening {}", told()))?;
                }
            }
        }
    }
    Ok(())
}
