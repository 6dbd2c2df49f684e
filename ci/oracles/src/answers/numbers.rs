//! Numbers: rotations, products in GF(2^128), and a cache that forgets what was least recently used.

use std::num::NonZeroUsize;

use ghash::{GHash, universal_hash::UniversalHash};
use lru::LruCache;

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::{of, to},
    inputs::Random,
};

/// All of them.
pub fn checks() -> Vec<Check> {
    vec![
        Check::new(&["cordic"], "cordic_calc_iq()", "sine and cosine of this computer", cordic),
        Check::new(&["gf128mul"], "products in three conventions", "crate ghash, and own shifts", |bench| {
            products(bench)?;
            tables(bench)?;
            shifts(bench)
        }),
        Check::new(&["lru_cache"], "lc_get(), lc_put(), lc_find()", "crate lru", cache),
    ]
}

fn cordic(bench: &Bench) -> Result<(), Trouble> {
    let function = bench.function("cordic_calc_iq")?;
    // SAFETY: struct cordic_iq cordic_calc_iq(s32 theta); both halves are returned in one register.
    let calculate = |theta: i32| unsafe { function.call([theta as u32 as u64]) };
    let answers = bench.task(|| (-720..=720).map(|theta| (theta, calculate(theta))).collect::<Vec<_>>())?;
    for (theta, answer) in answers {
        let angle = f64::from(theta).to_radians();
        for (part, expected) in [(answer as i32, angle.cos()), ((answer >> 32) as i32, angle.sin())] {
            // Eighteen steps of a rotation in 16 bits of fraction, each cut off.
            let error = (f64::from(part) - expected * 65536.0).abs();
            bench.same(error < 24.0, true, || format!("{theta} degrees: {part} for {expected}"))?;
        }
    }
    Ok(())
}

/// The product of two elements as GHASH writes them.
fn product(a: [u8; 16], b: [u8; 16]) -> [u8; 16] {
    let mut hash = GHash::new(&a.into());
    hash.update(&[b.into()]);
    hash.finalize().into()
}

/// The product of two elements with their bits in the other order, the highest first.
pub fn product_bbe(a: [u8; 16], b: [u8; 16]) -> [u8; 16] {
    reversed(product(reversed(a), reversed(b)))
}

/// The same elements with their bits written in the other order.
fn reversed(element: [u8; 16]) -> [u8; 16] {
    u128::from_be_bytes(element).reverse_bits().to_be_bytes()
}

/// An element to multiply with: random, or one with a single bit.
fn element(random: &mut Random, round: usize) -> [u8; 16] {
    match round {
        0..128 => (1u128 << round).to_be_bytes(),
        _ => std::array::from_fn(|_| random.next() as u8),
    }
}

fn products(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("gf128");
    for (name, is_reversed) in [("gf128mul_lle", false), ("gf128mul_bbe", true)] {
        let function = bench.function(name)?;
        for round in 0..600 {
            let (a, b) = (element(&mut random, round), element(&mut random, 128));
            let mut answer = a;
            // SAFETY: void gf128mul_lle(be128 *a, const be128 *b)
            bench.task(|| unsafe { function.call([to(&mut answer), of(&b)]) })?;
            let expected = if is_reversed { product_bbe(a, b) } else { product(a, b) };
            bench.same(answer, expected, || format!("{name}() of {a:02x?} and {b:02x?}"))?;
        }
    }
    Ok(())
}

