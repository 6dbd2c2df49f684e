//! References that a module takes on itself or on others. The loader counts; the machine only passes on.
//! Linux: kernel/module/main.c, kernel/kmod.c.

use crate::format::{self, VaList};
use crate::services::{complain::Complaint, functions, text};
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; try_module_get/1, module_put/1, __module_get/1, __symbol_get/1, __symbol_put/1, __module_put_and_kthread_exit/2);
    table.variadic("__request_module", __request_module as *const (), 2);
}

/// try_module_get(): THIS_MODULE of built-in code is NULL, which is always there.
pub fn get(module: u64) -> bool {
    module == 0 || current().machine().hooks().try_module_get(module)
}

/// module_make_live(): who registers something that must be used at once says so.
pub fn make_live(module: u64) {
    if module != 0 {
        current().machine().hooks().module_make_live(module);
    }
}

/// module_put().
pub fn put(module: u64) {
    if module != 0 {
        current().machine().hooks().module_put(module);
    }
}

unsafe extern "C" fn try_module_get(module: u64) -> bool {
    get(module)
}

unsafe extern "C" fn module_put(module: u64) {
    put(module);
}

unsafe extern "C" fn __module_get(module: u64) {
    if module != 0 {
        current().machine().hooks().module_get(module);
    }
}

unsafe extern "C" fn __module_put_and_kthread_exit(module: u64, code: i64) {
    put(module);
    super::sync::exit(0, code);
}

unsafe extern "C" fn __symbol_get(name: *const u8) -> u64 {
    // SAFETY: a NUL-terminated name.
    let name = String::from_utf8_lossy(unsafe { text::bytes(name) });
    let machine = current().machine().clone();
    let kernel = machine.exports().get(&name).filter(|export| export.implemented);
    kernel.map(|export| export.value).or_else(|| machine.hooks().symbol_get(&name)).unwrap_or(0)
}

unsafe extern "C" fn __symbol_put(name: *const u8) {
    // SAFETY: a NUL-terminated name.
    let name = String::from_utf8_lossy(unsafe { text::bytes(name) }).into_owned();
    let machine = current().machine().clone();
    let is_there = machine.exports().get(&name).is_some() || machine.hooks().symbol_put(&name);
    drop((name, machine));
    if !is_there {
        Complaint { file: "kernel/module/main.c", line: 784, function: "__symbol_put" }.bug_on();
    }
}

/// Waits for the module, or not: who asks from its own init for modules that need it must not wait.
unsafe extern "C" fn __request_module(wait: bool, format: *const u8, list: *mut VaList) -> i32 {
    // SAFETY: a format and its arguments.
    let name = unsafe { format::format(format, list) };
    let name = String::from_utf8_lossy(&name).into_owned();
    let here = current();
    let hooks = here.machine().hooks();
    if wait {
        return hooks.request_module(&name);
    }
    // A machine that starts no tasks any more loads no modules either.
    let _ = here.machine().spawn(here.cpu(), "modprobe", move || {
        // Whether it worked shows when what was asked for is there, or is not.
        let _ = hooks.request_module(&name);
    });
    0
}
