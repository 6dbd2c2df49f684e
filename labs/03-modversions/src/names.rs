//! Names hashed once. The kernel finds a name by comparing strings, in sorted tables (`bsearch` in
//! `kernel/module/main.c, find_exported_symbol_in_section`) or one after the other
//! (`kernel/module/version.c, check_version`); we compute one number a name and compare that first.

use bstr::BStr;

/// A name together with its hash, for looking it up in any number of [`NameIndex`]es.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    bytes: &'a BStr,
    hash: u32,
}

impl<'a> Name<'a> {
    /// Hashes `bytes` in eight-byte steps, folded to 32 bits.
    pub fn new(bytes: &'a BStr) -> Name<'a> {
        let step = |hash: u64, word: u64| {
            let mixed = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed ^ (mixed >> 32)
        };
        let (words, _) = bytes.as_chunks();
        let hash = words.iter().fold(bytes.len() as u64, |hash, word| step(hash, u64::from_le_bytes(*word)));
        Name { bytes, hash: step(hash, last_bytes(bytes)) as u32 }
    }

    pub(crate) fn hash(&self) -> u32 {
        self.hash
    }

    /// The name itself.
    pub fn bytes(&self) -> &'a BStr {
        self.bytes
    }
}

/// The last eight bytes; of fewer, all of them, some twice. Reading four at a time is quicker than one by one.
fn last_bytes(bytes: &[u8]) -> u64 {
    if let Some(last) = bytes.last_chunk() {
        return u64::from_le_bytes(*last);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    match bytes {
        [first, .., last] => {
            let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
            u64::from(u32::from_le_bytes([*first, middle, *last, 0]))
        }
        [one] => u64::from(*one),
        [] => 0,
    }
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(name: &'a str) -> Name<'a> {
        Name::new(name.into())
    }
}

/// Finds records by name. It holds the numbers of the records and not the names: whoever asks says what
/// record number so-and-so is called.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    /// Record number plus one and hash; zero is a free slot. The length is a power of two, and at least
    /// half of the slots are free.
    slots: Vec<(u32, u32)>,
}

impl NameIndex {
    /// An index of `names`; the first is record number 0. At most 2³⁰ are kept.
    pub fn new<'a>(names: impl ExactSizeIterator<Item = &'a BStr>) -> NameIndex {
        if names.len() == 0 {
            return NameIndex::default();
        }
        let count = names.len().min(1 << 30);
        let mut index = NameIndex { slots: vec![(0, 0); (count * 2).next_power_of_two()] };
        for (number, name) in (1..).zip(names.take(count)) {
            index.insert(number, Name::new(name).hash);
        }
        index
    }

    fn insert(&mut self, number: u32, hash: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.0 == 0 {
                *slot = (number, hash);
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// The numbers of the records that `is_it` says are called `name`, lowest first.
    pub fn find(&self, name: &Name, is_it: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
        let hash = name.hash;
        let start = hash as usize & self.slots.len().wrapping_sub(1);
        let probe = self.slots.iter().skip(start).chain(self.slots.iter().take(start));
        probe
            .take_while(|slot| slot.0 != 0)
            .filter(move |slot| slot.1 == hash)
            .map(|slot| slot.0 as usize - 1)
            .filter(move |&number| is_it(number))
    }
}
