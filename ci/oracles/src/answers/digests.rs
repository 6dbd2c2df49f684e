//! Hashes and keyed hashes of crypto/ and their x86 twins.

use digest::{Digest, KeyInit, Mac};
use ghash::{GHash, universal_hash::UniversalHash};

use super::{
    check::Check,
    macs,
    shash::{check, check_keyed},
};

const RUSTCRYPTO: &str = "RustCrypto's hashes";

fn hash<D: Digest>(data: &[u8]) -> Vec<u8> {
    D::digest(data).to_vec()
}

/// A hash that is the beginning of another, longer one.
fn cut<D: Digest, const LENGTH: usize>(data: &[u8]) -> Vec<u8> {
    D::digest(data)[..LENGTH].to_vec()
}

fn mac<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    let keyed = <M as KeyInit>::new_from_slice(key);
    keyed.map(|mac| mac.chain_update(data).finalize().into_bytes().to_vec()).unwrap_or_default()
}

/// All of them.
pub fn checks() -> Vec<Check> {
    let mut checks = plain();
    checks.extend(vectorised());
    checks.extend(keyed());
    checks
}

fn plain() -> Vec<Check> {
    use blake2::Blake2b;
    use blake2::digest::consts::{U20, U32, U48, U64};
    let of = |module, drivers, oracle| check(&[module], drivers, None, RUSTCRYPTO, oracle);
    vec![
        of("md4", &["md4-generic"], hash::<md4::Md4>),
        of("rmd160", &["rmd160-generic"], hash::<ripemd::Ripemd160>),
        of("sha512_generic", &["sha512-generic"], hash::<sha2::Sha512>),
        of("sha512_generic", &["sha384-generic"], hash::<sha2::Sha384>),
        of("sha3_generic", &["sha3-224-generic"], hash::<sha3::Sha3_224>),
        of("sha3_generic", &["sha3-256-generic"], hash::<sha3::Sha3_256>),
        of("sha3_generic", &["sha3-384-generic"], hash::<sha3::Sha3_384>),
        of("sha3_generic", &["sha3-512-generic"], hash::<sha3::Sha3_512>),
        of("blake2b_generic", &["blake2b-160-generic"], hash::<Blake2b<U20>>),
        of("blake2b_generic", &["blake2b-256-generic"], hash::<Blake2b<U32>>),
        of("blake2b_generic", &["blake2b-384-generic"], hash::<Blake2b<U48>>),
        of("blake2b_generic", &["blake2b-512-generic"], hash::<Blake2b<U64>>),
        of("wp512", &["wp512-generic"], hash::<whirlpool::Whirlpool>),
        of("wp512", &["wp384-generic"], cut::<whirlpool::Whirlpool, 48>),
        of("wp512", &["wp256-generic"], cut::<whirlpool::Whirlpool, 32>),
        of("streebog_generic", &["streebog256-generic"], hash::<streebog::Streebog256>),
        of("streebog_generic", &["streebog512-generic"], hash::<streebog::Streebog512>),
    ]
}

/// Which of them there are is the processor's affair.
fn vectorised() -> Vec<Check> {
    let of = |module, drivers, oracle| check(&[module], drivers, None, RUSTCRYPTO, oracle);
    vec![
        of("sha1-ssse3", &["sha1-ssse3", "sha1-avx", "sha1-avx2", "sha1-ni"], hash::<sha1::Sha1>),
        of("sha256-ssse3", &["sha256-ssse3", "sha256-avx", "sha256-avx2", "sha256-ni"], hash::<sha2::Sha256>),
        of("sha256-ssse3", &["sha224-ssse3", "sha224-avx", "sha224-avx2", "sha224-ni"], hash::<sha2::Sha224>),
        of("sha512-ssse3", &["sha512-ssse3", "sha512-avx", "sha512-avx2"], hash::<sha2::Sha512>),
        of("sha512-ssse3", &["sha384-ssse3", "sha384-avx", "sha384-avx2"], hash::<sha2::Sha384>),
    ]
}

fn keyed() -> Vec<Check> {
    use blake2::Blake2bMac;
    use blake2::digest::consts::{U32, U64};
    vec![
        check_keyed(&["xxhash_generic"], "xxhash64-generic", &[8], "crate twox-hash", |key, data| {
            let seed = u64::from_le_bytes(std::array::from_fn(|at| key[at]));
            twox_hash::XxHash64::oneshot(seed, data).to_le_bytes().to_vec()
        }),
        check_keyed(
            &["blake2b_generic"],
            "blake2b-256-generic",
            &[1, 16, 64],
            RUSTCRYPTO,
            mac::<Blake2bMac<U32>>,
        ),
        check_keyed(
            &["blake2b_generic"],
            "blake2b-512-generic",
            &[7, 32, 64],
            RUSTCRYPTO,
            mac::<Blake2bMac<U64>>,
        ),
        check_keyed(&["ghash-generic", "gf128mul"], "ghash-generic", &[16], "crate ghash", ghash),
        check_keyed(&["ghash-clmulni-intel"], "__ghash-pclmulqdqni", &[16], "crate ghash", ghash),
        macs::poly1305(&["poly1305_generic", "libpoly1305"], "poly1305-generic"),
        macs::poly1305(&["poly1305-x86_64"], "poly1305-simd"),
        check_keyed(&["cmac"], "cmac(aes)", &[16, 24, 32], "crate cmac", |key, data| match key.len() {
            16 => mac::<cmac::Cmac<aes::Aes128>>(key, data),
            24 => mac::<cmac::Cmac<aes::Aes192>>(key, data),
            _ => mac::<cmac::Cmac<aes::Aes256>>(key, data),
        }),
        check_keyed(&["xcbc"], "xcbc(aes)", &[16], "RFC 3566 on crate aes", macs::xcbc),
        check_keyed(
            &["michael_mic"],
            "michael_mic-generic",
            &[8],
            "IEEE 802.11, written anew",
            macs::michael,
        ),
        macs::michael_vectors(),
        macs::vmac(),
        check_keyed(
            &["nhpoly1305"],
            "nhpoly1305-generic",
            &[1088],
            "the paper on Adiantum, written anew",
            macs::nhpoly1305,
        ),
        check_keyed(
            &["nhpoly1305-sse2"],
            "nhpoly1305-sse2",
            &[1088],
            "the paper on Adiantum, written anew",
            macs::nhpoly1305,
        ),
        check_keyed(
            &["nhpoly1305-avx2"],
            "nhpoly1305-avx2",
            &[1088],
            "the paper on Adiantum, written anew",
            macs::nhpoly1305,
        ),
    ]
}

fn ghash(key: &[u8], data: &[u8]) -> Vec<u8> {
    let hash = <GHash as KeyInit>::new_from_slice(key);
    let padded = |mut hash: GHash| {
        hash.update_padded(data);
        hash.finalize().to_vec()
    };
    hash.map(padded).unwrap_or_default()
}
