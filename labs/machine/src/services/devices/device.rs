//! struct device: made, named, added, counted, released. Linux: drivers/base/core.c.

use std::collections::BTreeMap;

use abi::Errno;
use abi::offsets::{class, device, device_type};

use super::nodes::{NodeKind, add_node, remove_node};
use crate::format::{self, VaList};
use crate::services::kobject::{self, Kind};
use crate::services::{fail, field, functions, heap, text, with};
use crate::{Table, call_module};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; device_initialize/1, device_add/1, device_del/1, device_register/1, device_unregister/1, get_device/1,
        put_device/1, dev_driver_string/1, device_for_each_child/3, root_device_unregister/1, __root_device_register/2);
    table.variadic("dev_set_name", dev_set_name as *const (), 2);
}

/// The devices that were added: their class and number, and the name of their node.
#[derive(Debug, Default)]
struct Added(BTreeMap<u64, (u64, u32, Option<String>)>);

/// The added device of a class with a number.
pub(super) fn find(class: u64, number: u32) -> Option<u64> {
    with(|added: &mut Added| {
        added.0.iter().find(|(_, (of, has, _))| *of == class && *has == number).map(|(device, _)| *device)
    })
}

/// A device of the machine's own: freed with its last reference.
///
/// # Safety
/// `class` is 0 or a struct class, `parent` 0 or a struct device.
pub(super) unsafe fn create(class: u64, parent: u64, number: u32, data: u64, name: &[u8]) -> u64 {
    let device = heap::allocate(device::SIZE as u64, 0);
    // SAFETY: a new object of that size.
    unsafe {
        kobject::initialise(device, 0);
        kobject::adopt(device, Kind::Owned(device));
        kobject::set_name(device, name);
        field::put(device, device::CLASS, class);
        field::put(device, device::PARENT, parent);
        field::put(device, device::DEVT, number);
        field::put(device, device::DRIVER_DATA, data);
    }
    device
}

/// Drops the reference that create() gave.
///
/// # Safety
/// create() made it.
pub(super) unsafe fn destroy(device: u64) {
    // SAFETY: the caller's promise.
    unsafe { kobject::put(device) };
}

/// The name in /dev: the class may have another than the device's own, as "input/event0" for "event0".
unsafe fn node_name(device: u64) -> String {
    // SAFETY: a struct device of the module's, with its class.
    unsafe {
        let class: u64 = field::get(device, device::CLASS);
        let devnode: u64 = if class == 0 { 0 } else { field::get(class, class::DEVNODE) };
        let mut mode = 0u64;
        let named = if devnode == 0 {
            0
        } else {
            call_module(devnode, &[device, (&raw mut mode) as u64, 0, 0, 0, 0])
        };
        if named == 0 {
            // A slash in a kobject's name stands as an exclamation mark, and the other way round in /dev.
            return kobject::name(device).replace('!', "/");
        }
        let name = String::from_utf8_lossy(text::bytes(named as *const u8)).into_owned();
        heap::free(named);
        name
    }
}

/// device_add().
///
/// # Safety
/// The module's struct device, initialised.
pub(super) unsafe fn add(device: u64) -> Result<(), Errno> {
    // SAFETY: the caller's promise.
    unsafe {
        let initial: *const u8 = field::get(device, device::INIT_NAME);
        if !initial.is_null() {
            kobject::set_name(device, text::bytes(initial));
            field::put(device, device::INIT_NAME, 0u64);
        }
        if kobject::name(device).is_empty() {
            return Err(Errno::EINVAL);
        }
        let number: u32 = field::get(device, device::DEVT);
        let node = if number == 0 { None } else { Some(node_name(device)) };
        if let Some(node) = &node {
            add_node(node, NodeKind::Character, number)?;
        }
        kobject::get(device);
        let class = field::get(device, device::CLASS);
        with(|added: &mut Added| added.0.insert(device, (class, number, node)));
    }
    Ok(())
}

