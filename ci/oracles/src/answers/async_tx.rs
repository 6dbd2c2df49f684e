//! async_tx and what stands on it: copies, XOR, P and Q by pages, which without a DMA engine are done at once.

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::Function,
    inputs::Random,
    raid::Stripe,
};

/// All of them.
pub fn checks() -> Vec<Check> {
    let bytewise = "own arithmetic bit by bit";
    vec![
        Check::new(&["async_memcpy", "async_tx"], "async_memcpy()", "the bytes themselves", copies),
        Check::new(&["async_xor", "xor", "async_tx"], "async_xor()", bytewise, xors),
        Check::new(&["async_pq", "raid6_pq", "async_tx"], "async_gen_syndrome()", bytewise, syndromes),
        Check::new(
            &["async_raid6_recov", "raid6_pq", "async_tx"],
            "async_raid6_2data_recov(), async_raid6_datap_recov()",
            bytewise,
            recovery,
        ),
    ]
}

/// `struct async_submit_ctl`: flags, no dependency, nobody to call, room for pointers.
type Submit = [u64; 5];

fn submit(flags: u64, scribble: &mut [u64]) -> Submit {
    [flags, 0, 0, 0, scribble.as_mut_ptr() as u64]
}

/// Pages of the machine: their `struct page`s, and where they are.
struct Pages {
    pages: Vec<u64>,
    addresses: Vec<u64>,
}

impl Pages {
    /// Pages that hold what the blocks do; those of `lost` hold noise.
    fn new(bench: &Bench, blocks: &[Vec<u8>], lost: &[usize]) -> Result<Pages, Trouble> {
        let alloc = bench.function("alloc_pages")?;
        // SAFETY: variables of one word.
        let read = |name| Ok::<u64, Trouble>(unsafe { (bench.symbol(name)? as *const u64).read() });
        let (map, base) = (read("vmemmap_base")?, read("page_offset_base")?);
        // SAFETY: struct page *alloc_pages(gfp_t gfp, unsigned int order), with GFP_KERNEL
        let take = || unsafe { alloc.call([0xcc0, 0]) };
        let pages: Vec<u64> = bench.task(|| blocks.iter().map(|_| take()).collect())?;
        if pages.contains(&0) {
            return Err(silent("no memory"));
        }
        let address = |page: &u64| base + page.wrapping_sub(map) / abi::offsets::page::SIZE as u64 * 4096;
        let addresses: Vec<u64> = pages.iter().map(address).collect();
        for (at, (block, &address)) in blocks.iter().zip(&addresses).enumerate() {
            let noise: Vec<u8> = block.iter().map(|byte| byte.wrapping_mul(7) ^ 0x5a).collect();
            let from = if lost.contains(&at) { noise.as_ptr() } else { block.as_ptr() };
            // SAFETY: a page each, and blocks are as large as pages.
            unsafe { std::ptr::copy_nonoverlapping(from, address as *mut u8, block.len()) };
        }
        Ok(Pages { pages, addresses })
    }

    fn block(&self, at: usize) -> Vec<u8> {
        // SAFETY: a page of ours, to which nobody writes any more.
        unsafe { std::slice::from_raw_parts(self.addresses[at] as *const u8, 4096) }.to_vec()
    }

    fn compare(&self, bench: &Bench, blocks: &[Vec<u8>], told: &str) -> Result<(), Trouble> {
        for (at, block) in blocks.iter().enumerate() {
            bench.same(&self.block(at), block, || format!("{told}: block {at} of {}", blocks.len()))?;
        }
        Ok(())
    }

    /// Gives them back.
    fn free(self, bench: &Bench) -> Result<(), Trouble> {
        let free = bench.function("__free_pages")?;
        bench.task(|| {
            for &page in &self.pages {
                // SAFETY: void __free_pages(struct page *page, unsigned int order)
                unsafe { free.call([page, 0]) };
            }
        })
    }
}

fn copies(bench: &Bench) -> Result<(), Trouble> {
    let (copy, mut random) = (bench.function("async_memcpy")?, Random::new("copies"));
    for _ in 0..100 {
        let blocks = [random.bytes(4096), random.bytes(4096)];
        let pages = Pages::new(bench, &blocks, &[])?;
        let length = random.below(2000);
        let (to, from) = (random.below(4096 - length), random.below(4096 - length));
        let submit = submit(0, &mut []);
        // SAFETY: async_memcpy(struct page *dest, struct page *src, unsigned int dest_offset, unsigned int src_offset,
        // size_t len, struct async_submit_ctl *submit)
        bench.task(|| unsafe {
            let [dest, src] = [pages.pages[0], pages.pages[1]];
            copy.call([dest, src, to as u64, from as u64, length as u64, submit.as_ptr() as u64])
        })?;
        let mut expected = blocks.to_vec();
        let copied = blocks[1][from..from + length].to_vec();
        expected[0][to..to + length].copy_from_slice(&copied);
        pages.compare(bench, &expected, "async_memcpy()")?;
        pages.free(bench)?;
    }
    Ok(())
}

