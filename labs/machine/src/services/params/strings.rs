//! Texts: `charp`, which is a copy, and `string`, which is the module's own array.

use std::collections::HashSet;

use abi::{Errno, offsets::kparam_string};

use super::{argument, name, operations, print, rules};
use crate::{
    Table,
    services::{fail, functions, heap, text::bytes, with},
};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; param_set_charp/2, param_get_charp/2, param_free_charp/1, param_set_copystring/2,
        param_get_string/2);
    let [set, get, free] =
        ["param_set_charp", "param_get_charp", "param_free_charp"].map(|name| table.value(name));
    operations(table, "param_ops_charp", set, get, free, 0);
    let [set, get] = ["param_set_copystring", "param_get_string"].map(|name| table.value(name));
    operations(table, "param_ops_string", set, get, None, 0);
}

/// The copies that `param_set_charp` made, which are the only ones that it frees (`kmalloced_params`).
type Copies = HashSet<u64>;

unsafe fn free_copy(argument: *mut u64) {
    // SAFETY: the parameter's variable.
    let old = unsafe { argument.read() };
    if with(|copies: &mut Copies| copies.remove(&old)) {
        heap::free(old);
    }
}

unsafe extern "C" fn param_set_charp(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of these files.
    unsafe {
        if value.is_null() {
            return fail(Errno::EINVAL);
        }
        let text = bytes(value);
        if let Err(errno) = rules().param_set_charp(name(param), text) {
            return fail(errno);
        }
        free_copy(argument(param));
        let copy = heap::duplicate(text, true, param);
        if copy == 0 {
            return fail(Errno::ENOMEM);
        }
        with(|copies: &mut Copies| copies.insert(copy));
        argument::<u64>(param).write(copy);
    }
    0
}

unsafe extern "C" fn param_get_charp(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of these files.
    unsafe {
        let text = *argument::<*const u8>(param);
        line(buffer, if text.is_null() { b"(null)" } else { bytes(text) })
    }
}

unsafe extern "C" fn param_free_charp(argument: *mut u64) {
    // SAFETY: the parameter's variable.
    unsafe { free_copy(argument) };
}

/// `module_param_string`: the text is copied into the module's own array.
unsafe extern "C" fn param_set_copystring(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of these files; the argument is a struct kparam_string.
    unsafe {
        if value.is_null() {
            return fail(Errno::EINVAL);
        }
        let text = bytes(value);
        let string = argument::<u8>(param) as u64;
        let room = *((string + kparam_string::MAXLEN as u64) as *const u32);
        if let Err(errno) = rules().param_set_copystring(name(param), text, room) {
            return fail(errno);
        }
        let to = *((string + kparam_string::STRING as u64) as *const *mut u8);
        to.copy_from(text.as_ptr(), text.len() + 1);
    }
    0
}

unsafe extern "C" fn param_get_string(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of these files; the argument is a struct kparam_string.
    unsafe {
        let string = argument::<u8>(param) as u64;
        line(buffer, bytes(*((string + kparam_string::STRING as u64) as *const *const u8)))
    }
}

/// Writes `text` to a page as a line.
unsafe fn line(buffer: *mut u8, text: &[u8]) -> i32 {
    // SAFETY: a page.
    unsafe { print(buffer, &[text, b"\n"].concat()) }
}
