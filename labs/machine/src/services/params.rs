//! The types of module parameters that the kernel knows: `set` reads a value from text, `get` prints it. Linux:
//! kernel/params.c. A module adds types of its own by bringing its own pair of functions.

use std::collections::HashSet;

use abi::{
    Errno,
    offsets::{kernel_param, kernel_param_ops, kparam_array, kparam_string},
};

use super::text::bytes;
use super::text::numbers::{parse_bool, parse_signed, parse_unsigned};
use super::{fail, functions, heap, with};
use crate::{Level, Table, call_module, printk};

/// `KERNEL_PARAM_OPS_FL_NOARG`: the name alone will do.
const NOARG: u64 = 1;
/// The longest text that a `charp` takes; bytes.
const LONGEST: usize = 1024;
/// What `get` may write; bytes.
const PAGE_SIZE: usize = 4096;

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; param_set_charp/2, param_get_charp/2, param_free_charp/1, param_set_bool/2, param_get_bool/2,
        param_set_bool_enable_only/2, param_set_invbool/2, param_get_invbool/2, param_set_bint/2,
        param_set_copystring/2, param_get_string/2, param_set_uint_minmax/4);
    numbers::register(table);
    for (name, set, get, free, flags) in [
        ("param_ops_charp", "param_set_charp", "param_get_charp", Some("param_free_charp"), 0),
        ("param_ops_bool", "param_set_bool", "param_get_bool", None, NOARG),
        ("param_ops_bool_enable_only", "param_set_bool_enable_only", "param_get_bool", None, NOARG),
        ("param_ops_invbool", "param_set_invbool", "param_get_invbool", None, 0),
        ("param_ops_bint", "param_set_bint", "param_get_int", None, NOARG),
        ("param_ops_string", "param_set_copystring", "param_get_string", None, 0),
    ] {
        let free = free.and_then(|free| table.value(free));
        operations(table, name, table.value(set), table.value(get), free, flags);
    }
    // The kernel does not export the functions themselves; only its table names them.
    let set = table.stub(param_array_set as *const (), 2);
    let get = table.stub(param_array_get as *const (), 2);
    let free = table.stub(param_array_free as *const (), 1);
    operations(table, "param_array_ops", Some(set), Some(get), Some(free), 0);
}

/// Exports a `struct kernel_param_ops`.
fn operations(
    table: &mut Table<'_>,
    name: &str,
    set: Option<u64>,
    get: Option<u64>,
    free: Option<u64>,
    flags: u64,
) {
    let words = [flags, set.unwrap_or_default(), get.unwrap_or_default(), free.unwrap_or_default()];
    let bytes: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
    table.data(name, kernel_param_ops::SIZE, 8, &bytes);
}

/// # Safety for all of this file
/// `param` is a struct kernel_param whose argument is a variable of the type that its operations are for; `value` is a
/// NUL-terminated text or null; `buffer` is a page.
unsafe fn argument<T>(param: u64) -> *mut T {
    // SAFETY: a struct kernel_param.
    unsafe { *((param + kernel_param::ARG as u64) as *const *mut T) }
}

unsafe fn name(param: u64) -> String {
    // SAFETY: a struct kernel_param, whose name is a string.
    let name = unsafe { bytes(*((param + kernel_param::NAME as u64) as *const *const u8)) };
    String::from_utf8_lossy(name).into_owned()
}

/// Writes `text` and a newline to a page, as scnprintf does; its length.
unsafe fn print(buffer: *mut u8, text: &[u8]) -> i32 {
    let length = text.len().min(PAGE_SIZE - 2);
    // SAFETY: a page.
    unsafe {
        buffer.copy_from_nonoverlapping(text.as_ptr(), length);
        buffer.add(length).cast::<[u8; 2]>().write([b'\n', 0]);
    }
    length as i32 + 1
}

/// The types of numbers: how each is read, and how it is printed.
mod numbers {
    use super::*;

