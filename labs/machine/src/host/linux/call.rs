//! The one door into module code.

use std::arch::asm;

/// Calls the code at `address` with six arguments, by the System V convention; its RAX.
///
/// # Safety
/// The code at `address` keeps that convention and may be called now, on this thread. An `address` without code is
/// no breach: the fault ends the task.
pub(crate) unsafe fn call(address: u64, arguments: &[u64; 6]) -> u64 {
    let [rdi, rsi, rdx, rcx, r8, r9] = *arguments;
    let returned: u64;
    // SAFETY: the caller vouches for the code; the clobbers are those of its calling convention, and the compiler keeps
    // the stack aligned at 16 before the call.
    unsafe {
        asm!(
            "call rax",
            inlateout("rax") address => returned,
            in("rdi") rdi, in("rsi") rsi, in("rdx") rdx, in("rcx") rcx, in("r8") r8, in("r9") r9,
            clobber_abi("sysv64"),
        );
    }
    returned
}