fn tables(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("tables");
    for (name, is_reversed) in [("4k_lle", false), ("4k_bbe", true), ("64k_bbe", true)] {
        let init = bench.function(&format!("gf128mul_init_{name}"))?;
        let multiply = bench.function(&format!("gf128mul_{name}"))?;
        for round in 0..8 {
            let factor = element(&mut random, 128 + round);
            // SAFETY: struct gf128mul_4k *gf128mul_init_4k_lle(const be128 *g)
            let table = bench.task(|| unsafe { init.call([of(&factor)]) })?;
            for round in 0..200 {
                let a = element(&mut random, round);
                let mut answer = a;
                // SAFETY: void gf128mul_4k_lle(be128 *a, const struct gf128mul_4k *t)
                bench.task(|| unsafe { multiply.call([to(&mut answer), table]) })?;
                let expected = if is_reversed {
                    reversed(product(reversed(a), reversed(factor)))
                } else {
                    product(a, factor)
                };
                bench.same(answer, expected, || format!("{name} of {a:02x?} and {factor:02x?}"))?;
            }
            if name == "64k_bbe" {
                let free = bench.function("gf128mul_free_64k")?;
                // SAFETY: void gf128mul_free_64k(struct gf128mul_64k *t)
                bench.task(|| unsafe { free.call([table]) })?;
            }
        }
    }
    Ok(())
}

fn shifts(bench: &Bench) -> Result<(), Trouble> {
    let (function, mut random) = (bench.function("gf128mul_x8_ble")?, Random::new("shifts"));
    for round in 0..300 {
        let number = element(&mut random, round);
        let mut answer = [0; 16];
        // SAFETY: void gf128mul_x8_ble(le128 *r, const le128 *x)
        bench.task(|| unsafe { function.call([to(&mut answer), of(&number)]) })?;
        let double = |x: u128| x << 1 ^ if x >> 127 == 1 { 0x87 } else { 0 };
        let expected = (0..8).fold(u128::from_le_bytes(number), |x, _| double(x)).to_le_bytes();
        bench.same(answer, expected, || format!("gf128mul_x8_ble() of {number:02x?}"))?;
    }
    Ok(())
}

fn cache(bench: &Bench) -> Result<(), Trouble> {
    /// `sizeof(struct lc_element)`.
    const ELEMENT: u64 = 48;
    let slab = bench.function("kmem_cache_create")?;
    let [create, destroy] = [bench.function("lc_create")?, bench.function("lc_destroy")?];
    let [get, put, find] = [bench.function("lc_get")?, bench.function("lc_put")?, bench.function("lc_find")?];
    let committed = bench.function("lc_committed")?;
    let mut random = Random::new("lru");
    for capacity in [1usize, 7, 61] {
        // SAFETY: kmem_cache_create(name, size, align, flags, ctor); struct lru_cache *lc_create(const char *name, struct
        // kmem_cache *cache, unsigned max_pending_changes, unsigned e_count, size_t e_size, size_t e_off)
        let lru = bench.task(|| unsafe {
            let slab = slab.call([of(b"elements\0"), ELEMENT, 8, 0, 0]);
            create.call([of(b"lru\0"), slab, 1, capacity as u64, ELEMENT, 0])
        })?;
        if lru == 0 {
            return Err(silent("lc_create() returned NULL"));
        }
        let mut model = LruCache::new(NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN));
        for step in 0..3000 {
            let label = random.below(capacity * 2) as u32;
            // SAFETY: struct lc_element *lc_find(lc, enr), lc_get(lc, enr), void lc_committed(lc), lc_put(lc, element);
            // everything within one task, so nothing runs in between.
            let (was_there, element) = bench.task(|| unsafe {
                let there = find.call([lru, label.into()]) != 0;
                let element = get.call([lru, label.into()]);
                if element != 0 {
                    committed.call([lru]);
                    put.call([lru, element]);
                }
                (there, element)
            })?;
            let told = || format!("{capacity} elements, step {step}, label {label}");
            bench.same(was_there, model.get(&label).is_some(), told)?;
            // Its index stays while it is there, and is one of those that there are: what DRBD writes to disk.
            let index = bench.function("lc_index_of")?;
            // SAFETY: unsigned int lc_index_of(struct lru_cache *lc, struct lc_element *e)
            let index = bench.task(|| unsafe { index.call([lru, element]) as u32 })?;
            bench.same((index as usize) < capacity, true, told)?;
            let known = *model.get_or_insert(label, || index);
            bench.same(index, known, told)?;
        }
        // SAFETY: void lc_destroy(struct lru_cache *lc)
        bench.task(|| unsafe { destroy.call([lru]) })?;
    }
    Ok(())
}
