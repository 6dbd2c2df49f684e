//! Majors of block devices. Linux: block/genhd.c, __register_blkdev.

use std::collections::BTreeMap;

use abi::Errno;

use crate::services::{complain::Complaint, fail, functions, text, with};
use crate::{Level, Table, printk};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __register_blkdev/3, unregister_blkdev/2);
}

/// Who has which major.
#[derive(Debug, Default)]
pub(super) struct Majors(pub(super) BTreeMap<u32, String>);

/// The highest major given out when none is asked for (BLKDEV_MAJOR_HASH_SIZE - 1), and the first that is none.
const DYNAMIC: u32 = 254;
const MOST: u32 = 512;

unsafe extern "C" fn __register_blkdev(major: u32, name: *const u8, _probe: u64) -> i32 {
    // SAFETY: a NUL-terminated name.
    let name = String::from_utf8_lossy(unsafe { text::bytes(name) }).into_owned();
    if major >= MOST {
        let most = MOST - 1;
        printk(
            Level::ERR,
            &format!(
                "__register_blkdev: major requested ({major}) is greater than the maximum ({most}) for {name}\n"
            ),
        );
        return fail(Errno::EINVAL);
    }
    let chosen = with(|majors: &mut Majors| {
        let free = |number: &u32| !majors.0.contains_key(number);
        let chosen = if major == 0 { (1..=DYNAMIC).rev().find(free) } else { Some(major).filter(free) }?;
        majors.0.insert(chosen, name.chars().take(15).collect());
        Some(chosen)
    });
    match chosen {
        Some(chosen) if major == 0 => chosen as i32,
        Some(_) => 0,
        None if major == 0 => {
            printk(Level::WARNING, &format!("__register_blkdev: failed to get major for {name}\n"));
            fail(Errno::EBUSY)
        }
        None => {
            printk(Level::WARNING, &format!("register_blkdev: cannot get major {major} for {name}\n"));
            fail(Errno::EBUSY)
        }
    }
}

unsafe extern "C" fn unregister_blkdev(major: u32, name: *const u8) {
    // SAFETY: a NUL-terminated name.
    let name: String = String::from_utf8_lossy(unsafe { text::bytes(name) }).chars().take(15).collect();
    let removed = with(|majors: &mut Majors| {
        let same = majors.0.get(&major).is_some_and(|of| *of == name);
        if same {
            majors.0.remove(&major);
        }
        same
    });
    if !removed {
        Complaint { file: "block/genhd.c", line: 300, function: "unregister_blkdev" }.warn_on();
    }
}
