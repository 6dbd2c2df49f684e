//! The hardware that is not there: ports, model-specific registers.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use common::{boot, text};
use machine::call_module;

/// What `code` returns, called with `arguments`.
#[track_caller]
fn call(code: &[u8], arguments: &[u64; 6]) -> u64 {
    let machine = boot();
    let region = text(&machine, code);
    // SAFETY: the tests' own functions.
    machine.run(0, "test", || unsafe { call_module(region.address(), arguments) }).unwrap()
}

#[test]
fn reading_a_port_gives_all_ones_and_writing_one_goes_nowhere() {
    for (code, expected) in [
        // xor eax, eax; mov edx, 0x3f8; in al, dx; ret
        (&[0x31u8, 0xc0, 0xba, 0xf8, 3, 0, 0, 0xec, 0xc3] as &[u8], 0xff),
        // in ax, dx
        (&[0x31, 0xc0, 0xba, 0xf8, 3, 0, 0, 0x66, 0xed, 0xc3], 0xffff),
        // in eax, dx
        (&[0x31, 0xc0, 0xba, 0xf8, 3, 0, 0, 0xed, 0xc3], 0xffff_ffff),
        // in al, 0x60
        (&[0x31, 0xc0, 0xe4, 0x60, 0xc3], 0xff),
        // mov eax, 5; out dx, al; out 0x80, eax; ret
        (&[0xb8, 5, 0, 0, 0, 0xee, 0xe7, 0x80, 0xc3], 5),
    ] {
        assert_eq!(call(code, &[0; 6]), expected, "{code:x?}");
    }
}

#[test]
fn reading_a_port_repeatedly_fills_memory() {
    let mut buffer = [0u16; 5];
    // mov ecx, 4; rep insw; mov eax, ecx; ret
    let code = [0xb9, 4, 0, 0, 0, 0xf3, 0x66, 0x6d, 0x89, 0xc8, 0xc3];
    assert_eq!(call(&code, &[buffer.as_mut_ptr() as u64, 0, 0, 0, 0, 0]), 0);
    assert_eq!(buffer, [0xffff, 0xffff, 0xffff, 0xffff, 0]);
}

/// A machine, and code that jumps through `pv_ops` at `offset`.
#[track_caller]
fn through_pv_ops(offset: u32, arguments: &[u64; 6]) -> u64 {
    let machine = boot();
    let ops = machine.exports().value("pv_ops").unwrap() as u32;
    let mut code = vec![0xff, 0x24, 0x25];
    code.extend((ops + offset).to_le_bytes());
    let region = text(&machine, &code);
    // SAFETY: the function at that offset, with its arguments.
    machine.run(0, "test", || unsafe { call_module(region.address(), arguments) }).unwrap()
}

#[test]
fn there_are_no_model_specific_registers() {
    let mut error = 0i32;
    let value = through_pv_ops(0xc8, &[0x10, &raw mut error as u64, 0, 0, 0, 0]);
    assert_eq!((value, error), (0, -5), "read_msr_safe answers -EIO");
    assert_eq!(through_pv_ops(0xd0, &[0x10, 0, 0, 0, 0, 0]) as i32, -5, "write_msr_safe too");
}

#[test]
fn cpuid_is_the_real_processors() {
    let mut registers = [0u32, 7, 0, 7];
    let at = registers.as_mut_ptr() as u64;
    through_pv_ops(0xb0, &[at, at + 4, at + 8, at + 12, 0, 0]);
    let expected = std::arch::x86_64::__cpuid_count(0, 0);
    assert_eq!(registers, [expected.eax, expected.ebx, expected.ecx, expected.edx]);
}

#[test]
fn a_page_table_entrys_value_is_what_is_in_it() {
    assert_eq!(through_pv_ops(0x1f0, &[0x8000_0000_1234_5067, 0, 0, 0, 0, 0]), 0x8000_0000_1234_5067);
}
