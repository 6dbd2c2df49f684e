//! Kobjects, and what hangs on them: sysfs, debugfs, /proc. Linux: lib/kobject.c, fs/sysfs/, fs/debugfs/, fs/proc/.

use crate::Table;

pub(super) fn register(_table: &mut Table<'_>) {}
