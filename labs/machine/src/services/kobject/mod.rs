//! Kobjects, and what hangs on them: sysfs, debugfs, /proc. Linux: lib/kobject.c, fs/sysfs/, fs/debugfs/, fs/proc/.

mod debugfs;
mod object;
mod proc;
mod seq;
mod sysfs;

use crate::Table;

pub use object::{Kind, adopt, get, initialise, name, put, set_name};

pub(super) fn register(table: &mut Table<'_>) {
    object::register(table);
    sysfs::register(table);
    debugfs::register(table);
    seq::register(table);
    proc::register(table);
}
