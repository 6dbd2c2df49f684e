//! Ports and addresses of devices. The machine has no bus behind them: what a driver asks for is refused as taken, and
//! mapping it gives nothing. Linux: kernel/resource.c, arch/x86/mm/ioremap.c.

use abi::Errno;
use abi::offsets::resource;

use crate::Table;
use crate::services::{err_ptr, functions};

pub(super) fn register(table: &mut Table<'_>) {
    whole(table, "ioport_resource", c"PCI IO", 0xffff, 0x100);
    whole(table, "iomem_resource", c"PCI mem", u64::MAX, 0x200);
    functions!(table; devm_ioremap_resource/2);
    for name in [
        "__request_region",
        "__devm_request_region",
        "devm_ioremap",
        "devm_ioremap_wc",
        "ioremap",
        "ioremap_wc",
        "ioremap_cache",
        "ioremap_uc",
        "ioremap_prot",
        "memremap",
        "ioport_map",
        "pci_iomap",
        "pci_ioremap_bar",
        "devm_ioport_map",
    ] {
        table.function(name, none as *const (), 5);
    }
    for name in ["request_resource", "insert_resource", "adjust_resource", "allocate_resource"] {
        table.function(name, busy as *const (), 3);
    }
    for name in [
        "__release_region",
        "__devm_release_region",
        "release_resource",
        "remove_resource",
        "iounmap",
        "memunmap",
        "ioport_unmap",
        "pci_iounmap",
        "devm_iounmap",
    ] {
        table.function(name, nothing as *const (), 3);
    }
}

/// A range that contains all others of its kind.
fn whole(table: &mut Table<'_>, name: &str, title: &std::ffi::CStr, end: u64, flags: u64) {
    let mut bytes = [0; resource::SIZE];
    bytes[resource::END..resource::END + 8].copy_from_slice(&end.to_le_bytes());
    bytes[resource::FLAGS..resource::FLAGS + 8].copy_from_slice(&flags.to_le_bytes());
    bytes[resource::NAME..resource::NAME + 8].copy_from_slice(&(title.as_ptr() as u64).to_le_bytes());
    table.data(name, resource::SIZE, 8, &bytes);
}

unsafe extern "C" fn none() -> u64 {
    0
}

unsafe extern "C" fn busy() -> i64 {
    Errno::EBUSY.to_return()
}

unsafe extern "C" fn nothing() {}

unsafe extern "C" fn devm_ioremap_resource(_device: u64, _resource: u64) -> u64 {
    err_ptr(Errno::EBUSY)
}
