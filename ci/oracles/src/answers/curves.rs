//! Elliptic curves and the long numbers beneath them: crypto/ecc.

use num_bigint::BigUint;
use p256::elliptic_curve::sec1::ToSec1Point;

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::{of, to},
    inputs::Random,
};

/// All of them.
pub fn checks() -> Vec<Check> {
    vec![
        Check::new(&["ecc"], "vli_*(), numbers of 192 to 384 bits", "crate num-bigint", numbers),
        Check::new(
            &["ecc"],
            "public keys and shared secrets on P-256 and P-384",
            "crates p256 and p384",
            keys,
        ),
    ]
}

fn number(digits: &[u64]) -> BigUint {
    BigUint::from_slice(
        &digits.iter().flat_map(|digit| [*digit as u32, (digit >> 32) as u32]).collect::<Vec<u32>>(),
    )
}

fn digits(random: &mut Random, count: usize) -> Vec<u64> {
    (0..count).map(|_| random.next()).collect()
}

fn at(digits: &[u64]) -> u64 {
    digits.as_ptr() as u64
}

fn numbers(bench: &Bench) -> Result<(), Trouble> {
    let [multiply, invert] = [bench.function("vli_mod_mult_slow")?, bench.function("vli_mod_inv")?];
    let [subtract, bits] = [bench.function("vli_sub")?, bench.function("vli_num_bits")?];
    let (compare, load) = (bench.function("vli_cmp")?, bench.function("vli_from_be64")?);
    let mut random = Random::new("vli");
    for round in 0..300 {
        let count = 3 + round % 4;
        let [mut a, mut b, mut modulus] = [(); 3].map(|()| digits(&mut random, count));
        // An odd modulus with its highest bit set; numbers below it.
        (modulus[0], modulus[count - 1]) = (modulus[0] | 1, modulus[count - 1] | 1 << 63);
        (a[count - 1], b[count - 1]) = (a[count - 1] >> 1, b[count - 1] >> (round % 64));
        let [mut product, mut inverse, mut difference, mut loaded] = [(); 4].map(|()| vec![0u64; count]);
        let bytes: Vec<u8> = a.iter().rev().flat_map(|digit| digit.to_be_bytes()).collect();
        // SAFETY: void vli_mod_mult_slow(u64 *result, const u64 *left, const u64 *right, const u64 *mod, unsigned int
        // ndigits), vli_mod_inv(result, input, mod, ndigits), u64 vli_sub(result, left, right, ndigits), unsigned int
        // vli_num_bits(vli, ndigits), int vli_cmp(left, right, ndigits), vli_from_be64(dest, src, ndigits)
        let (borrow, length, order) = bench.task(|| unsafe {
            let n = count as u64;
            multiply.call([product.as_mut_ptr() as u64, at(&a), at(&b), at(&modulus), n]);
            invert.call([inverse.as_mut_ptr() as u64, at(&a), at(&modulus), n]);
            load.call([loaded.as_mut_ptr() as u64, bytes.as_ptr() as u64, n]);
            let borrow = subtract.call([difference.as_mut_ptr() as u64, at(&a), at(&b), n]);
            (borrow, bits.call([at(&b), n]) as u32, compare.call([at(&a), at(&b), n]) as i32)
        })?;
        let (x, y, m) = (number(&a), number(&b), number(&modulus));
        let told = || format!("{x:x}, {y:x} modulo {m:x}");
        bench.same(number(&product), &x * &y % &m, told)?;
        bench.same(loaded, a.clone(), told)?;
        bench.same(u64::from(length), y.bits(), told)?;
        bench.same(order.signum(), x.cmp(&y) as i32, told)?;
        bench.same(borrow != 0, x < y, told)?;
        let whole = BigUint::from(1u8) << (64 * count);
        bench.same(number(&difference), (&x + &whole - &y) % &whole, told)?;
        if let Some(expected) = x.modinv(&m) {
            bench.same(number(&inverse), expected, told)?;
        }
    }
    Ok(())
}

/// Keys are given with the highest byte first, whatever their type says.
fn keys(bench: &Bench) -> Result<(), Trouble> {
    let (public, shared) =
        (bench.function("ecc_make_pub_key")?, bench.function("crypto_ecdh_shared_secret")?);
    let mut random = Random::new("ecdh");
    macro_rules! curve {
        ($curve:ident, $id:literal, $size:literal) => {
            for _ in 0..12 {
                let [mut mine, mut theirs] = [random.bytes($size), random.bytes($size)];
                // Below the order, which begins with ones.
                (mine[0], theirs[0]) = (mine[0] & 0x7f, theirs[0] & 0x7f);
                let key = |bytes: &[u8]| $curve::SecretKey::from_slice(bytes).map_err(|error| silent(error.to_string()));
                let (my_key, their_key) = (key(&mine)?, key(&theirs)?);
                let point = |key: &$curve::SecretKey| key.public_key().to_sec1_point(false).as_bytes()[1..].to_vec();
                let (mut made, mut secret, their_point) = (vec![0; 2 * $size], vec![0; $size], point(&their_key));
                // SAFETY: int ecc_make_pub_key(unsigned int curve_id, unsigned int ndigits, const u64 *private_key, u64
                // *public_key), crypto_ecdh_shared_secret(curve_id, ndigits, private_key, public_key, u64 *secret)
                let results = bench.task(|| unsafe {
                    let n = $size / 8;
                    let made = public.call([$id, n, of(&mine), to(&mut made)]) as i32;
                    (made, shared.call([$id, n, of(&mine), of(&their_point), to(&mut secret)]) as i32)
                })?;
                let told = || format!("a key on {}", stringify!($curve));
                bench.same(results, (0, 0), told)?;
                bench.same(made, point(&my_key), told)?;
                let their_public = their_key.public_key();
                let expected = $curve::ecdh::diffie_hellman(my_key.to_nonzero_scalar(), their_public.as_affine());
                bench.same(secret, expected.raw_secret_bytes().to_vec(), told)?;
            }
        };
    }
    // ECC_CURVE_NIST_P256 and ECC_CURVE_NIST_P384
    curve!(p256, 2, 32);
    curve!(p384, 3, 48);
    Ok(())
}
