//! Character devices, classes and the nodes in /dev. Linux: fs/char_dev.c, drivers/char/misc.c, drivers/base/core.c.

use crate::Table;

pub(super) fn register(_table: &mut Table<'_>) {}
