//! Disks and partitions. Linux: block/genhd.c, block/partitions/msdos.c, block/bdev.c.

use crate::Table;

pub(super) fn register(_table: &mut Table<'_>) {}
