//! Memory that goes with its device. Linux: drivers/base/devres.c.

use std::collections::HashMap;

use crate::Table;
use crate::services::{functions, heap, text, with};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; devm_kmalloc/3, devm_kfree/2, devm_kmemdup/4, devm_kstrdup/3);
}

/// The objects of each device.
#[derive(Debug, Default)]
struct Managed(HashMap<u64, Vec<u64>>);

/// Lets an object go when its device goes.
pub(super) fn keep(device: u64, object: u64) -> u64 {
    if object != 0 {
        with(|managed: &mut Managed| managed.0.entry(device).or_default().push(object));
    }
    object
}

/// The device goes, and its objects with it, the newest first.
pub fn free_managed(device: u64) {
    let objects = with(|managed: &mut Managed| managed.0.remove(&device)).unwrap_or_default();
    objects.into_iter().rev().for_each(heap::free);
}

unsafe extern "C" fn devm_kmalloc(device: u64, size: u64, _flags: u32) -> u64 {
    keep(device, heap::allocate(size, 0))
}

unsafe extern "C" fn devm_kfree(device: u64, object: u64) {
    let found = with(|managed: &mut Managed| {
        let objects = managed.0.get_mut(&device)?;
        let index = objects.iter().position(|of| *of == object)?;
        Some(objects.remove(index))
    });
    match found {
        Some(object) => heap::free(object),
        None => crate::services::complain::warn("devm_kfree: the object is not this device's"),
    }
}

unsafe extern "C" fn devm_kmemdup(device: u64, from: *const u8, size: u64, _flags: u32) -> u64 {
    // SAFETY: a range of `size` bytes.
    keep(device, heap::duplicate(unsafe { std::slice::from_raw_parts(from, size as usize) }, false, 0))
}

unsafe extern "C" fn devm_kstrdup(device: u64, from: *const u8, _flags: u32) -> u64 {
    if from.is_null() {
        return 0;
    }
    // SAFETY: a NUL-terminated string.
    keep(device, heap::duplicate(unsafe { text::bytes(from) }, true, 0))
}
