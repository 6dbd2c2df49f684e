//! What answers for a range of character device numbers. Linux: fs/char_dev.c.

use std::collections::BTreeMap;

use abi::Errno;
use abi::offsets::{cdev, file_operations};

use super::{device, number, numbers};
use crate::Table;
use crate::services::kobject::{self, Kind};
use crate::services::{fail, field, functions, heap, is_err, list, module_refs, text, with};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; cdev_init/2, cdev_alloc/0, cdev_add/3, cdev_del/1, cdev_set_parent/2, cdev_device_add/2, cdev_device_del/2,
        __register_chrdev/5, __unregister_chrdev/4);
}

/// The struct cdev for each first number, and how many numbers it answers for: cdev_map.
#[derive(Debug, Default)]
struct Map(BTreeMap<u32, (u32, u64)>);

/// The struct cdev for a number, with references on it and on its owner; none when it has none, or its owner goes.
pub(super) fn open(device: u32) -> Option<u64> {
    // All of it with the map locked, as kobj_lookup does: whoever deletes it meanwhile waits, and its module with it.
    with(|map: &mut Map| {
        let (&first, &(count, cdev)) = map.0.range(..=device).next_back()?;
        if device - first >= count {
            return None;
        }
        // SAFETY: a struct cdev in the map is alive.
        unsafe {
            if !module_refs::get(field::get(cdev, cdev::OWNER)) {
                return None;
            }
            kobject::get(cdev);
        }
        Some(cdev)
    })
}

/// Gives back what open() took: cdev_put().
pub(super) fn close(cdev: u64) {
    // SAFETY: the reference that open() took keeps it alive.
    unsafe {
        let owner = field::get(cdev, cdev::OWNER);
        kobject::put(cdev);
        module_refs::put(owner);
    }
}

unsafe extern "C" fn cdev_init(cdev: u64, operations: u64) {
    // SAFETY: the module's own struct cdev, in no use yet.
    unsafe {
        std::ptr::write_bytes(cdev as *mut u8, 0, cdev::SIZE);
        list::init(cdev + cdev::LIST as u64);
        kobject::initialise(cdev, 0);
        field::put(cdev, cdev::OPS, operations);
    }
}

unsafe extern "C" fn cdev_alloc() -> u64 {
    let cdev = heap::allocate(cdev::SIZE as u64, 0);
    // SAFETY: a new object of that size.
    unsafe { cdev_init(cdev, 0) };
    kobject::adopt(cdev, Kind::Owned(cdev));
    cdev
}

unsafe extern "C" fn cdev_add(cdev: u64, device: u32, count: u32) -> i32 {
    // SAFETY: the module's struct cdev.
    unsafe {
        field::put(cdev, cdev::DEV, device);
        field::put(cdev, cdev::COUNT, count);
    }
    with(|map: &mut Map| map.0.insert(device, (count, cdev)));
    0
}

/// New opens do not find it any more; those that are open keep it.
unsafe extern "C" fn cdev_del(cdev: u64) {
    with(|map: &mut Map| map.0.retain(|_, (_, of)| *of != cdev));
    // SAFETY: the module's struct cdev, whose first reference was its own.
    unsafe { kobject::put(cdev) };
}

unsafe extern "C" fn cdev_set_parent(_cdev: u64, _object: u64) {}

unsafe extern "C" fn cdev_device_add(cdev: u64, device: u64) -> i32 {
    // SAFETY: the module's struct cdev and struct device.
    unsafe {
        let number: u32 = field::get(device, abi::offsets::device::DEVT);
        if number != 0 {
            cdev_add(cdev, number, 1);
        }
        let added = device::add(device);
        if added.is_err() && number != 0 {
            cdev_del(cdev);
        }
        added.map_or_else(fail, |()| 0)
    }
}

unsafe extern "C" fn cdev_device_del(cdev: u64, device: u64) {
    // SAFETY: the module's struct cdev and struct device.
    unsafe {
        device::del(device);
        if field::get::<u32>(device, abi::offsets::device::DEVT) != 0 {
            cdev_del(cdev);
        }
    }
}

/// The major when any was asked for, else 0.
unsafe extern "C" fn __register_chrdev(
    major: u32,
    first: u32,
    count: u32,
    name: *const u8,
    operations: u64,
) -> i32 {
    // SAFETY: a NUL-terminated name and the module's file_operations.
    unsafe {
        let name = text::bytes(name);
        let taken = match numbers::take(major, first, count, &String::from_utf8_lossy(name)) {
            Ok(taken) => taken,
            Err(errno) => return fail(errno),
        };
        let cdev = cdev_alloc();
        if cdev == 0 || is_err(cdev) {
            numbers::give(taken, first);
            return fail(Errno::ENOMEM);
        }
        field::put(cdev, cdev::OWNER, field::get::<u64>(operations, file_operations::OWNER));
        field::put(cdev, cdev::OPS, operations);
        kobject::set_name(cdev, name);
        cdev_add(cdev, number(taken, first), count);
        if major == 0 { taken as i32 } else { 0 }
    }
}

unsafe extern "C" fn __unregister_chrdev(major: u32, first: u32, _count: u32, _name: *const u8) {
    numbers::give(major, first);
    let cdev = with(|map: &mut Map| map.0.get(&number(major, first)).map(|(_, cdev)| *cdev));
    if let Some(cdev) = cdev {
        // SAFETY: __register_chrdev() made it.
        unsafe { cdev_del(cdev) };
    }
}
