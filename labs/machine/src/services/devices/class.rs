//! Classes: families of devices, whose members get nodes in /dev. Linux: drivers/base/class.c.

use abi::offsets::class;

use super::device;
use crate::format::{self, VaList};
use crate::services::{field, functions, heap, with};
use crate::{Table, call_module};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __class_create/3, class_destroy/1, __class_register/2, class_unregister/1, device_destroy/2,
        class_interface_register/1, class_interface_unregister/1);
    table.variadic("device_create", device_create as *const (), 5);
}

/// The classes that __class_create() allocated.
#[derive(Debug, Default)]
struct Created(std::collections::HashSet<u64>);

unsafe extern "C" fn __class_create(owner: u64, name: u64, _key: u64) -> u64 {
    let class = heap::allocate(class::SIZE as u64, 0);
    // SAFETY: a new object of that size.
    unsafe {
        field::put(class, class::NAME, name);
        field::put(class, class::OWNER, owner);
    }
    with(|created: &mut Created| created.0.insert(class));
    class
}

unsafe extern "C" fn class_destroy(class: u64) {
    if with(|created: &mut Created| created.0.remove(&class)) {
        heap::free(class);
    }
}

unsafe extern "C" fn __class_register(_class: u64, _key: u64) -> i32 {
    0
}

unsafe extern "C" fn class_unregister(class: u64) {
    // SAFETY: the module's struct class.
    let release: u64 = unsafe { field::get(class, class::CLASS_RELEASE) };
    if release != 0 {
        // SAFETY: the class's own function.
        unsafe { call_module(release, &[class, 0, 0, 0, 0, 0]) };
    }
}

unsafe extern "C" fn device_create(
    class: u64,
    parent: u64,
    number: u32,
    data: u64,
    format: *const u8,
    list: *mut VaList,
) -> u64 {
    // SAFETY: the module's class, a format and its arguments.
    unsafe {
        let device = device::create(class, parent, number, data, &format::format(format, list));
        match device::add(device) {
            Ok(()) => device,
            Err(errno) => {
                device::destroy(device);
                crate::services::err_ptr(errno)
            }
        }
    }
}

unsafe extern "C" fn device_destroy(class: u64, number: u32) {
    if let Some(device) = device::find(class, number) {
        // SAFETY: a device that device_create() made.
        unsafe {
            device::del(device);
            device::destroy(device);
        }
    }
}

unsafe extern "C" fn class_interface_register(_interface: u64) -> i32 {
    0
}

unsafe extern "C" fn class_interface_unregister(_interface: u64) {}
