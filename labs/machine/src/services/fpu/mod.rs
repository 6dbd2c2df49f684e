//! Vector registers in the kernel: whether and when code may use them. Linux: arch/x86/kernel/fpu/core.c.
//!
//! Tasks here are coroutines of one host thread each CPU, and whoever has begun may not sleep until the end: so nobody
//! else's registers are there to be saved, and what remains of the kernel's work is the bookkeeping.

mod features;

use std::collections::HashMap;

use super::complain::warn;
use super::{functions, sync, with};
use crate::current;
use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    functions!(table; kernel_fpu_begin_mask/1, kernel_fpu_end/0, irq_fpu_usable/0);
    features::register(table);
}

/// `in_kernel_fpu`: by CPU, the pid of the task that has begun and not ended.
#[derive(Debug, Default)]
struct InKernelFpu(HashMap<usize, i32>);

/// What asks for a sane MXCSR, and for sane x87 registers.
const KFPU_387: u32 = 1;
const KFPU_MXCSR: u32 = 2;

unsafe extern "C" fn irq_fpu_usable() -> bool {
    let (cpu, pid) = here();
    // A task that was killed before its end holds nothing any more; only the running one can hold.
    with(|busy: &mut InKernelFpu| busy.0.get(&cpu) != Some(&pid))
}

fn here() -> (usize, i32) {
    let current = current();
    (current.cpu(), current.task().pid())
}

unsafe extern "C" fn kernel_fpu_begin_mask(mask: u32) {
    sync::preempt_disable();
    let (cpu, pid) = here();
    if with(|busy: &mut InKernelFpu| busy.0.insert(cpu, pid)) == Some(pid) {
        warn("kernel_fpu_begin() twice");
    }
    reset(mask);
}

unsafe extern "C" fn kernel_fpu_end() {
    let (cpu, _) = here();
    if with(|busy: &mut InKernelFpu| busy.0.remove(&cpu)).is_none() {
        warn("kernel_fpu_end() without kernel_fpu_begin()");
    }
    sync::preempt_enable();
}

#[cfg(target_arch = "x86_64")]
fn reset(mask: u32) {
    let default: u32 = 0x1f80;
    // SAFETY: these are the values that a new process starts with, and that compiled code relies on.
    unsafe {
        if mask & KFPU_MXCSR != 0 {
            std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const default, options(nostack));
        }
        if mask & KFPU_387 != 0 {
            std::arch::asm!("fninit", options(nomem, nostack));
        }
    }
}

/// No module code runs on other processors.
#[cfg(not(target_arch = "x86_64"))]
fn reset(_mask: u32) {
    let _ = (KFPU_387, KFPU_MXCSR);
}