/// device_del().
///
/// # Safety
/// The module's struct device.
pub(super) unsafe fn del(device: u64) {
    let Some((_, _, node)) = with(|added: &mut Added| added.0.remove(&device)) else { return };
    if let Some(node) = node {
        remove_node(&node);
    }
    // SAFETY: add() took this reference.
    unsafe { kobject::put(device) };
}

/// The last reference is gone: the device's own release function, or its type's, or its class's.
///
/// # Safety
/// A struct device that nobody else knows any more.
pub unsafe fn release(device: u64) {
    // SAFETY: the caller's promise; the functions are the module's own.
    unsafe {
        let within =
            |structure: u64, offset: usize| if structure == 0 { 0 } else { field::get(structure, offset) };
        let candidates = [
            field::get(device, device::RELEASE),
            within(field::get(device, device::TYPE), device_type::RELEASE),
            within(field::get(device, device::CLASS), class::DEV_RELEASE),
        ];
        match candidates.into_iter().find(|release| *release != 0) {
            Some(release) => {
                call_module(release, &[device, 0, 0, 0, 0, 0]);
            }
            None => {
                let name = kobject::name(device);
                crate::services::complain::warn(&format!(
                    "Device '{name}' does not have a release() function, it is broken and must be fixed. See Documentation/core-api/kobject.rst."
                ));
            }
        }
    }
}

unsafe extern "C" fn device_initialize(device: u64) {
    // SAFETY: the module's own struct device.
    unsafe { kobject::initialise(device, 0) };
    kobject::adopt(device, Kind::Device);
}

unsafe extern "C" fn device_add(device: u64) -> i32 {
    // SAFETY: the module's struct device.
    unsafe { add(device) }.map_or_else(fail, |()| 0)
}

unsafe extern "C" fn device_del(device: u64) {
    // SAFETY: the module's struct device.
    unsafe { del(device) };
}

unsafe extern "C" fn device_register(device: u64) -> i32 {
    // SAFETY: the module's struct device.
    unsafe {
        device_initialize(device);
        device_add(device)
    }
}

unsafe extern "C" fn device_unregister(device: u64) {
    // SAFETY: the module's struct device.
    unsafe {
        del(device);
        kobject::put(device);
    }
}

unsafe extern "C" fn get_device(device: u64) -> u64 {
    // SAFETY: the module's struct device, which begins with its kobject, or NULL.
    unsafe { kobject::get(device) }
}

unsafe extern "C" fn put_device(device: u64) {
    // SAFETY: as get_device.
    unsafe { kobject::put(device) };
}

unsafe extern "C" fn dev_set_name(device: u64, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's struct device, a format and its arguments.
    unsafe { kobject::set_name(device, &format::format(format, list)) };
    0
}

unsafe extern "C" fn dev_driver_string(device: u64) -> u64 {
    // SAFETY: the module's struct device.
    unsafe { driver_name(device) }
}

/// The name of a device's driver, bus or class, as a C string.
///
/// # Safety
/// A struct device lies there.
pub unsafe fn driver_name(device: u64) -> u64 {
    // SAFETY: the caller's promise; each of the three begins with its name.
    unsafe {
        let of = |offset: usize| field::get::<u64>(device, offset);
        let named =
            [of(device::DRIVER), of(device::BUS), of(device::CLASS)].into_iter().find(|&named| named != 0);
        named.map_or(c"".as_ptr() as u64, |named| field::get(named, 0))
    }
}

/// No device here has children of a bus's making.
unsafe extern "C" fn device_for_each_child(_device: u64, _data: u64, _visit: u64) -> i32 {
    0
}

unsafe extern "C" fn __root_device_register(name: *const u8, _owner: u64) -> u64 {
    // SAFETY: a NUL-terminated name.
    unsafe { create(0, 0, 0, 0, text::bytes(name)) }
}

unsafe extern "C" fn root_device_unregister(device: u64) {
    // SAFETY: __root_device_register() made it.
    unsafe { destroy(device) };
}
