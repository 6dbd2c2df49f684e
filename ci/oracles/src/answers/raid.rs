//! raid6_pq and xor: P and Q of every routine set that this processor has, and the recovery of what is lost, against
//! arithmetic in GF(2^8) that multiplies bit by bit.

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::Function,
    inputs::Random,
};

/// All of them.
pub fn checks() -> Vec<Check> {
    const BYTEWISE: &str = "own arithmetic bit by bit";
    vec![
        Check::new(&["raid6_pq"], "tables, P and Q of every routine set, recovery", BYTEWISE, |bench| {
            tables(bench)?;
            syndromes(bench)?;
            recovery(bench)
        }),
        Check::new(&["xor"], "xor_blocks() and every template", BYTEWISE, |bench| {
            blocks(bench)?;
            templates(bench)
        }),
    ]
}

/// The product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1.
fn times(a: u8, b: u8) -> u8 {
    let (mut product, mut a) = (0, u16::from(a));
    for bit in 0..8 {
        if b >> bit & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 0x100 != 0 {
            a ^= 0x11d;
        }
    }
    product as u8
}

fn tables(bench: &Bench) -> Result<(), Trouble> {
    // SAFETY: exported arrays of those sizes.
    let read = |name: &str, size: usize| unsafe {
        Ok::<_, Trouble>(std::slice::from_raw_parts(bench.symbol(name)? as *const u8, size).to_vec())
    };
    let (product, exp) = (read("raid6_gfmul", 65536)?, read("raid6_gfexp", 256)?);
    let (log, inverse) = (read("raid6_gflog", 256)?, read("raid6_gfinv", 256)?);
    for a in 0..=255u8 {
        for b in 0..=255u8 {
            let entry = product[usize::from(a) << 8 | usize::from(b)];
            bench.same(entry, times(a, b), || format!("gfmul[{a}][{b}]"))?;
        }
        let power = (0..a).fold(1, |power, _| times(power, 2));
        if a < 255 {
            bench.same(exp[usize::from(a)], power, || format!("gfexp[{a}]"))?;
            bench.same(log[usize::from(power)], a, || format!("gflog[{power}]"))?;
        }
        if a > 0 {
            bench.same(times(a, inverse[usize::from(a)]), 1, || format!("{a} times gfinv[{a}]"))?;
        }
    }
    Ok(())
}

/// Data blocks with P and Q behind them, as md gives them: an array of pointers.
pub struct Stripe {
    /// Data, then P and Q.
    pub blocks: Vec<Vec<u8>>,
    /// Aligned as pages are, which the vector routines rely on.
    pages: Vec<Page>,
}

#[derive(Clone)]
#[repr(align(4096))]
struct Page([u8; 4096]);

impl Stripe {
    /// Random data with the right P and Q.
    pub fn new(random: &mut Random, disks: usize) -> Stripe {
        let data: Vec<Vec<u8>> = (0..disks - 2).map(|_| random.bytes(4096)).collect();
        Stripe::of(&data)
    }

    /// The stripe of these data blocks.
    fn of(data: &[Vec<u8>]) -> Stripe {
        let mut blocks = data.to_vec();
        let (mut p, mut q) = (vec![0; 4096], vec![0; 4096]);
        for (disk, block) in data.iter().enumerate() {
            let factor = (0..disk).fold(1, |power, _| times(power, 2));
            let products: Vec<u8> = (0..=255).map(|byte| times(factor, byte)).collect();
            for at in 0..4096 {
                p[at] ^= block[at];
                q[at] ^= products[usize::from(block[at])];
            }
        }
        blocks.extend([p, q]);
        Stripe { blocks, pages: Vec::new() }
    }

