//! Numbers that look random and are the same on every computer: PCG, whose stream is fixed.

use oorandom::Rand64;

/// The source of all choices that a damage makes.
pub(super) struct Dice(Rand64);

impl Dice {
    /// The dice of throw number `throw`.
    pub(super) fn new(seed: u64, throw: u64) -> Dice {
        Dice(Rand64::new(u128::from(seed) << 64 | u128::from(throw)))
    }

    /// A number below `end`; 0 where there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { self.0.rand_range(0..end as u64) as usize }
    }

    /// One of them; `None` of none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// Yes, once in `times`.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Any byte.
    pub(super) fn byte(&mut self) -> u8 {
        self.0.rand_u64() as u8
    }

    /// Brings them into another order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }

    /// Another value for a field of `width` bytes that holds `old`: one of the `telling` ones, or one near a border,
    /// or any.
    pub(super) fn value(&mut self, old: u64, width: usize, telling: &[u64]) -> u64 {
        let all = u64::MAX >> (64 - 8 * width.clamp(1, 8));
        let top = all / 2 + 1;
        if !telling.is_empty() && !self.once_in(3) {
            return self.pick(telling).copied().unwrap_or_default() & all;
        }
        let bit = 1u64 << self.below(8 * width);
        let borders = [0, 1, all, all - 1, top, top - 1, old.wrapping_add(1), old.wrapping_sub(1), old ^ bit];
        match self.once_in(4) {
            true => self.0.rand_u64() & all,
            false => self.pick(&borders).copied().unwrap_or_default() & all,
        }
    }
}
