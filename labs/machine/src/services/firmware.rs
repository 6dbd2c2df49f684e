//! Firmware for devices, asked for in the background. There is none: the driver hears so. Linux:
//! drivers/base/firmware_loader/main.c.

use abi::Errno;

use crate::services::sync::tasks;
use crate::services::{fail, functions, module_refs};
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; request_firmware_nowait/7);
}

/// Holds the module until its function has been told.
unsafe extern "C" fn request_firmware_nowait(
    module: u64,
    _event: bool,
    _name: u64,
    _device: u64,
    _flags: u32,
    context: u64,
    tell: u64,
) -> i32 {
    if !module_refs::get(module) {
        return fail(Errno::EFAULT);
    }
    let here = current();
    let started = here.machine().spawn(here.cpu(), "kworker/firmware", move || {
        // SAFETY: the module's function, of a struct firmware, NULL for none, and its own pointer.
        unsafe { tasks::call(tell, &[0, context]) };
        module_refs::put(module);
    });
    if started.is_ok() {
        return 0;
    }
    module_refs::put(module);
    fail(Errno::ENOMEM)
}