    /// Pointers to copies of the blocks, in which those of `lost` are noise.
    fn pointers(&mut self, lost: &[usize]) -> Vec<u64> {
        let page = |block: &Vec<u8>| Page(std::array::from_fn(|at| block[at]));
        self.pages = self.blocks.iter().map(page).collect();
        for &lost in lost {
            self.pages[lost].0.iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * 7) as u8 ^ 0x5a);
        }
        self.pages.iter_mut().map(|page| page.0.as_mut_ptr() as u64).collect()
    }

    /// Whether the copies are again what the blocks are.
    fn compare(&self, bench: &Bench, told: &str) -> Result<(), Trouble> {
        for (disk, (page, block)) in self.pages.iter().zip(&self.blocks).enumerate() {
            bench.same(&page.0[..], block, || format!("{told}: block {disk} of {}", self.blocks.len()))?;
        }
        Ok(())
    }
}

/// The members at the front of a struct raid6_calls or raid6_recov_calls, where there is one of that name that works
/// here: two functions, and the third says whether the processor has what it takes.
fn routines(bench: &Bench, name: &str) -> Result<Option<[u64; 2]>, Trouble> {
    let Ok(address) = bench.symbol(name) else { return Ok(None) };
    // SAFETY: a structure of at least three pointers.
    let [first, second, valid] = unsafe { (address as *const [u64; 3]).read() };
    // SAFETY: int (*valid)(void)
    let valid = valid == 0 || bench.task(|| unsafe { Function::at(valid).call([]) as i32 })? != 0;
    Ok(valid.then_some([first, second]))
}

fn syndromes(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("raid6");
    let sets =
        ["intx1", "intx2", "intx4", "intx8", "sse2x1", "sse2x2", "sse2x4", "avx2x1", "avx2x2", "avx2x4"];
    let mut found = 0;
    for set in sets.iter().chain(&["avx512x1", "avx512x2", "avx512x4"]) {
        let Some([generate, update]) = routines(bench, &format!("raid6_{set}"))? else { continue };
        found += 1;
        for disks in [4, 5, 8, 17, 24] {
            let mut stripe = Stripe::new(&mut random, disks);
            let pointers = stripe.pointers(&[disks - 2, disks - 1]);
            // SAFETY: void (*gen_syndrome)(int disks, size_t bytes, void **ptrs)
            bench.task(|| unsafe {
                Function::at(generate).call([disks as u64, 4096, pointers.as_ptr() as u64]);
            })?;
            stripe.compare(bench, &format!("{set} gen_syndrome"))?;
            if update != 0 {
                updated(bench, set, update, &mut random, disks)?;
            }
        }
    }
    if found < 4 { Err(silent(format!("only {found} routine sets work here"))) } else { Ok(()) }
}

/// xor_syndrome() adds the part of some disks to P and Q: with that part taken out first, it brings them back.
fn updated(bench: &Bench, set: &str, update: u64, random: &mut Random, disks: usize) -> Result<(), Trouble> {
    let (start, stop) = (1, disks - 3);
    let mut stripe = Stripe::new(random, disks);
    let whole = stripe.blocks.clone();
    for block in &mut stripe.blocks[start..=stop] {
        block.fill(0);
    }
    let without = Stripe::of(&stripe.blocks[..disks - 2]);
    stripe.blocks = whole.clone();
    stripe.blocks[disks - 2..].clone_from_slice(&without.blocks[disks - 2..]);
    let pointers = stripe.pointers(&[]);
    // SAFETY: void (*xor_syndrome)(int disks, int start, int stop, size_t bytes, void **ptrs)
    bench.task(|| unsafe {
        let pointers = pointers.as_ptr() as u64;
        Function::at(update).call([disks as u64, start as u64, stop as u64, 4096, pointers]);
    })?;
    stripe.blocks = whole;
    stripe.compare(bench, &format!("{set} xor_syndrome"))
}

