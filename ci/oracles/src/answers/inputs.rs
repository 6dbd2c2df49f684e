//! Inputs: the same on every run, of every length that is likely to be treated differently.

/// Numbers that look random and are not (splitmix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each `seed`.
    pub fn new(seed: &str) -> Random {
        let fold = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Random(seed.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// That many bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    /// That many bytes as programs and texts have them: few different ones, much of it seen before.
    pub fn prose(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            let again = bytes.len().min(3 + self.below(40));
            if self.below(3) == 0 || again < 4 {
                bytes.push(b"etaoin shrdlu\n"[self.below(14)]);
            } else {
                let from = self.below(bytes.len() - again + 1);
                bytes.extend_from_within(from..from + again);
            }
        }
        bytes.truncate(length);
        bytes
    }

    /// `data` cut into pieces of odd sizes, empty ones among them.
    pub fn pieces<'a>(&mut self, data: &'a [u8]) -> Vec<&'a [u8]> {
        let (mut pieces, mut rest) = (Vec::new(), data);
        while !rest.is_empty() {
            let bound = [2, 9, 65, 200, 1000][self.below(5)];
            let (piece, left) = rest.split_at(self.below(bound).min(rest.len()));
            pieces.push(piece);
            rest = left;
        }
        pieces
    }
}

/// Every length up to 300, and some on either side of blocks and pages.
pub fn lengths() -> impl Iterator<Item = usize> {
    (0..=300).chain([511, 512, 513, 1000, 1023, 1024, 4095, 4096, 4097, 8191, 16384, 65537])
}
