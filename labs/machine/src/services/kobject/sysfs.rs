//! Files and directories in /sys: noted as made, shown to nobody. Linux: fs/sysfs/.

use crate::Table;
use crate::format::{self, VaList};

pub(super) fn register(table: &mut Table<'_>) {
    for name in [
        "sysfs_create_group",
        "sysfs_create_groups",
        "sysfs_update_group",
        "sysfs_merge_group",
        "sysfs_create_link",
        "sysfs_create_mount_point",
        "sysfs_create_file_ns",
        "sysfs_create_files",
        "sysfs_create_bin_file",
        "sysfs_add_file_to_group",
        "sysfs_add_link_to_group",
        "device_create_file",
        "device_create_bin_file",
        "driver_create_file",
        "bus_create_file",
        "class_create_file_ns",
        "device_add_groups",
        "devm_device_add_group",
        "devm_device_add_groups",
    ] {
        table.function(name, succeed as *const (), 0);
    }
    for name in [
        "sysfs_remove_group",
        "sysfs_remove_groups",
        "sysfs_unmerge_group",
        "sysfs_remove_link",
        "sysfs_remove_mount_point",
        "sysfs_remove_file_ns",
        "sysfs_remove_files",
        "sysfs_remove_bin_file",
        "sysfs_remove_file_from_group",
        "sysfs_remove_link_from_group",
        "device_remove_file",
        "device_remove_bin_file",
        "driver_remove_file",
        "bus_remove_file",
        "class_remove_file_ns",
        "device_remove_groups",
        "sysfs_notify",
    ] {
        table.function(name, nothing as *const (), 0);
    }
    table.variadic("sysfs_emit", sysfs_emit as *const (), 2);
    table.variadic("sysfs_emit_at", sysfs_emit_at as *const (), 3);
    let show = table.stub(kobj_attribute_show as *const (), 3);
    let operations: Vec<u8> = [show, 0].into_iter().flat_map(u64::to_le_bytes).collect();
    table.data("kobj_sysfs_ops", 16, 8, &operations);
}

unsafe extern "C" fn succeed() -> i32 {
    0
}

unsafe extern "C" fn nothing() {}

/// Writes formatted text into a page from an offset on; how much.
unsafe fn emit(page: u64, at: i32, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: sysfs gives show functions a page; a format and its arguments.
    unsafe {
        let text = format::format(format, list);
        let at = at.clamp(0, 4095) as usize;
        let kept = text.len().min(4095 - at);
        let to = (page + at as u64) as *mut u8;
        std::ptr::copy_nonoverlapping(text.as_ptr(), to, kept);
        *to.add(kept) = 0;
        kept as i32
    }
}

unsafe extern "C" fn sysfs_emit(page: u64, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: as emit().
    unsafe { emit(page, 0, format, list) }
}

unsafe extern "C" fn sysfs_emit_at(page: u64, at: i32, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: as emit().
    unsafe { emit(page, at, format, list) }
}

/// kobj_attr_show(): a struct kobj_attribute has its show function behind name and mode.
unsafe extern "C" fn kobj_attribute_show(object: u64, attribute: u64, page: u64) -> i64 {
    // SAFETY: the module's struct kobj_attribute.
    let show: u64 = unsafe { crate::services::field::get(attribute, abi::offsets::kobj_attribute::SHOW) };
    if show == 0 {
        return abi::Errno::EIO.to_return();
    }
    // SAFETY: the attribute's own function.
    unsafe { crate::call_module(show, &[object, attribute, page, 0, 0, 0]) as i64 }
}
