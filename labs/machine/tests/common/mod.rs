//! A machine, and machine code in it.
#![allow(dead_code)] // each test file takes what it needs

use std::sync::Arc;

use machine::{Config, Machine, Protection, Region, call_module};

/// A machine with two CPUs.
pub fn boot() -> Arc<Machine> {
    Machine::boot(Config::default()).expect("the machine should boot")
}

/// `code` as the text of a module.
pub fn text(machine: &Machine, code: &[u8]) -> Region {
    let mut region = machine.memory().allocate(code.len(), "test").expect("there should be memory");
    region.bytes_mut()[..code.len()].copy_from_slice(code);
    let size = region.size();
    region.protect(0..size, Protection::ReadExecute).expect("it should become text");
    region
}

/// Calls an export by its name, from within a task, as a module would.
pub fn export(name: &str, arguments: &[u64]) -> u64 {
    let address =
        machine::current().machine().exports().value(name).unwrap_or_else(|| panic!("{name} is no export"));
    let mut all = [0; 6];
    all[..arguments.len()].copy_from_slice(arguments);
    // SAFETY: the tests pass what each export's declaration in C asks for.
    unsafe { call_module(address, &all) }
}

/// A function of this test's as module code would name it.
pub fn function(function: *const ()) -> u64 {
    function as u64
}
