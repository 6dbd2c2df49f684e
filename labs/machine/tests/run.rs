//! Machine code on simulated CPUs: what it returns, and where it runs.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::sync::Arc;

use machine::{Config, Machine, Protection, Region, call_module};

fn boot() -> Arc<Machine> {
    Machine::boot(Config::default()).unwrap()
}

/// `code` as the text of a module.
fn text(machine: &Machine, code: &[u8]) -> Region {
    let mut region = machine.memory().allocate(code.len(), "test").unwrap();
    region.bytes_mut()[..code.len()].copy_from_slice(code);
    let size = region.size();
    region.protect(0..size, Protection::ReadExecute).unwrap();
    region
}

#[test]
fn what_module_code_returns_is_what_the_caller_gets() {
    let machine = boot();
    // lea rax, [rdi + rsi]; ret
    let region = text(&machine, &[0x48, 0x8d, 0x04, 0x37, 0xc3]);
    // SAFETY: that is a function of two integers.
    let sum = machine.run(0, "test", || unsafe { call_module(region.address(), &[40, 2, 0, 0, 0, 0]) });
    assert_eq!(sum, Ok(42));
}
