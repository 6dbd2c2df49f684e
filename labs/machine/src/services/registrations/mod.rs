//! Buses, drivers, protocols and filesystems that modules register with: the machine has none of the hardware, so it notes who came and says 0. Linux: drivers/base/driver.c and its like.

use crate::Table;

pub(super) fn register(_table: &mut Table<'_>) {}
