//! Objects with a name and a reference count; the last reference calls the release function. Linux: lib/kobject.c.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, Ordering};

use abi::offsets::{kobj_type, kobject, kset};

use crate::format::{self, VaList};
use crate::services::complain::warn;
use crate::services::{devices, field, functions, heap, list, text, with};
use crate::{Table, call_module};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; kobject_init/2, kobject_get/1, kobject_put/1, kobject_del/1, kobject_create_and_add/2, kset_create_and_add/3,
        kset_register/1, kset_unregister/1, kobject_uevent/2, kobject_uevent_env/3);
    table.variadic("kobject_set_name", kobject_set_name as *const (), 2);
    table.variadic("kobject_add", kobject_add as *const (), 3);
    table.variadic("kobject_init_and_add", kobject_init_and_add as *const (), 4);
    table.variadic("add_uevent_var", add_uevent_var as *const (), 2);
    for name in ["kernel_kobj", "fs_kobj", "mm_kobj", "hypervisor_kobj", "firmware_kobj"] {
        let object = table.memory().object(kobject::SIZE, 8).unwrap_or(0);
        if object != 0 {
            // SAFETY: a new object of that size.
            unsafe { initialise(object, 0) };
        }
        table.data(name, 8, 8, &object.to_le_bytes());
    }
}

/// What the machine itself must do when the last reference to an object goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Free this object of the heap, which the kobject is part of.
    Owned(u64),
    /// The device's, its type's or its class's release function.
    Device,
}

/// The objects that the machine made or released itself, and the names that it allocated.
#[derive(Debug, Default)]
struct Objects {
    kinds: HashMap<u64, Kind>,
    names: HashMap<u64, u64>,
}

/// Says what to do when the object's last reference goes.
pub fn adopt(object: u64, kind: Kind) {
    with(|objects: &mut Objects| objects.kinds.insert(object, kind));
}

/// kobject_init(): one reference.
///
/// # Safety
/// A struct kobject of the caller's own lies there.
pub unsafe fn initialise(object: u64, ktype: u64) {
    // SAFETY: the caller's promise.
    unsafe {
        list::init(object + kobject::ENTRY as u64);
        field::put(object, kobject::KTYPE, ktype);
        field::put(object, kobject::KREF, 1i32);
    }
}

unsafe fn references<'a>(object: u64) -> &'a AtomicI32 {
    // SAFETY: a struct kobject; all CPUs touch its count atomically.
    unsafe { AtomicI32::from_ptr((object + kobject::KREF as u64) as *mut i32) }
}

/// kobject_get().
///
/// # Safety
/// A struct kobject, or NULL, lies there.
pub unsafe fn get(object: u64) -> u64 {
    if object != 0 {
        // SAFETY: the caller's promise. Relaxed: the caller has a reference already.
        unsafe { references(object) }.fetch_add(1, Ordering::Relaxed);
    }
    object
}

/// kobject_put().
///
/// # Safety
/// As [`get`], and the caller owns a reference.
pub unsafe fn put(object: u64) {
    // SAFETY: the caller's promise. AcqRel: the release function sees what the other holders wrote.
    unsafe {
        if object == 0 {
            return;
        }
        match references(object).fetch_sub(1, Ordering::AcqRel) {
            1 => release(object),
            count if count <= 0 => warn("refcount_t: underflow; use-after-free."),
            _ => {}
        }
    }
}

/// The last reference is gone.
unsafe fn release(object: u64) {
    let (kind, name) =
        with(|objects: &mut Objects| (objects.kinds.remove(&object), objects.names.remove(&object)));
    devices::free_managed(object);
    // SAFETY: nobody else knows the object any more; its type's release function is the module's.
    unsafe {
        let ktype: u64 = field::get(object, kobject::KTYPE);
        match kind {
            Some(Kind::Owned(memory)) => heap::free(memory),
            Some(Kind::Device) => devices::release(object),
            None if ktype != 0 => {
                let release: u64 = field::get(ktype, kobj_type::RELEASE);
                if release != 0 {
                    call_module(release, &[object, 0, 0, 0, 0, 0]);
                }
            }
            None => {}
        }
    }
    heap::free(name.unwrap_or(0));
}

