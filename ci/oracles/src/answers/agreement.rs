//! Key agreement through the crypto API: `set_secret`, `generate_public_key`, `compute_shared_secret`
//! (include/crypto/kpp.h).

use abi::offsets::{crypto_async_request, crypto_tfm, kpp_alg, kpp_request, scatterlist};

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::{Function, of},
    inputs::Random,
};

/// Secret, and the other's public key where there is one: public key or shared secret.
type Oracle = fn(&[u8], Option<&[u8]>) -> Option<Vec<u8>>;

/// All of them.
pub fn checks() -> Vec<Check> {
    vec![
        check(
            &["curve25519-generic", "libcurve25519-generic"],
            "curve25519-generic",
            32,
            "crate x25519-dalek",
            x25519,
        ),
        check(&["curve25519-x86_64"], "curve25519-x86", 32, "crate x25519-dalek", x25519),
        check(&["ecdh_generic", "ecc"], "ecdh-nist-p256-generic", 64, "crate p256", p256),
        check(&["ecdh_generic", "ecc"], "ecdh-nist-p384-generic", 96, "crate p384", p384),
    ]
}

fn x25519(secret: &[u8], public: Option<&[u8]>) -> Option<Vec<u8>> {
    let public =
        public.map_or(Some(x25519_dalek::X25519_BASEPOINT_BYTES), |public| public.try_into().ok())?;
    Some(x25519_dalek::x25519(secret.try_into().ok()?, public).to_vec())
}

macro_rules! nist {
    ($curve:ident) => {
        fn $curve(secret: &[u8], public: Option<&[u8]>) -> Option<Vec<u8>> {
            use $curve::elliptic_curve::sec1::ToSec1Point;
            let secret = $curve::SecretKey::from_slice(secret).ok()?;
            let Some(public) = public else {
                return Some(secret.public_key().to_sec1_point(false).as_bytes()[1..].to_vec());
            };
            let public = $curve::PublicKey::from_sec1_bytes(&[&[4], public].concat()).ok()?;
            let shared = $curve::ecdh::diffie_hellman(secret.to_nonzero_scalar(), public.as_affine());
            Some(shared.raw_secret_bytes().to_vec())
        }
    };
}
nist!(p256);
nist!(p384);

/// The secret as `set_secret` wants it: the curves of NIST have a struct kpp_secret of type ECDH before it, which says
/// how long all is, and then how long the key is.
fn packed(driver: &str, secret: &[u8]) -> Vec<u8> {
    if !driver.starts_with("ecdh") {
        return secret.to_vec();
    }
    let (all, size) = (6 + secret.len() as u16, secret.len() as u16);
    [&2u16.to_le_bytes()[..], &all.to_le_bytes(), &size.to_le_bytes(), secret].concat()
}

fn check(
    modules: &[&'static str],
    driver: &'static str,
    size: usize,
    against: &'static str,
    oracle: Oracle,
) -> Check {
    Check::new(modules, driver, against, move |bench| {
        let mut random = Random::new(driver);
        let length = if driver.starts_with("ecdh") { size / 2 } else { size };
        for _ in 0..10 {
            let [mine, theirs] = [(); 2].map(|()| {
                let mut secret = random.bytes(length);
                // Below every order, whichever end is the high one; and clamped, as x25519 wants it.
                let last = length - 1;
                (secret[0], secret[last]) = (secret[0] & 0x78, secret[last] & 0x3f | 0x40);
                secret
            });
            let asked = || silent("the oracle does not take such a key");
            let their_public = oracle(&theirs, None).ok_or_else(asked)?;
            let expected = [oracle(&mine, None), oracle(&mine, Some(&their_public))]
                .map(|answer| answer.ok_or_else(asked));
            let answers = agree(bench, driver, &packed(driver, &mine), &their_public)?;
            for (answer, expected) in answers.into_iter().zip(expected) {
                let expected = expected?;
                bench
                    .same(&answer[..expected.len()], &expected[..], || format!("{driver} of {mine:02x?}"))?;
            }
        }
        Ok(())
    })
}

/// The public key of `secret`, and what it shares with the owner of `public`; both with room to spare behind them.
fn agree(bench: &Bench, driver: &str, secret: &[u8], public: &[u8]) -> Result<[Vec<u8>; 2], Trouble> {
    let (alloc, destroy) = (bench.function("crypto_alloc_kpp")?, bench.function("crypto_destroy_tfm")?);
    let (take, give, list) =
        (bench.function("__kmalloc")?, bench.function("kfree")?, bench.function("sg_init_one")?);
    let name = [driver.as_bytes(), b"\0"].concat();
    bench.task(|| {
        // SAFETY: struct crypto_kpp *crypto_alloc_kpp(const char *alg_name, u32 type, u32 mask), whose tfm comes first; the
        // functions of its struct kpp_alg, the first of which are set_secret(tfm, buffer, len), generate_public_key(req)
        // and compute_shared_secret(req); void *__kmalloc(size_t size, gfp_t flags); sg_init_one(sg, buffer, length).
        unsafe {
            let tfm = alloc.call([of(&name), 0, 0]);
            if tfm as i64 >= -4095 && (tfm as i64) <= 0 {
                return Err(silent(format!("crypto_alloc_kpp(\"{driver}\") is {}", tfm as i64)));
            }
            let alg = ((tfm + crypto_tfm::ALG as u64) as *const u64).read() - kpp_alg::BASE as u64;
            let [set, generate, compute] = (alg as *const [u64; 3]).read().map(Function::at);
            let memory = take.call([4096, 0xcc0]);
            let at = |offset: usize| memory + offset as u64;
            std::ptr::copy_nonoverlapping(secret.as_ptr(), at(0) as *mut u8, secret.len());
            std::ptr::copy_nonoverlapping(public.as_ptr(), at(512) as *mut u8, public.len());
            let (from, to, request) = (at(2048), at(2048 + scatterlist::SIZE), at(3072));
            list.call([from, at(512), public.len() as u64]);
            list.call([to, at(1024), public.len() as u64]);
            let set = set.call([tfm, at(0), secret.len() as u64]) as i32;
            let ask = |function: Function, source: u64, length: usize| {
                (request as *mut u8).write_bytes(0, kpp_request::SIZE);
                (at(1024) as *mut u8).write_bytes(0, public.len());
                let field = |offset: usize| request + offset as u64;
                (field(crypto_async_request::TFM) as *mut u64).write(tfm);
                (field(kpp_request::SRC) as *mut u64).write(source);
                (field(kpp_request::DST) as *mut u64).write(to);
                (field(kpp_request::SRC_LEN) as *mut [u32; 2]).write([length as u32, public.len() as u32]);
                let result = function.call([request]) as i32;
                let answer = std::slice::from_raw_parts(at(1024) as *const u8, public.len()).to_vec();
                if result == 0 { Ok(answer) } else { Err(result) }
            };
            let answers = [ask(generate, 0, 0), ask(compute, from, public.len())];
            give.call([memory]);
            destroy.call([tfm, tfm]);
            match (set, answers) {
                (0, [Ok(public), Ok(shared)]) => Ok([public, shared]),
                (set, answers) => Err(silent(format!("set_secret() returned {set}, the others {answers:?}"))),
            }
        }
    })?
}
