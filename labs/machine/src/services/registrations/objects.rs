//! What modules ask the kernel to make and never look into: an empty structure is as good as any here.

use super::Object;

pub(super) const OBJECTS: &[Object] = &[
    // struct ctl_table_header
    Object {
        makers: &["register_sysctl", "register_sysctl_table", "register_net_sysctl"],
        size: 80,
        destroyers: &["unregister_sysctl_table", "unregister_net_sysctl_table"],
    },
    // struct input_dev, which registration hands to the kernel and unregistration takes apart
    Object {
        makers: &["input_allocate_device"],
        size: 1384,
        destroyers: &["input_free_device", "input_unregister_device"],
    },
    // struct tty_driver
    Object { makers: &["__tty_alloc_driver"], size: 184, destroyers: &["tty_driver_kref_put"] },
    // struct backing_dev_info
    Object { makers: &["bdi_alloc"], size: 1160, destroyers: &["bdi_put"] },
    // struct netlink_sock
    Object { makers: &["__netlink_kernel_create"], size: 1088, destroyers: &["netlink_kernel_release"] },
    // struct backlight_device
    Object {
        makers: &["backlight_device_register"],
        size: 936,
        destroyers: &["backlight_device_unregister"],
    },
    // struct thermal_zone_device
    Object {
        makers: &["thermal_zone_device_register"],
        size: 1136,
        destroyers: &["thermal_zone_device_unregister"],
    },
    // struct device, of the class "hwmon"
    Object {
        makers: &[
            "hwmon_device_register",
            "hwmon_device_register_with_groups",
            "hwmon_device_register_with_info",
        ],
        size: 752,
        destroyers: &["hwmon_device_unregister"],
    },
    // struct class_compat
    Object { makers: &["class_compat_register"], size: 8, destroyers: &["class_compat_unregister"] },
    // struct key
    Object { makers: &["keyring_alloc"], size: 232, destroyers: &["key_put"] },
];
