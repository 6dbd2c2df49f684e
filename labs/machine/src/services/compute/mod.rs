//! Arithmetic that vmlinux offers to modules: bits, sums, roots, random numbers, sorted tables.

mod bits;
mod checksum;
mod numbers;
pub(super) mod random;
mod sort;
mod xxhash;

pub use random::get_random_bytes;

use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    bits::register(table);
    checksum::register(table);
    numbers::register(table);
    random::register(table);
    sort::register(table);
    xxhash::register(table);
}
