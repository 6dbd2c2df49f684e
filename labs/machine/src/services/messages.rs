//! Messages about a device, with its driver's and its own name before them, and debug messages. Linux: drivers/base/core.c,
//! net/core/dev.c, lib/dynamic_debug.c.

use crate::format::{self, VaList};
use crate::services::{devices, kobject, text};
use crate::{Level, Table, printk};

pub(super) fn register(table: &mut Table<'_>) {
    let about_device: [(&str, *const ()); 7] = [
        ("_dev_emerg", dev_emerg as *const ()),
        ("_dev_alert", dev_alert as *const ()),
        ("_dev_crit", dev_crit as *const ()),
        ("_dev_err", dev_err as *const ()),
        ("_dev_warn", dev_warn as *const ()),
        ("_dev_notice", dev_notice as *const ()),
        ("_dev_info", dev_info as *const ()),
    ];
    for (name, function) in about_device {
        table.variadic(name, function, 2);
    }
    table.variadic("dev_err_probe", dev_err_probe as *const (), 3);
    table.variadic("_dev_printk", dev_printk as *const (), 3);
    for (name, function) in [
        ("netdev_err", netdev_err as *const ()),
        ("netdev_warn", netdev_warn as *const ()),
        ("netdev_notice", netdev_notice as *const ()),
        ("netdev_info", netdev_info as *const ()),
    ] {
        table.variadic(name, function, 2);
    }
    table.variadic("__dynamic_pr_debug", dynamic_pr_debug as *const (), 2);
    table.variadic("__dynamic_dev_dbg", dynamic_dev_dbg as *const (), 3);
    table.variadic("__dynamic_netdev_dbg", dynamic_netdev_dbg as *const (), 3);
}

/// Prints a message with the names of a device and its driver before it.
unsafe fn about(level: Level, device: u64, format: *const u8, list: *mut VaList) {
    // SAFETY: the module's struct device or NULL, a format and its arguments.
    unsafe {
        let message = format::format(format, list);
        let message = String::from_utf8_lossy(&message);
        if device == 0 {
            printk(level, &format!("(NULL device *): {message}"));
            return;
        }
        let driver =
            String::from_utf8_lossy(text::bytes(devices::driver_name(device) as *const u8)).into_owned();
        printk(level, &format!("{driver} {}: {message}", kobject::name(device)));
    }
}

macro_rules! about_device {
    ($($name:ident = $level:ident;)*) => { $(
        unsafe extern "C" fn $name(device: u64, format: *const u8, list: *mut VaList) {
            // SAFETY: as about().
            unsafe { about(Level::$level, device, format, list) };
        }
    )* };
}

about_device! {
    dev_emerg = EMERG;
    dev_alert = ALERT;
    dev_crit = CRIT;
    dev_err = ERR;
    dev_warn = WARNING;
    dev_notice = NOTICE;
    dev_info = INFO;
}

/// The error is passed through, so that a probe function can return it.
unsafe extern "C" fn dev_err_probe(device: u64, error: i32, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: as about().
    unsafe { about(Level::ERR, device, format, list) };
    error
}

unsafe extern "C" fn dev_printk(_level: *const u8, device: u64, format: *const u8, list: *mut VaList) {
    // SAFETY: as about().
    unsafe { about(Level::INFO, device, format, list) };
}

/// Prints a message with a network device's name before it: the structure begins with it.
unsafe fn about_network(level: Level, device: u64, format: *const u8, list: *mut VaList) {
    // SAFETY: the module's struct net_device or NULL, a format and its arguments.
    unsafe {
        let message = format::format(format, list);
        let name = if device == 0 { b"(NULL net_device)" } else { text::bytes(device as *const u8) };
        printk(level, &format!("{}: {}", String::from_utf8_lossy(name), String::from_utf8_lossy(&message)));
    }
}

macro_rules! about_network_device {
    ($($name:ident = $level:ident;)*) => { $(
        unsafe extern "C" fn $name(device: u64, format: *const u8, list: *mut VaList) {
            // SAFETY: as about_network().
            unsafe { about_network(Level::$level, device, format, list) };
        }
    )* };
}

about_network_device! {
    netdev_err = ERR;
    netdev_warn = WARNING;
    netdev_notice = NOTICE;
    netdev_info = INFO;
}

/// Called only where somebody switched the message on.
unsafe extern "C" fn dynamic_pr_debug(_descriptor: u64, format: *const u8, list: *mut VaList) {
    // SAFETY: a format and its arguments.
    let message = unsafe { format::format(format, list) };
    printk(Level::DEBUG, &String::from_utf8_lossy(&message));
}

unsafe extern "C" fn dynamic_dev_dbg(_descriptor: u64, device: u64, format: *const u8, list: *mut VaList) {
    // SAFETY: as about().
    unsafe { about(Level::DEBUG, device, format, list) };
}

unsafe extern "C" fn dynamic_netdev_dbg(_descriptor: u64, device: u64, format: *const u8, list: *mut VaList) {
    // SAFETY: as about_network().
    unsafe { about_network(Level::DEBUG, device, format, list) };
}