fn xors(bench: &Bench) -> Result<(), Trouble> {
    /// `ASYNC_TX_XOR_ZERO_DST`: what the target holds does not count.
    const ZERO_DST: u64 = 1;
    let (function, mut random) = (bench.function("async_xor")?, Random::new("async_xor"));
    for count in 2..=11 {
        for flags in [0, ZERO_DST] {
            let blocks: Vec<Vec<u8>> = (0..=count).map(|_| random.bytes(4096)).collect();
            let pages = Pages::new(bench, &blocks, &[])?;
            let (mut scribble, sources) = (vec![0; 16], pages.pages[1..].to_vec());
            let submit = submit(flags, &mut scribble);
            // SAFETY: async_xor(struct page *dest, struct page **src_list, unsigned int offset, int src_cnt, size_t len,
            // struct async_submit_ctl *submit)
            bench.task(|| unsafe {
                let [dest, list] = [pages.pages[0], sources.as_ptr() as u64];
                function.call([dest, list, 0, count as u64, 4096, submit.as_ptr() as u64])
            })?;
            // Without that flag the others are added to what the target holds.
            let skip = usize::from(flags == ZERO_DST);
            let sum =
                (0..4096).map(|at| blocks[skip..].iter().fold(0, |sum, block| sum ^ block[at])).collect();
            bench.same(pages.block(0), sum, || format!("async_xor() of {count} pages, flags {flags}"))?;
            pages.compare_sources(bench, &blocks)?;
            pages.free(bench)?;
        }
    }
    Ok(())
}

impl Pages {
    /// Sources are only read.
    fn compare_sources(&self, bench: &Bench, blocks: &[Vec<u8>]) -> Result<(), Trouble> {
        for (at, block) in blocks.iter().enumerate().skip(1) {
            bench.same(&self.block(at), block, || format!("source {at}"))?;
        }
        Ok(())
    }
}

fn syndromes(bench: &Bench) -> Result<(), Trouble> {
    let (function, mut random) = (bench.function("async_gen_syndrome")?, Random::new("async_pq"));
    for disks in 4..=20usize {
        let stripe = Stripe::new(&mut random, disks);
        let pages = Pages::new(bench, &stripe.blocks, &[disks - 2, disks - 1])?;
        let (mut scribble, list, offsets) = (vec![0; disks], pages.pages.clone(), vec![0u32; disks]);
        let submit = submit(0, &mut scribble);
        // SAFETY: async_gen_syndrome(struct page **blocks, unsigned int *offsets, int disks, size_t len, struct
        // async_submit_ctl *submit)
        bench.task(|| unsafe {
            let (list, offsets) = (list.as_ptr() as u64, offsets.as_ptr() as u64);
            function.call([list, offsets, disks as u64, 4096, submit.as_ptr() as u64])
        })?;
        pages.compare(bench, &stripe.blocks, "async_gen_syndrome()")?;
        pages.free(bench)?;
    }
    Ok(())
}

fn recovery(bench: &Bench) -> Result<(), Trouble> {
    let (two, one) = (bench.function("async_raid6_2data_recov")?, bench.function("async_raid6_datap_recov")?);
    let mut random = Random::new("async_raid6_recov");
    for disks in [5usize, 8, 13] {
        let stripe = Stripe::new(&mut random, disks);
        for a in 0..disks - 3 {
            recovered(bench, &stripe, two, &[a, a + 1])?;
            recovered(bench, &stripe, one, &[a, disks - 2])?;
        }
    }
    Ok(())
}

/// Loses two blocks, the second of which is P where it is the last but one, and has them recovered.
fn recovered(bench: &Bench, stripe: &Stripe, function: Function, lost: &[usize; 2]) -> Result<(), Trouble> {
    let disks = stripe.blocks.len();
    let pages = Pages::new(bench, &stripe.blocks, lost)?;
    let (mut scribble, list, offsets) = (vec![0; disks], pages.pages.clone(), vec![0u32; disks]);
    let submit = submit(0, &mut scribble);
    let (disks, list, offsets) = (disks as u64, list.as_ptr() as u64, offsets.as_ptr() as u64);
    let [a, b] = lost.map(|lost| lost as u64);
    // SAFETY: async_raid6_2data_recov(int disks, size_t bytes, int faila, int failb, struct page **blocks, unsigned int
    // *offs, struct async_submit_ctl *submit); the other one has no failb
    bench.task(|| unsafe {
        let submit = submit.as_ptr() as u64;
        if b == disks - 2 {
            function.call([disks, 4096, a, list, offsets, submit])
        } else {
            function.call_with_stack([disks, 4096, a, b, list, offsets, submit])
        }
    })?;
    pages.compare(bench, &stripe.blocks, &format!("{lost:?} lost"))?;
    pages.free(bench)
}