/// Gives an object a copy of the name.
///
/// # Safety
/// A struct kobject lies there.
pub unsafe fn set_name(object: u64, name: &[u8]) {
    let copy = heap::duplicate(name, true, 0);
    let old = with(|objects: &mut Objects| objects.names.insert(object, copy));
    // SAFETY: the caller's promise.
    unsafe { field::put(object, kobject::NAME, copy) };
    heap::free(old.unwrap_or(0));
}

/// An object's name.
///
/// # Safety
/// A struct kobject lies there, whose name is a string or NULL.
pub unsafe fn name(object: u64) -> String {
    // SAFETY: the caller's promise.
    unsafe {
        let name: *const u8 = field::get(object, kobject::NAME);
        if name.is_null() { String::new() } else { String::from_utf8_lossy(text::bytes(name)).into_owned() }
    }
}

unsafe extern "C" fn kobject_init(object: u64, ktype: u64) {
    // SAFETY: the module's own object.
    unsafe { initialise(object, ktype) };
}

unsafe extern "C" fn kobject_get(object: u64) -> u64 {
    // SAFETY: the module's object.
    unsafe { get(object) }
}

unsafe extern "C" fn kobject_put(object: u64) {
    // SAFETY: the module's object.
    unsafe { put(object) };
}

unsafe extern "C" fn kobject_del(_object: u64) {}

unsafe extern "C" fn kobject_set_name(object: u64, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's object, a format and its arguments.
    unsafe { set_name(object, &format::format(format, list)) };
    0
}

unsafe extern "C" fn kobject_add(object: u64, parent: u64, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: the module's object, a format and its arguments.
    unsafe {
        set_name(object, &format::format(format, list));
        field::put(object, kobject::PARENT, parent);
    }
    0
}

unsafe extern "C" fn kobject_init_and_add(
    object: u64,
    ktype: u64,
    parent: u64,
    format: *const u8,
    list: *mut VaList,
) -> i32 {
    // SAFETY: the module's own object, a format and its arguments.
    unsafe {
        initialise(object, ktype);
        kobject_add(object, parent, format, list)
    }
}

unsafe extern "C" fn kobject_create_and_add(name: *const u8, parent: u64) -> u64 {
    let object = heap::allocate(kobject::SIZE as u64, 0);
    // SAFETY: a new object and a NUL-terminated name.
    unsafe {
        initialise(object, 0);
        set_name(object, text::bytes(name));
        field::put(object, kobject::PARENT, parent);
    }
    adopt(object, Kind::Owned(object));
    object
}

/// An empty set with one reference.
unsafe fn kset_init(set: u64) {
    // SAFETY: the module's own struct kset.
    unsafe {
        list::init(set + kset::LIST as u64);
        initialise(set + kset::KOBJ as u64, 0);
    }
}

unsafe extern "C" fn kset_create_and_add(name: *const u8, operations: u64, parent: u64) -> u64 {
    let set = heap::allocate(kset::SIZE as u64, 0);
    let object = set + kset::KOBJ as u64;
    // SAFETY: a new object and a NUL-terminated name.
    unsafe {
        kset_init(set);
        set_name(object, text::bytes(name));
        field::put(object, kobject::PARENT, parent);
        field::put(set, kset::UEVENT_OPS, operations);
    }
    adopt(object, Kind::Owned(set));
    set
}

unsafe extern "C" fn kset_register(set: u64) -> i32 {
    // SAFETY: the module's own struct kset.
    unsafe { kset_init(set) };
    0
}

unsafe extern "C" fn kset_unregister(set: u64) {
    if set != 0 {
        // SAFETY: the module's struct kset.
        unsafe { put(set + kset::KOBJ as u64) };
    }
}

/// Nobody listens to events here.
unsafe extern "C" fn kobject_uevent(_object: u64, _action: i32) -> i32 {
    0
}

unsafe extern "C" fn kobject_uevent_env(_object: u64, _action: i32, _environment: u64) -> i32 {
    0
}

unsafe extern "C" fn add_uevent_var(_environment: u64, _format: *const u8, _list: *mut VaList) -> i32 {
    0
}
