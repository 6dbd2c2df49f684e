//! Small devices that share major 10. Linux: drivers/char/misc.c.

use abi::Errno;
use abi::offsets::{file_operations, miscdevice};

use super::nodes::{NodeKind, add_node, remove_node};
use super::{device, number};
use crate::Table;
use crate::services::complain::Complaint;
use crate::services::{fail, field, functions, list, module_refs, text, with};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; misc_register/1, misc_deregister/1);
}

/// MISC_MAJOR, MISC_DYNAMIC_MINOR and the number of minors given out when any will do.
pub(super) const MAJOR: u32 = 10;
const ANY: i32 = 255;
const DYNAMIC: i32 = 128;

/// The struct miscdevices, the newest first.
#[derive(Debug, Default)]
struct Devices(Vec<Entry>);

#[derive(Debug, Clone)]
struct Entry {
    address: u64,
    minor: i32,
    node: String,
}

/// The device with a minor and its operations, with a reference on their owner.
pub(super) fn open(wanted: u32) -> Result<(u64, u64), Errno> {
    // All of it with misc_mtx held, as misc_open does: whoever deregisters it meanwhile waits, and its module with it.
    let find = |devices: &mut Devices| {
        let misc = devices.0.iter().find(|entry| entry.minor == wanted as i32)?.address;
        // SAFETY: a registered struct miscdevice is alive.
        let operations: u64 = unsafe { field::get(misc, miscdevice::FOPS) };
        // SAFETY: and so are its operations.
        let owner = unsafe { field::get(operations, file_operations::OWNER) };
        module_refs::get(owner).then_some((misc, operations))
    };
    with(find).ok_or(Errno::ENODEV)
}

/// The minor for a new device: the one it wants, or the highest that is free below 128.
fn choose(devices: &Devices, wanted: i32) -> Option<i32> {
    let free = |minor: &i32| devices.0.iter().all(|entry| entry.minor != *minor);
    if wanted == ANY { (0..DYNAMIC).rev().find(free) } else { Some(wanted).filter(free) }
}

unsafe extern "C" fn misc_register(misc: u64) -> i32 {
    // SAFETY: the module's struct miscdevice, whose name is a string.
    unsafe {
        list::init(misc + miscdevice::LIST as u64);
        let wanted: i32 = field::get(misc, miscdevice::MINOR);
        let name = String::from_utf8_lossy(text::bytes(field::get(misc, miscdevice::NAME))).into_owned();
        let node: *const u8 = field::get(misc, miscdevice::NODENAME);
        let node = if node.is_null() {
            name.clone()
        } else {
            String::from_utf8_lossy(text::bytes(node)).into_owned()
        };
        let entry = Entry { address: misc, minor: 0, node: node.clone() };
        let minor = with(|devices: &mut Devices| {
            let minor = choose(devices, wanted)?;
            devices.0.insert(0, Entry { minor, ..entry });
            Some(minor)
        });
        let Some(minor) = minor else { return fail(Errno::EBUSY) };
        if let Err(errno) = add_node(&node, NodeKind::Character, number(MAJOR, minor as u32)) {
            with(|devices: &mut Devices| devices.0.retain(|entry| entry.address != misc));
            return fail(errno);
        }
        field::put(misc, miscdevice::MINOR, minor);
        let parent = field::get(misc, miscdevice::PARENT);
        let device = device::create(0, parent, number(MAJOR, minor as u32), misc, name.as_bytes());
        field::put(misc, miscdevice::THIS_DEVICE, device);
    }
    0
}

unsafe extern "C" fn misc_deregister(misc: u64) {
    let find = |devices: &mut Devices| {
        let index = devices.0.iter().position(|entry| entry.address == misc)?;
        Some(devices.0.remove(index))
    };
    let Some(entry) = with(find) else {
        return Complaint { file: "drivers/char/misc.c", line: 247, function: "misc_deregister" }.warn_on();
    };
    remove_node(&entry.node);
    // SAFETY: the module's struct miscdevice.
    unsafe {
        list::init(misc + miscdevice::LIST as u64);
        device::destroy(field::get(misc, miscdevice::THIS_DEVICE));
    }
}
