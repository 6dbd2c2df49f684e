//! Who has which device numbers. Linux: fs/char_dev.c, __register_chrdev_region; block/genhd.c, __register_blkdev.

use std::collections::BTreeMap;

use abi::Errno;

use super::{number, split};
use crate::services::{fail, functions, text, with};
use crate::{Level, Table, printk};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; register_chrdev_region/3, alloc_chrdev_region/4, unregister_chrdev_region/2);
}

/// A range of minors of one major.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    pub count: u32,
    pub name: String,
}

/// The ranges by major and first minor.
#[derive(Debug, Default)]
pub(super) struct Regions(pub(super) BTreeMap<(u32, u32), Region>);

/// CHRDEV_MAJOR_MAX.
const MAJORS: u32 = 512;
/// MINORMASK + 1.
const MINORS: u32 = 1 << 20;

impl Regions {
    /// The majors that are given out when none is asked for: 254 down to 234, then 511 down to 384.
    fn dynamic(&self) -> Option<u32> {
        let taken = |major: &u32| self.0.keys().any(|(of, _)| of == major);
        (234..=254).rev().chain((384..=511).rev()).find(|major| !taken(major))
    }

    /// Whether a range overlaps one that is taken.
    fn overlaps(&self, major: u32, first: u32, count: u32) -> bool {
        let mut same = self.0.range((major, 0)..(major, first.saturating_add(count)));
        same.any(|(&(_, start), region)| start + region.count > first)
    }
}

/// Takes a range; major 0 is any. The major.
pub(super) fn take(major: u32, first: u32, count: u32, name: &str) -> Result<u32, Errno> {
    if major >= MAJORS {
        let most = MAJORS - 1;
        printk(
            Level::ERR,
            &format!("CHRDEV \"{name}\" major requested ({major}) is greater than the maximum ({most})\n"),
        );
        return Err(Errno::EINVAL);
    }
    if first > MINORS || count > MINORS - first {
        let last = first.wrapping_add(count).wrapping_sub(1);
        printk(
            Level::ERR,
            &format!(
                "CHRDEV \"{name}\" minor range requested ({first}-{last}) is out of range of maximum range (0-{}) for a single major\n",
                MINORS - 1
            ),
        );
        return Err(Errno::EINVAL);
    }
    with(|regions: &mut Regions| {
        let major = if major == 0 { regions.dynamic().ok_or(Errno::EBUSY)? } else { major };
        if regions.overlaps(major, first, count) {
            return Err(Errno::EBUSY);
        }
        // The name is cut as char_device_struct's array cuts it.
        let name = name.chars().take(63).collect();
        regions.0.insert((major, first), Region { count, name });
        Ok(major)
    })
}

/// Gives a range back.
pub(super) fn give(major: u32, first: u32) {
    with(|regions: &mut Regions| regions.0.remove(&(major, first)));
}

/// The parts of a range that lie in one major each: first number and count.
fn parts(device: u32, count: u32) -> impl Iterator<Item = (u32, u32)> {
    let end = device.saturating_add(count);
    let next = move |first: u32| (first | (MINORS - 1)).saturating_add(1).min(end);
    std::iter::successors(Some(device), move |&first| Some(next(first)))
        .take_while(move |&first| first < end)
        .map(move |first| (first, next(first) - first))
}

unsafe extern "C" fn register_chrdev_region(device: u32, count: u32, name: *const u8) -> i32 {
    // SAFETY: a NUL-terminated name.
    let name = String::from_utf8_lossy(unsafe { text::bytes(name) });
    for (first, length) in parts(device, count) {
        let (major, minor) = split(first);
        if let Err(errno) = take(major, minor, length, &name) {
            parts(device, first - device).for_each(|(first, _)| give(split(first).0, split(first).1));
            return fail(errno);
        }
    }
    0
}

unsafe extern "C" fn alloc_chrdev_region(device: *mut u32, first: u32, count: u32, name: *const u8) -> i32 {
    // SAFETY: a NUL-terminated name.
    let name = String::from_utf8_lossy(unsafe { text::bytes(name) });
    match take(0, first, count, &name) {
        Ok(major) => {
            // SAFETY: the caller's variable.
            unsafe { *device = number(major, first) };
            0
        }
        Err(errno) => fail(errno),
    }
}

unsafe extern "C" fn unregister_chrdev_region(device: u32, count: u32) {
    parts(device, count).for_each(|(first, _)| give(split(first).0, split(first).1));
}
