//! Numbers and switches: variables that fit into 64 bits.

use abi::{Errno, ParamKind};

use super::{NOARG, argument, operations, print, rules};
use crate::{
    Table,
    services::{fail, functions, text::bytes},
};

/// The types: the NAME of `param_ops_NAME`, the functions, the flags.
#[rustfmt::skip]
const TYPES: [(&str, &str, &str, u64); 13] = [
    ("param_ops_byte", "param_set_byte", "param_get_byte", 0),
    ("param_ops_short", "param_set_short", "param_get_short", 0),
    ("param_ops_ushort", "param_set_ushort", "param_get_ushort", 0),
    ("param_ops_int", "param_set_int", "param_get_int", 0),
    ("param_ops_uint", "param_set_uint", "param_get_uint", 0),
    ("param_ops_long", "param_set_long", "param_get_long", 0),
    ("param_ops_ulong", "param_set_ulong", "param_get_ulong", 0),
    ("param_ops_ullong", "param_set_ullong", "param_get_ullong", 0),
    ("param_ops_hexint", "param_set_hexint", "param_get_hexint", 0),
    ("param_ops_bool", "param_set_bool", "param_get_bool", NOARG),
    ("param_ops_bool_enable_only", "param_set_bool_enable_only", "param_get_bool", NOARG),
    ("param_ops_invbool", "param_set_invbool", "param_get_invbool", 0),
    ("param_ops_bint", "param_set_bint", "param_get_int", NOARG),
];

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; param_set_byte/2, param_get_byte/2, param_set_short/2, param_get_short/2, param_set_ushort/2,
        param_get_ushort/2, param_set_int/2, param_get_int/2, param_set_uint/2, param_get_uint/2, param_set_long/2,
        param_get_long/2, param_set_ulong/2, param_get_ulong/2, param_set_ullong/2, param_get_ullong/2,
        param_set_hexint/2, param_get_hexint/2, param_set_bool/2, param_get_bool/2, param_set_bool_enable_only/2,
        param_set_invbool/2, param_get_invbool/2, param_set_bint/2, param_set_uint_minmax/4);
    for (name, set, get, flags) in TYPES {
        operations(table, name, table.value(set), table.value(get), None, flags);
    }
}

macro_rules! setters {
    ($($name:ident: $kind:ident, $variable:ty;)*) => { $(
        unsafe extern "C" fn $name(value: *const u8, param: u64) -> i32 {
            // SAFETY: as for all of these files.
            unsafe {
                let variable = argument::<$variable>(param);
                let value = if value.is_null() { None } else { Some(bytes(value)) };
                // Widened, a number with a sign repeats it in the bits above.
                match rules().param_set(ParamKind::$kind, value, variable.read_unaligned() as u64) {
                    Ok(bits) => {
                        variable.write_unaligned(bits as $variable);
                        0
                    }
                    Err(errno) => fail(errno),
                }
            }
        }
    )* };
}

setters! {
    param_set_byte: Byte, u8;
    param_set_short: Short, i16;
    param_set_ushort: Ushort, u16;
    param_set_int: Int, i32;
    param_set_uint: Uint, u32;
    param_set_long: Long, i64;
    param_set_ulong: Ulong, u64;
    param_set_ullong: Ullong, u64;
    param_set_hexint: Hexint, u32;
    param_set_bool: Bool, u8;
    param_set_bool_enable_only: BoolEnableOnly, u8;
    param_set_invbool: Invbool, u8;
    param_set_bint: Bint, i32;
}

macro_rules! getters {
    ($($name:ident: $kind:ident, $variable:ty;)*) => { $(
        unsafe extern "C" fn $name(buffer: *mut u8, param: u64) -> i32 {
            // SAFETY: as for all of these files.
            unsafe {
                let bits = argument::<$variable>(param).read_unaligned() as u64;
                rules().param_get(ParamKind::$kind, bits).map_or_else(fail, |line| print(buffer, &line))
            }
        }
    )* };
}

getters! {
    param_get_byte: Byte, u8;
    param_get_short: Short, i16;
    param_get_ushort: Ushort, u16;
    param_get_int: Int, i32;
    param_get_uint: Uint, u32;
    param_get_long: Long, i64;
    param_get_ulong: Ulong, u64;
    param_get_ullong: Ullong, u64;
    param_get_hexint: Hexint, u32;
    param_get_bool: Bool, u8;
    param_get_invbool: Invbool, u8;
}

/// Not a type, but what a module's own `set` may call: an unsigned int between two bounds.
unsafe extern "C" fn param_set_uint_minmax(value: *const u8, param: u64, min: u32, max: u32) -> i32 {
    if value.is_null() {
        return fail(Errno::EINVAL);
    }
    // SAFETY: as for all of these files.
    unsafe {
        match rules().param_set(ParamKind::Uint, Some(bytes(value)), 0) {
            Ok(number) if (u64::from(min)..=u64::from(max)).contains(&number) => {
                argument::<u32>(param).write_unaligned(number as u32);
                0
            }
            Ok(_) => fail(Errno::EINVAL),
            Err(errno) => fail(errno),
        }
    }
}
