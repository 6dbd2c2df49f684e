//! Numbers from text: the strict kstrto*() and the forgiving simple_strto*(). Linux: lib/kstrtox.c, lib/vsprintf.c.

use abi::{
    Errno,
    kstrtox::{
        kstrtobool as parse_bool, kstrtoll as parse_signed, kstrtoull as parse_unsigned,
        simple_strtoull as parse_number,
    },
};

use crate::exports::Table;
use crate::services::functions;
use crate::services::text::bytes;
use crate::services::uaccess;

pub(super) fn register(table: &mut Table) {
    functions!(table; kstrtoull/3, kstrtoll/3, kstrtouint/3, kstrtoint/3, kstrtou16/3, kstrtos16/3, kstrtou8/3, kstrtos8/3,
        kstrtobool/2, kstrtobool_from_user/3, kstrtoint_from_user/4, kstrtouint_from_user/4, kstrtoull_from_user/4,
        simple_strtoul/3, simple_strtoull/3, simple_strtol/3, simple_strtoll/3);
    table.function("_kstrtoul", kstrtoull as *const (), 3);
    table.function("_kstrtol", kstrtoll as *const (), 3);
}

/// Stores what was parsed, if it was; the C answer either way.
unsafe fn store<T>(to: *mut T, parsed: Result<T, Errno>) -> i32 {
    match parsed {
        Ok(value) => {
            // SAFETY: the caller passes a pointer to a variable of this type.
            unsafe { to.write_unaligned(value) };
            0
        }
        Err(errno) => errno.to_return() as i32,
    }
}

macro_rules! kstrto {
    ($($name:ident, $type:ty, $parse:ident;)*) => { $(
        unsafe extern "C" fn $name(s: *const u8, base: u32, to: *mut $type) -> i32 {
            // SAFETY: a NUL-terminated string and a variable of the caller's.
            unsafe { store(to, $parse(bytes(s), base).and_then(|value| value.try_into().map_err(|_| Errno::ERANGE))) }
        }
    )* };
}

kstrto! {
    kstrtoull, u64, parse_unsigned;
    kstrtoll, i64, parse_signed;
    kstrtouint, u32, parse_unsigned;
    kstrtoint, i32, parse_signed;
    kstrtou16, u16, parse_unsigned;
    kstrtos16, i16, parse_signed;
    kstrtou8, u8, parse_unsigned;
    kstrtos8, i8, parse_signed;
}

unsafe extern "C" fn kstrtobool(s: *const u8, to: *mut bool) -> i32 {
    if s.is_null() {
        return Errno::EINVAL.to_return() as i32;
    }
    // SAFETY: a NUL-terminated string and a variable of the caller's.
    unsafe { store(to, parse_bool(bytes(s))) }
}

/// At most 63 bytes of a number that a user wrote.
fn number_from_user(s: u64, count: usize) -> Result<Vec<u8>, Errno> {
    let mut text = vec![0; count.min(63)];
    if uaccess::read(s, &mut text) { Ok(text) } else { Err(Errno::EFAULT) }
}

unsafe extern "C" fn kstrtobool_from_user(s: u64, count: usize, to: *mut bool) -> i32 {
    // SAFETY: `to` is a variable of the caller's; the text was copied.
    unsafe { store(to, number_from_user(s, count.min(3)).and_then(|text| parse_bool(&text))) }
}

macro_rules! kstrto_from_user {
    ($($name:ident, $type:ty, $parse:ident;)*) => { $(
        unsafe extern "C" fn $name(s: u64, count: usize, base: u32, to: *mut $type) -> i32 {
            let parsed = number_from_user(s, count).and_then(|text| $parse(&text, base));
            // SAFETY: `to` is a variable of the caller's; the text was copied.
            unsafe { store(to, parsed.and_then(|value| value.try_into().map_err(|_| Errno::ERANGE))) }
        }
    )* };
}

kstrto_from_user! {
    kstrtoint_from_user, i32, parse_signed;
    kstrtouint_from_user, u32, parse_unsigned;
    kstrtoull_from_user, u64, parse_unsigned;
}

unsafe extern "C" fn simple_strtoull(s: *const u8, end: *mut *const u8, base: u32) -> u64 {
    // SAFETY: a NUL-terminated string.
    let (value, taken) = parse_number(unsafe { bytes(s) }, base);
    if !end.is_null() {
        // SAFETY: the caller's variable; what it gets lies within its own string.
        unsafe { *end = s.add(taken) };
    }
    value
}

unsafe extern "C" fn simple_strtoul(s: *const u8, end: *mut *const u8, base: u32) -> u64 {
    // SAFETY: as simple_strtoull.
    unsafe { simple_strtoull(s, end, base) }
}

unsafe extern "C" fn simple_strtoll(s: *const u8, end: *mut *const u8, base: u32) -> i64 {
    // SAFETY: as simple_strtoull; the byte before the NUL may be a minus.
    unsafe {
        if *s == b'-' {
            (simple_strtoull(s.add(1), end, base) as i64).wrapping_neg()
        } else {
            simple_strtoull(s, end, base) as i64
        }
    }
}

unsafe extern "C" fn simple_strtol(s: *const u8, end: *mut *const u8, base: u32) -> i64 {
    // SAFETY: as simple_strtoll.
    unsafe { simple_strtoll(s, end, base) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_into_the_callers_variable_is_a_range_error() {
        let mut byte = 0u8;
        // SAFETY: a literal and a variable.
        assert_eq!(unsafe { kstrtou8(c"256".as_ptr().cast(), 10, &raw mut byte) }, -34);
        assert_eq!(byte, 0);
    }
}
