//! A machine, and machine code in it.
#![allow(dead_code)] // each test file takes what it needs

use std::sync::Arc;

use machine::{Config, Machine, Protection, Region};

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
