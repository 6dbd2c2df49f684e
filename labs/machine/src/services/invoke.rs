//! Calling the functions that modules hand over, with as many arguments as they take.

use crate::call_module;

/// Calls module code; see [`call_module`].
///
/// # Safety
/// As [`call_module`]: `function` is one of a module's, for these arguments, and no lock is held.
pub unsafe fn invoke<const N: usize>(function: u64, arguments: [u64; N]) -> u64 {
    const { assert!(N <= 6) };
    let mut six = [0; 6];
    six[..N].copy_from_slice(&arguments);
    // SAFETY: the caller's promise.
    unsafe { call_module(function, &six) }
}

/// The same for functions that return an `int`: 0 or more, or a negative errno.
///
/// # Safety
/// As [`invoke`].
pub unsafe fn invoke_int<const N: usize>(function: u64, arguments: [u64; N]) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { invoke(function, arguments) as i32 }
}
