//! The order in which kmod's hash tables are walked, which shows in the files that it writes: bucket by
//! bucket, by name within a bucket (kmod 30, shared/hash.c).

/// Buckets of kmod's table of modules by name.
pub const MODULES: u32 = 512;

/// Buckets of kmod's table of symbols.
pub const SYMBOLS: u32 = 2048;

/// Sorts as a walk through a table with so many `buckets` (a power of two) would meet the names.
pub fn sort_as_walked<T>(items: &mut [T], buckets: u32, name: impl Fn(&T) -> &[u8]) {
    items.sort_by_cached_key(|item| (superfast(name(item)) & (buckets - 1), name(item).to_vec()));
}

/// Paul Hsieh's SuperFastHash, <http://www.azillionmonkeys.com/qed/hash.html>: two 16-bit words a step.
fn superfast(name: &[u8]) -> u32 {
    let word = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]));
    let mut hash = name.len() as u32;
    let mut steps = name.chunks_exact(4);
    for step in &mut steps {
        if let &[a, b, c, d] = step {
            hash = hash.wrapping_add(word(a, b));
            hash = (hash << 16) ^ (word(c, d) << 11) ^ hash;
            hash = hash.wrapping_add(hash >> 11);
        }
    }
    // Up to three bytes remain; a single one counts as a signed char, as C has it on x86.
    let signed = |byte: u8| byte as i8 as u32;
    match *steps.remainder() {
        [a, b, c] => {
            hash = hash.wrapping_add(word(a, b));
            hash ^= hash << 16;
            hash ^= signed(c) << 18;
            hash = hash.wrapping_add(hash >> 11);
        }
        [a, b] => {
            hash = hash.wrapping_add(word(a, b));
            hash ^= hash << 11;
            hash = hash.wrapping_add(hash >> 17);
        }
        [a] => {
            hash = hash.wrapping_add(signed(a));
            hash ^= hash << 10;
            hash = hash.wrapping_add(hash >> 1);
        }
        _ => {}
    }
    for (left, right) in [(3, 5), (4, 17), (25, 6)] {
        hash ^= hash << left;
        hash = hash.wrapping_add(hash >> right);
    }
    hash
}
