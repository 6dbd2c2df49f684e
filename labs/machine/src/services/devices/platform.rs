//! Devices that a module makes up because nothing announces them. They exist; no driver is bound to them.
//! Linux: drivers/base/platform.c.

use abi::Errno;
use abi::offsets::{device, platform_device as pdev, platform_device_info as info, resource};

use super::{device as devices, managed};
use crate::Table;
use crate::services::kobject::{self, Kind};
use crate::services::{err_ptr, fail, field, functions, heap, text};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; platform_device_alloc/2, platform_device_add/1, platform_device_del/1, platform_device_put/1,
        platform_device_register/1, platform_device_unregister/1, platform_device_register_full/1, platform_device_add_data/3,
        platform_device_add_resources/3, platform_get_resource/3);
}

/// PLATFORM_DEVID_NONE and PLATFORM_DEVID_AUTO.
const NONE: i32 = -1;
const AUTO: i32 = -2;

/// The struct device within.
fn dev(platform: u64) -> u64 {
    platform + pdev::DEV as u64
}

unsafe extern "C" fn platform_device_alloc(name: *const u8, id: i32) -> u64 {
    let platform = heap::allocate(pdev::SIZE as u64, 0);
    // SAFETY: a new object of that size, and a NUL-terminated name.
    unsafe {
        let name = managed::keep(dev(platform), heap::duplicate(text::bytes(name), true, 0));
        field::put(platform, pdev::NAME, name);
        field::put(platform, pdev::ID, id);
        kobject::initialise(dev(platform), 0);
    }
    kobject::adopt(dev(platform), Kind::Owned(platform));
    platform
}

/// Replaces the platform data by a copy.
unsafe extern "C" fn platform_device_add_data(platform: u64, data: *const u8, size: u64) -> i32 {
    let copy = if data.is_null() {
        0
    } else {
        // SAFETY: a range of `size` bytes.
        managed::keep(
            dev(platform),
            heap::duplicate(unsafe { std::slice::from_raw_parts(data, size as usize) }, false, 0),
        )
    };
    // SAFETY: the module's platform device.
    unsafe { field::put(dev(platform), device::PLATFORM_DATA, copy) };
    0
}

unsafe extern "C" fn platform_device_add_resources(platform: u64, from: *const u8, count: u32) -> i32 {
    let size = count as usize * resource::SIZE;
    let copy = if from.is_null() || count == 0 {
        0
    } else {
        // SAFETY: an array of `count` resources.
        managed::keep(
            dev(platform),
            heap::duplicate(unsafe { std::slice::from_raw_parts(from, size) }, false, 0),
        )
    };
    // SAFETY: the module's platform device.
    unsafe {
        field::put(platform, pdev::RESOURCE, copy);
        field::put(platform, pdev::NUM_RESOURCES, count);
    }
    0
}

/// The `index`th resource of a type.
unsafe extern "C" fn platform_get_resource(platform: u64, kind: u32, index: u32) -> u64 {
    /// IORESOURCE_TYPE_BITS.
    const TYPES: u64 = 0x1f00;
    // SAFETY: the module's platform device with its array.
    unsafe {
        let (first, count): (u64, u32) =
            (field::get(platform, pdev::RESOURCE), field::get(platform, pdev::NUM_RESOURCES));
        let all = (0..u64::from(count)).map(|at| first + at * resource::SIZE as u64);
        let same = |address: &u64| field::get::<u64>(*address, resource::FLAGS) & TYPES == u64::from(kind);
        all.filter(same).nth(index as usize).unwrap_or(0)
    }
}

/// Names and adds the device within.
unsafe fn add(platform: u64) -> Result<(), Errno> {
    // SAFETY: the module's platform device.
    unsafe {
        let name = String::from_utf8_lossy(text::bytes(field::get(platform, pdev::NAME))).into_owned();
        let name = match field::get::<i32>(platform, pdev::ID) {
            NONE => name,
            AUTO => {
                field::put(platform, pdev::ID_AUTO, true);
                // Unique, as the kernel's counter is.
                format!("{name}.{}.auto", platform >> 4 & 0xffff)
            }
            id => format!("{name}.{id}"),
        };
        kobject::set_name(dev(platform), name.as_bytes());
        devices::add(dev(platform))
    }
}

unsafe extern "C" fn platform_device_add(platform: u64) -> i32 {
    if platform == 0 {
        return fail(Errno::EINVAL);
    }
    // SAFETY: the module's platform device.
    unsafe { add(platform) }.map_or_else(fail, |()| 0)
}

unsafe extern "C" fn platform_device_del(platform: u64) {
    if platform != 0 && !crate::services::is_err(platform) {
        // SAFETY: the module's platform device.
        unsafe { devices::del(dev(platform)) };
    }
}

unsafe extern "C" fn platform_device_put(platform: u64) {
    if platform != 0 && !crate::services::is_err(platform) {
        // SAFETY: the module's platform device.
        unsafe { kobject::put(dev(platform)) };
    }
}

unsafe extern "C" fn platform_device_register(platform: u64) -> i32 {
    // SAFETY: the module's own platform device, which has its own release function.
    unsafe {
        kobject::initialise(dev(platform), 0);
        kobject::adopt(dev(platform), Kind::Device);
        platform_device_add(platform)
    }
}

unsafe extern "C" fn platform_device_unregister(platform: u64) {
    // SAFETY: the module's platform device.
    unsafe {
        platform_device_del(platform);
        platform_device_put(platform);
    }
}

unsafe extern "C" fn platform_device_register_full(wanted: u64) -> u64 {
    // SAFETY: the module's struct platform_device_info.
    unsafe {
        let platform = platform_device_alloc(field::get(wanted, info::NAME), field::get(wanted, info::ID));
        field::put(dev(platform), device::PARENT, field::get::<u64>(wanted, info::PARENT));
        platform_device_add_resources(
            platform,
            field::get(wanted, info::RES),
            field::get(wanted, info::NUM_RES),
        );
        platform_device_add_data(
            platform,
            field::get(wanted, info::DATA),
            field::get(wanted, info::SIZE_DATA),
        );
        match add(platform) {
            Ok(()) => platform,
            Err(errno) => {
                platform_device_put(platform);
                err_ptr(errno)
            }
        }
    }
}
