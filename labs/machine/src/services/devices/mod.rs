//! Character devices, classes and the nodes in /dev. Linux: fs/char_dev.c, drivers/char/misc.c, drivers/base/core.c.

mod cdev;
mod class;
mod device;
mod file;
mod led;
mod managed;
mod misc;
mod nodes;
mod numbers;
mod operations;
mod platform;

use crate::Table;

pub use device::{driver_name, release};
pub use file::{Devices, File};
pub use managed::free_managed;
pub use nodes::{Node, NodeKind, add_node, remove_node};

pub(super) fn register(table: &mut Table<'_>) {
    numbers::register(table);
    cdev::register(table);
    misc::register(table);
    class::register(table);
    device::register(table);
    managed::register(table);
    platform::register(table);
    led::register(table);
    operations::register(table);
}

/// MKDEV().
pub fn number(major: u32, minor: u32) -> u32 {
    major << 20 | minor
}

/// MAJOR() and MINOR().
pub fn split(number: u32) -> (u32, u32) {
    (number >> 20, number & 0xf_ffff)
}
