//! Disks and partitions. Linux: block/genhd.c, block/partitions/msdos.c, block/bdev.c.

mod bio;
mod disk;
mod numbers;
mod open;
mod partitions;
mod queue;

use crate::Table;

pub use open::{Opened, Partition, close, open};

/// Bytes in a sector, whatever the disk's own are.
const SECTOR: u64 = 512;

pub(super) fn register(table: &mut Table<'_>) {
    numbers::register(table);
    disk::register(table);
    bio::register(table);
    queue::register(table);
}
