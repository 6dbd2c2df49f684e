//! Switches: `bool` and its kin.

use abi::Errno;

use super::{NOARG, argument, operations, print, store};
use crate::{
    Table,
    services::{fail, functions, text::bytes, text::numbers::parse_bool},
};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; param_set_bool/2, param_get_bool/2, param_set_bool_enable_only/2, param_set_invbool/2,
        param_get_invbool/2, param_set_bint/2);
    for (name, set, get, flags) in [
        ("param_ops_bool", "param_set_bool", "param_get_bool", NOARG),
        ("param_ops_bool_enable_only", "param_set_bool_enable_only", "param_get_bool", NOARG),
        ("param_ops_invbool", "param_set_invbool", "param_get_invbool", 0),
        ("param_ops_bint", "param_set_bint", "param_get_int", NOARG),
    ] {
        operations(table, name, table.value(set), table.value(get), None, flags);
    }
}

/// What a `bool` is set to by `value`; no value means true.
unsafe fn boolean(value: *const u8) -> Result<bool, Errno> {
    // SAFETY: as for all of these files.
    if value.is_null() { Ok(true) } else { parse_bool(unsafe { bytes(value) }) }
}

unsafe extern "C" fn param_set_bool(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of these files.
    unsafe { boolean(value).map_or_else(fail, |value| store(argument(param), value)) }
}

/// A switch that stays on once it is on.
unsafe extern "C" fn param_set_bool_enable_only(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of these files.
    unsafe {
        match boolean(value) {
            Ok(false) if *argument::<u8>(param) != 0 => fail(Errno::EROFS),
            Ok(value) => store(argument(param), value),
            Err(errno) => fail(errno),
        }
    }
}

unsafe extern "C" fn param_set_invbool(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of these files.
    unsafe { boolean(value).map_or_else(fail, |value| store(argument(param), !value)) }
}

/// A `bool` in the guise of an `int`.
unsafe extern "C" fn param_set_bint(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of these files.
    unsafe { boolean(value).map_or_else(fail, |value| store(argument::<i32>(param), value.into())) }
}

unsafe extern "C" fn param_get_bool(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of these files.
    unsafe { print(buffer, if *argument::<u8>(param) != 0 { b"Y" } else { b"N" }) }
}

unsafe extern "C" fn param_get_invbool(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of these files.
    unsafe { print(buffer, if *argument::<u8>(param) != 0 { b"N" } else { b"Y" }) }
}