    macro_rules! number_types {
        ($($type:ty, $set:ident, $get:ident, $ops:literal, $parse:ident, $format:literal;)*) => {
            pub(super) fn register(table: &mut Table<'_>) {
                $(
                    let set = table.function(stringify!($set), $set as *const (), 2);
                    let get = table.function(stringify!($get), $get as *const (), 2);
                    operations(table, $ops, Some(set), Some(get), None, 0);
                )*
            }
            $(
                pub(super) unsafe extern "C" fn $set(value: *const u8, param: u64) -> i32 {
                    if value.is_null() {
                        return fail(Errno::EINVAL);
                    }
                    // SAFETY: as for all of this file.
                    let parsed = $parse(unsafe { bytes(value) }, 0);
                    match parsed.and_then(|value| <$type>::try_from(value).map_err(|_| Errno::ERANGE)) {
                        Ok(value) => {
                            // SAFETY: as for all of this file.
                            unsafe { argument::<$type>(param).write_unaligned(value) };
                            0
                        }
                        Err(errno) => fail(errno),
                    }
                }

                pub(super) unsafe extern "C" fn $get(buffer: *mut u8, param: u64) -> i32 {
                    // SAFETY: as for all of this file.
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
        u32, param_set_hexint, param_get_hexint, "param_ops_hexint", parse_unsigned, "{:#010x}";
    }
}

unsafe extern "C" fn param_set_uint_minmax(value: *const u8, param: u64, min: u32, max: u32) -> i32 {
    if value.is_null() {
        return fail(Errno::EINVAL);
    }
    // SAFETY: as for all of this file.
    let parsed = parse_unsigned(unsafe { bytes(value) }, 0);
    match parsed.and_then(|value| u32::try_from(value).map_err(|_| Errno::ERANGE)) {
        Ok(value) if (min..=max).contains(&value) => {
            // SAFETY: as for all of this file.
            unsafe { argument::<u32>(param).write_unaligned(value) };
            0
        }
        Ok(_) => fail(Errno::EINVAL),
        Err(errno) => fail(errno),
    }
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
    // SAFETY: as for all of this file.
    unsafe {
        if value.is_null() {
            return fail(Errno::EINVAL);
        }
        let text = bytes(value);
        if text.len() > LONGEST {
            printk(Level::ERR, &format!("{}: string parameter too long\n", name(param)));
            return fail(Errno::ENOSPC);
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
    // SAFETY: as for all of this file.
    unsafe {
        let text = *argument::<*const u8>(param);
        print(buffer, if text.is_null() { b"(null)" } else { bytes(text) })
    }
}

unsafe extern "C" fn param_free_charp(argument: *mut u64) {
    // SAFETY: the parameter's variable.
    unsafe { free_copy(argument) };
}

/// What a `bool` is set to by `value`; no value means true.
unsafe fn boolean(value: *const u8) -> Result<bool, Errno> {
    // SAFETY: as for all of this file.
    if value.is_null() { Ok(true) } else { parse_bool(unsafe { bytes(value) }) }
}

unsafe extern "C" fn param_set_bool(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { boolean(value).map_or_else(fail, |value| store(argument(param), value)) }
}

/// A switch that stays on once it is on.
unsafe extern "C" fn param_set_bool_enable_only(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        match boolean(value) {
            Ok(false) if *argument::<u8>(param) != 0 => fail(Errno::EROFS),
            Ok(value) => store(argument(param), value),
            Err(errno) => fail(errno),
        }
    }
}

unsafe extern "C" fn param_set_invbool(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { boolean(value).map_or_else(fail, |value| store(argument(param), !value)) }
}

/// A `bool` in the guise of an `int`.
unsafe extern "C" fn param_set_bint(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { boolean(value).map_or_else(fail, |value| store(argument::<i32>(param), value.into())) }
}

unsafe fn store<T>(variable: *mut T, value: T) -> i32 {
    // SAFETY: the parameter's variable.
    unsafe { variable.write_unaligned(value) };
    0
}

unsafe extern "C" fn param_get_bool(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { print(buffer, if *argument::<u8>(param) != 0 { b"Y" } else { b"N" }) }
}

unsafe extern "C" fn param_get_invbool(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { print(buffer, if *argument::<u8>(param) != 0 { b"N" } else { b"Y" }) }
}

/// `module_param_string`: the text is copied into the module's own array.
unsafe extern "C" fn param_set_copystring(value: *const u8, param: u64) -> i32 {
    // SAFETY: as for all of this file; the argument is a struct kparam_string.
    unsafe {
        if value.is_null() {
            return fail(Errno::EINVAL);
        }
        let text = bytes(value);
        let string = argument::<u8>(param) as u64;
        let room = *((string + kparam_string::MAXLEN as u64) as *const u32);
        if text.len() + 1 > room as usize {
            let least = room.wrapping_sub(1);
            printk(Level::ERR, &format!("{}: string doesn't fit in {least} chars.\n", name(param)));
            return fail(Errno::ENOSPC);
        }
        let to = *((string + kparam_string::STRING as u64) as *const *mut u8);
        to.copy_from(text.as_ptr(), text.len() + 1);
    }
    0
}

unsafe extern "C" fn param_get_string(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of this file; the argument is a struct kparam_string.
    unsafe {
        let string = argument::<u8>(param) as u64;
        print(buffer, bytes(*((string + kparam_string::STRING as u64) as *const *const u8)))
    }
}

/// A `struct kparam_array`.
#[derive(Clone, Copy)]
struct Array {
    most: u32,
    element_size: u32,
    count: *mut u32,
    operations: u64,
    elements: u64,
}

impl Array {
    unsafe fn of(array: u64) -> Array {
        // SAFETY: a struct kparam_array.
        unsafe {
            Array {
                most: *((array + kparam_array::MAX as u64) as *const u32),
                element_size: *((array + kparam_array::ELEMSIZE as u64) as *const u32),
                count: *((array + kparam_array::NUM as u64) as *const *mut u32),
                operations: *((array + kparam_array::OPS as u64) as *const u64),
                elements: *((array + kparam_array::ELEM as u64) as *const u64),
            }
        }
    }

    unsafe fn count(&self) -> u32 {
        // SAFETY: the array's counter, where it has one.
        if self.count.is_null() { self.most } else { unsafe { *self.count } }
    }

    unsafe fn operation(&self, offset: usize) -> u64 {
        // SAFETY: the elements' struct kernel_param_ops.
        unsafe { *((self.operations + offset as u64) as *const u64) }
    }

    fn element(&self, index: u32) -> u64 {
        self.elements + u64::from(index) * u64::from(self.element_size)
    }

    /// A struct kernel_param for the element `index` of the array that `param` is for.
    unsafe fn param(&self, param: u64, index: u32) -> [u8; kernel_param::SIZE] {
        // SAFETY: a struct kernel_param.
        let mut copy = unsafe { *(param as *const [u8; kernel_param::SIZE]) };
        let (element, at) = (self.element(index), kernel_param::ARG);
        copy[at..at + 8].copy_from_slice(&element.to_le_bytes());
        copy
    }
}

/// `param_array`: each element, between commas, is set by the operations of its type. The text is cut at the commas.
unsafe extern "C" fn param_array_set(value: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of this file; the text may be written to, and the argument is a struct kparam_array.
    unsafe {
        if value.is_null() {
            printk(Level::ERR, &format!("{}: expects arguments\n", name(param)));
            return fail(Errno::EINVAL);
        }
        let array = Array::of(argument::<u8>(param) as u64);
        let (mut set, mut text) = (0, value);
        loop {
            if set >= array.most {
                printk(Level::ERR, &format!("{}: can only take {} arguments\n", name(param), array.most));
                return fail(Errno::EINVAL);
            }
            let length = bytes(text).iter().position(|&byte| byte == b',');
            if let Some(comma) = length {
                text.add(comma).write(0);
            }
            let element = array.param(param, set);
            let arguments = [text as u64, element.as_ptr() as u64, 0, 0, 0, 0];
            let refused = call_module(array.operation(kernel_param_ops::SET), &arguments) as i32;
            if refused != 0 {
                return refused;
            }
            set += 1;
            match length {
                Some(comma) => text = text.add(comma + 1),
                None => break,
            }
        }
        if !array.count.is_null() {
            array.count.write(set);
        }
    }
    0
}

/// The elements, with commas between them.
unsafe extern "C" fn param_array_get(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of this file; the argument is a struct kparam_array.
    unsafe {
        let array = Array::of(argument::<u8>(param) as u64);
        let page = heap::allocate(PAGE_SIZE as u64, param);
        if page == 0 {
            return fail(Errno::ENOMEM);
        }
        let mut text: Vec<u8> = Vec::new();
        let mut refused = 0;
        for index in 0..array.count() {
            let element = array.param(param, index);
            let arguments = [page, element.as_ptr() as u64, 0, 0, 0, 0];
            let written = call_module(array.operation(kernel_param_ops::GET), &arguments) as i32;
            if written < 0 {
                refused = written;
                break;
            }
            // A value's own newline becomes the comma before the next one.
            let line = bytes(page as *const u8);
            text.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
            text.push(b',');
        }
        text.pop();
        heap::free(page);
        if refused < 0 { refused } else { print(buffer, &text) }
    }
}

unsafe extern "C" fn param_array_free(array: u64) {
    // SAFETY: a struct kparam_array.
    unsafe {
        let array = Array::of(array);
        let free = array.operation(kernel_param_ops::FREE);
        if free != 0 {
            for index in 0..array.count() {
                call_module(free, &[array.element(index), 0, 0, 0, 0, 0]);
            }
        }
    }
}