fn recovery(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("recovery");
    let mut pairs = Vec::new();
    for set in ["intx1", "ssse3", "avx2", "avx512"] {
        let found = routines(bench, &format!("raid6_recov_{set}"))?;
        pairs.extend(found.map(|functions| (set, functions)));
    }
    // SAFETY: the exported pointers to the functions that were chosen at boot.
    let chosen = |name| Ok::<_, Trouble>(unsafe { (bench.symbol(name)? as *const u64).read() });
    pairs.push(("chosen", [chosen("raid6_2data_recov")?, chosen("raid6_datap_recov")?]));
    for (set, [two, one]) in pairs {
        let mut stripe = Stripe::new(&mut random, 9);
        let both = (0..7).flat_map(|a| (a + 1..7).map(move |b| (a, b)));
        for (a, b) in both {
            let pointers = stripe.pointers(&[a, b]);
            // SAFETY: void (*data2)(int disks, size_t bytes, int faila, int failb, void **ptrs)
            bench.task(|| unsafe {
                Function::at(two).call([9, 4096, a as u64, b as u64, pointers.as_ptr() as u64]);
            })?;
            stripe.compare(bench, &format!("{set}: data {a} and {b} lost"))?;
        }
        for a in 0..7 {
            let pointers = stripe.pointers(&[a, 7]);
            // SAFETY: void (*datap)(int disks, size_t bytes, int faila, void **ptrs)
            bench.task(|| unsafe {
                Function::at(one).call([9, 4096, a as u64, pointers.as_ptr() as u64]);
            })?;
            stripe.compare(bench, &format!("{set}: data {a} and P lost"))?;
        }
    }
    Ok(())
}

fn blocks(bench: &Bench) -> Result<(), Trouble> {
    let function = bench.function("xor_blocks")?;
    let mut random = Random::new("xor");
    for count in 1..=4 {
        for bytes in [512, 1024, 4096] {
            let (mut stripe, expected) = xored(&mut random, count);
            let pointers = stripe.pointers(&[]);
            // SAFETY: void xor_blocks(unsigned int src_count, unsigned int bytes, void *dest, void **srcs)
            bench.task(|| unsafe {
                function.call([count as u64, bytes as u64, pointers[0], pointers[1..].as_ptr() as u64]);
            })?;
            let told = || format!("xor_blocks() of {count} sources");
            bench.same(&stripe.pages[0].0[..bytes], &expected[..bytes], told)?;
            bench.same(&stripe.pages[0].0[bytes..], &stripe.blocks[0][bytes..], told)?;
        }
    }
    Ok(())
}

/// A block and `count` more, and the first with the others XORed in.
fn xored(random: &mut Random, count: usize) -> (Stripe, Vec<u8>) {
    let blocks: Vec<Vec<u8>> = (0..=count).map(|_| random.bytes(4096)).collect();
    let sum = (0..4096).map(|at| blocks.iter().fold(0, |sum, block| sum ^ block[at])).collect();
    (Stripe { blocks, pages: Vec::new() }, sum)
}

/// Every struct xor_block_template in the module: `next`, name, speed, and functions for two to five blocks.
fn templates(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("templates");
    let names = ["sse", "sse_pf64", "avx"];
    let mut found = 0;
    for name in names {
        let Ok(address) = bench.symbol(&format!("xor_block_{name}")) else { continue };
        found += 1;
        for count in 1..=4 {
            let (mut stripe, expected) = xored(&mut random, count);
            let pointers = stripe.pointers(&[]);
            // SAFETY: void (*do_2)(unsigned long bytes, unsigned long *p1, const unsigned long *p2) and so on, which
            // follow each other.
            unsafe {
                let function = Function::at((address as *const u64).add(2 + count).read());
                let mut arguments = [4096, 0, 0, 0, 0, 0];
                arguments[1..pointers.len() + 1].copy_from_slice(&pointers);
                bench.task(|| function.call(arguments))?;
            }
            let told = || format!("xor_block_{name} of {} blocks", count + 1);
            bench.same(&stripe.pages[0].0[..], &expected[..], told)?;
        }
    }
    if found < 2 { Err(silent(format!("only {found} templates found"))) } else { Ok(()) }
}
