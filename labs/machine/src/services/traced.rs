//! Exports that must know who called them, as `_RET_IP_` tells the kernel's: allocators, mostly.

use crate::Table;
use crate::format::VaList;

/// `mov REGISTER, [rbp+8]` for the registers of the first six arguments.
const CALLER_INTO: [[u8; 4]; 6] = [
    [0x48, 0x8b, 0x7d, 0x08],
    [0x48, 0x8b, 0x75, 0x08],
    [0x48, 0x8b, 0x55, 0x08],
    [0x48, 0x8b, 0x4d, 0x08],
    [0x4c, 0x8b, 0x45, 0x08],
    [0x4c, 0x8b, 0x4d, 0x08],
];

/// Registers a function of up to five arguments that gets its caller's return address as a further one.
pub fn function(table: &mut Table<'_>, name: &str, function: *const (), arguments: usize) {
    // push rbp; mov rbp, rsp; and rsp, -16
    let mut code = vec![0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xe4, 0xf0];
    code.extend(CALLER_INTO[arguments.min(5)]);
    // mov r11, function; call r11; leave; ret
    code.extend([0x49, 0xbb]);
    code.extend((function as u64).to_le_bytes());
    code.extend([0x41, 0xff, 0xd3, 0xc9, 0xc3]);
    table.code(name, &code);
}

/// The return address of the caller of a variadic export.
///
/// # Safety
/// The list is the one that the export's stub made.
pub unsafe fn caller(list: *const VaList) -> u64 {
    // SAFETY: the stub lets overflow_arg_area, the second word, point right behind the return address.
    unsafe { (*list.cast::<*const u64>().add(1)).sub(1).read() }
}

/// Registers several functions with their callers: `traced!(table; kmalloc_trace/3)`.
macro_rules! traced {
    ($table:expr; $($name:ident / $arguments:literal),* $(,)?) => {
        $($crate::services::traced::function($table, stringify!($name), $name as *const (), $arguments);)*
    };
}
pub(super) use traced;
