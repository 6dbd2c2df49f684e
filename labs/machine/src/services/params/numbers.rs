//! The types of numbers: how each is read, and how it is printed.

use abi::Errno;

use super::{argument, operations, print, store};
use crate::{
    Table,
    services::{
        fail, functions,
        text::bytes,
        text::numbers::{parse_signed, parse_unsigned},
    },
};

pub(super) fn register(table: &mut Table<'_>) {
    register_types(table);
    functions!(table; param_set_uint_minmax/4);
}

macro_rules! number_types {
    ($($type:ty, $set:ident, $get:ident, $ops:literal, $parse:ident, $format:literal;)*) => {
        fn register_types(table: &mut Table<'_>) {
            $(
                let set = table.function(stringify!($set), $set as *const (), 2);
                let get = table.function(stringify!($get), $get as *const (), 2);
                operations(table, $ops, Some(set), Some(get), None, 0);
            )*
        }
        $(
            unsafe extern "C" fn $set(value: *const u8, param: u64) -> i32 {
                if value.is_null() {
                    return fail(Errno::EINVAL);
                }
                // SAFETY: as for all of these files.
                let parsed = $parse(unsafe { bytes(value) }, 0);
                match parsed.and_then(|value| <$type>::try_from(value).map_err(|_| Errno::ERANGE)) {
                    // SAFETY: as for all of these files.
                    Ok(value) => unsafe { store(argument::<$type>(param), value) },
                    Err(errno) => fail(errno),
                }
            }

            unsafe extern "C" fn $get(buffer: *mut u8, param: u64) -> i32 {
                // SAFETY: as for all of these files.
                unsafe { print(buffer, format!($format, argument::<$type>(param).read_unaligned()).as_bytes()) }
            }
        )*
    };
}

number_types! {
    u8, param_set_byte, param_get_byte, "param_ops_byte", parse_unsigned, "{}";
    i16, param_set_short, param_get_short, "param_ops_short", parse_signed, "{}";
    u16, param_set_ushort, param_get_ushort, "param_ops_ushort", parse_unsigned, "{}";
    i32, param_set_int, param_get_int, "param_ops_int", parse_signed, "{}";
    u32, param_set_uint, param_get_uint, "param_ops_uint", parse_unsigned, "{}";
    i64, param_set_long, param_get_long, "param_ops_long", parse_signed, "{}";
    u64, param_set_ulong, param_get_ulong, "param_ops_ulong", parse_unsigned, "{}";
    u64, param_set_ullong, param_get_ullong, "param_ops_ullong", parse_unsigned, "{}";
    u32, param_set_hexint, param_get_hexint, "param_ops_hexint", parse_unsigned, "{:#08x}";
}

unsafe extern "C" fn param_set_uint_minmax(value: *const u8, param: u64, min: u32, max: u32) -> i32 {
    if value.is_null() {
        return fail(Errno::EINVAL);
    }
    // SAFETY: as for all of these files.
    let parsed = parse_unsigned(unsafe { bytes(value) }, 0);
    match parsed.and_then(|value| u32::try_from(value).map_err(|_| Errno::ERANGE)) {
        // SAFETY: as for all of these files.
        Ok(value) if (min..=max).contains(&value) => unsafe { store(argument(param), value) },
        Ok(_) => fail(Errno::EINVAL),
        Err(errno) => fail(errno),
    }
}
