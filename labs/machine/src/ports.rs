//! Input and output ports: the simulated computer has none, so what is written is lost and what is read is all ones, as
//! from a bus on which nobody answers. Drivers for old hardware probe ports, find nothing and say so.
//!
//! The instructions are privileged: they arrive here as general protection faults and are carried out by hand.

use crate::{fault::Frame, host};

/// Carries out the port instruction at RIP; false where there is another.
pub(crate) fn emulate(frame: &mut Frame) -> bool {
    let Some(code) = host::peek(frame.rip, 3) else { return false };
    let mut prefixes = 0;
    let (mut wide, mut repeated) = (true, false);
    while let Some(prefix @ (0x66 | 0xf3)) = code.get(prefixes) {
        wide &= *prefix != 0x66;
        repeated |= *prefix == 0xf3;
        prefixes += 1;
    }
    let Some(&opcode) = code.get(prefixes) else { return false };
    // The lowest bit: more than a byte; by prefix, two bytes or four.
    let size = match (opcode & 1, wide) {
        (0, _) => 1,
        (_, false) => 2,
        _ => 4,
    };
    let immediate = match opcode {
        0xe4..=0xe7 => 1,
        0xec..=0xef => 0,
        0x6c..=0x6f => {
            string(frame, opcode, size, repeated);
            0
        }
        _ => return false,
    };
    let reads = matches!(opcode, 0xe4 | 0xe5 | 0xec | 0xed);
    if reads {
        frame.rax = match size {
            1 => frame.rax | 0xff,
            2 => frame.rax | 0xffff,
            _ => 0xffff_ffff,
        };
    }
    frame.rip += prefixes as u64 + 1 + immediate;
    true
}

/// `insb` to `outsl`: memory from or to a port, once or RCX times.
fn string(frame: &mut Frame, opcode: u8, size: u64, repeated: bool) {
    let count = if repeated { frame.rcx } else { 1 };
    let bytes = count.saturating_mul(size);
    if matches!(opcode, 0x6c | 0x6d) {
        for at in 0..bytes {
            // SAFETY: where module code asks for bytes to be put; a fault ends its task.
            unsafe { (frame.rdi.wrapping_add(at) as *mut u8).write_volatile(0xff) };
        }
        frame.rdi = frame.rdi.wrapping_add(bytes);
    } else {
        frame.rsi = frame.rsi.wrapping_add(bytes);
    }
    if repeated {
        frame.rcx = 0;
    }
}
