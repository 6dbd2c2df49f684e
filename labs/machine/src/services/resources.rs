//! Ports and addresses of devices: who has asked for which. Behind the ports there is nothing (reading gives ones), and
//! there are no addresses to map. Linux: kernel/resource.c, arch/x86/mm/ioremap.c.

use std::collections::BTreeMap;

use abi::Errno;
use abi::offsets::resource;

use crate::services::traced::traced;
use crate::services::{err_ptr, fail, field, functions, heap, with};
use crate::{Level, Table, printk};

pub(super) fn register(table: &mut Table<'_>) {
    whole(table, "ioport_resource", c"PCI IO", 0xffff, 0x100);
    whole(table, "iomem_resource", c"PCI mem", u64::MAX, 0x200);
    traced!(table; __request_region/5);
    functions!(table; __release_region/3, request_resource/2, insert_resource/2, release_resource/1, remove_resource/1,
        devm_ioremap_resource/2);
    for name in [
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
    for name in ["iounmap", "memunmap", "ioport_unmap", "pci_iounmap", "devm_iounmap"] {
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

/// A range that somebody has: its last number, its struct resource, and whether the machine allocated that.
#[derive(Debug, Clone, Copy)]
struct Range {
    end: u64,
    address: u64,
    own: bool,
}

/// The ranges by the whole that they are part of and their first number.
#[derive(Debug, Default)]
struct Ranges(BTreeMap<(u64, u64), Range>);

impl Ranges {
    /// Takes a range; false where it is empty or overlaps another.
    fn take(&mut self, parent: u64, start: u64, range: Range) -> bool {
        let before = self.0.range(..=(parent, range.end)).next_back();
        let overlaps = before.is_some_and(|(&(of, _), other)| of == parent && other.end >= start);
        if overlaps || range.end < start {
            return false;
        }
        self.0.insert((parent, start), range);
        true
    }

    /// Gives back the range that a struct resource describes.
    fn give(&mut self, address: u64) -> Option<Range> {
        let key = *self.0.iter().find(|(_, range)| range.address == address)?.0;
        self.0.remove(&key)
    }
}

unsafe extern "C" fn __request_region(
    parent: u64,
    start: u64,
    count: u64,
    name: u64,
    flags: u32,
    caller: u64,
) -> u64 {
    let address = heap::allocate(resource::SIZE as u64, caller);
    let end = start.wrapping_add(count).wrapping_sub(1);
    let range = Range { end, address, own: true };
    if address == 0 || !with(|ranges: &mut Ranges| ranges.take(parent, start, range)) {
        heap::free(address);
        return 0;
    }
    // SAFETY: a new object of that size.
    unsafe {
        field::put(address, resource::START, start);
        field::put(address, resource::END, end);
        field::put(address, resource::NAME, name);
        field::put(address, resource::FLAGS, u64::from(flags));
    }
    address
}

unsafe extern "C" fn __release_region(parent: u64, start: u64, count: u64) {
    let end = start.wrapping_add(count).wrapping_sub(1);
    let range = with(|ranges: &mut Ranges| {
        let same = ranges.0.get(&(parent, start)).is_some_and(|range| range.end == end);
        if same { ranges.0.remove(&(parent, start)) } else { None }
    });
    match range {
        Some(Range { address, own: true, .. }) => heap::free(address),
        Some(_) => {}
        None => {
            let text = format!("Trying to free nonexistent resource <{start:016x}-{end:016x}>\n");
            printk(Level::WARNING, &text);
        }
    }
}

unsafe extern "C" fn request_resource(parent: u64, address: u64) -> i32 {
    // SAFETY: the module's struct resource.
    let (start, end) = unsafe { (field::get(address, resource::START), field::get(address, resource::END)) };
    let taken = with(|ranges: &mut Ranges| ranges.take(parent, start, Range { end, address, own: false }));
    if taken { 0 } else { fail(Errno::EBUSY) }
}

unsafe extern "C" fn insert_resource(parent: u64, address: u64) -> i32 {
    // SAFETY: as request_resource.
    unsafe { request_resource(parent, address) }
}

unsafe extern "C" fn release_resource(address: u64) -> i32 {
    if with(|ranges: &mut Ranges| ranges.give(address)).is_some() { 0 } else { fail(Errno::EINVAL) }
}

unsafe extern "C" fn remove_resource(address: u64) -> i32 {
    // SAFETY: no requirements.
    unsafe { release_resource(address) }
}

/// There is nothing to map.
unsafe extern "C" fn none() -> u64 {
    0
}

unsafe extern "C" fn nothing() {}

unsafe extern "C" fn devm_ioremap_resource(_device: u64, _resource: u64) -> u64 {
    err_ptr(Errno::ENOMEM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_may_touch_but_not_overlap() {
        let mut ranges = Ranges::default();
        let range = |end| Range { end, address: end, own: true };
        assert!(ranges.take(1, 0x60, range(0x6f)));
        assert!(!ranges.take(1, 0x6f, range(0x7f)), "the last port is taken");
        assert!(!ranges.take(1, 0x50, range(0x80)), "it contains a taken one");
        assert!(ranges.take(1, 0x70, range(0x7f)));
        assert!(ranges.take(2, 0x60, range(0x6f)), "another whole");
        assert!(ranges.give(0x6f).is_some());
        assert!(ranges.take(1, 0x60, range(0x60)));
    }
}
