//! Functions that go from hand to hand: calling those of modules, and giving ours to modules.

use std::collections::HashMap;

use super::with;
use crate::{call_module, current};

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

/// By the address of a Rust function: the stub through which module code calls it.
#[derive(Debug, Default)]
struct Stubs(HashMap<usize, u64>);

/// The address for module code of an `unsafe extern "C"` function of ours with so many integer arguments; NULL where
/// the host has no memory for the stub.
pub fn stub(function: *const (), arguments: usize) -> u64 {
    if let Some(made) = with(|stubs: &mut Stubs| stubs.0.get(&(function as usize)).copied()) {
        return made;
    }
    let made = current().machine().exports().stub(function, arguments).unwrap_or(0);
    with(|stubs: &mut Stubs| *stubs.0.entry(function as usize).or_insert(made))
}
