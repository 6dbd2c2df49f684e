//! The machine code of the stubs through which modules call the kernel: between code that keeps the stack aligned at 8
//! and Rust, which needs 16.

/// `ud2`: the fault handler finds out by its address what it means.
pub(super) fn trap() -> Vec<u8> {
    vec![0x0f, 0x0b]
}

/// A function with `arguments` integer arguments: the stack is realigned, what lies on it beyond six is copied.
///
/// ```text
/// push rbp; mov rbp, rsp; [sub rsp, 8]; and rsp, -16; [push qword [rbp+16+8*i]]...; mov r11, target; call r11; leave; ret
/// ```
pub(super) fn realigning(target: u64, arguments: usize) -> Vec<u8> {
    let mut code = vec![0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xe4, 0xf0];
    // A debugger's backtrace and an oops follow rbp. Sixteen is more than any export takes.
    let on_stack = arguments.saturating_sub(6).min(16);
    if on_stack % 2 == 1 {
        code.extend([0x48, 0x83, 0xec, 0x08]);
    }
    for at in (0..on_stack as u8).rev() {
        code.extend([0xff, 0x75, 16 + 8 * at]);
    }
    call(&mut code, target);
    code
}

/// A function with `fixed` arguments (up to five) and more of any number: the target gets a `va_list *` after the fixed ones.
/// Kernel code passes nothing in vector registers and does not set AL.
pub(super) fn variadic(target: u64, fixed: usize) -> Vec<u8> {
    /// `lea reg, [rsp+48]` for rdi, rsi, rdx, rcx, r8, r9.
    const LIST_INTO: [[u8; 5]; 6] = [
        [0x48, 0x8d, 0x7c, 0x24, 0x30],
        [0x48, 0x8d, 0x74, 0x24, 0x30],
        [0x48, 0x8d, 0x54, 0x24, 0x30],
        [0x48, 0x8d, 0x4c, 0x24, 0x30],
        [0x4c, 0x8d, 0x44, 0x24, 0x30],
        [0x4c, 0x8d, 0x4c, 0x24, 0x30],
    ];
    let fixed = fixed.min(5);
    let mut code = vec![
        0x55, 0x48, 0x89, 0xe5, // push rbp; mov rbp, rsp
        0x48, 0x83, 0xec, 0x50, // sub rsp, 80
        0x48, 0x83, 0xe4, 0xf0, // and rsp, -16
        0x48, 0x89, 0x3c, 0x24, // the six registers: mov [rsp], rdi ...
        0x48, 0x89, 0x74, 0x24, 0x08, 0x48, 0x89, 0x54, 0x24, 0x10, 0x48, 0x89, 0x4c, 0x24, 0x18, //
        0x4c, 0x89, 0x44, 0x24, 0x20, 0x4c, 0x89, 0x4c, 0x24, 0x28,
    ];
    // va_list: gp_offset, fp_offset (nothing there), overflow_arg_area, reg_save_area.
    code.extend([0xc7, 0x44, 0x24, 0x30, 8 * fixed as u8, 0, 0, 0]);
    code.extend([0xc7, 0x44, 0x24, 0x34, 176, 0, 0, 0]);
    code.extend([0x48, 0x8d, 0x45, 0x10, 0x48, 0x89, 0x44, 0x24, 0x38]);
    code.extend([0x48, 0x89, 0x64, 0x24, 0x40]);
    code.extend(LIST_INTO[fixed]);
    call(&mut code, target);
    code
}

/// `mov r11, target; call r11; leave; ret`
fn call(code: &mut Vec<u8>, target: u64) {
    code.extend([0x49, 0xbb]);
    code.extend(target.to_le_bytes());
    code.extend([0x41, 0xff, 0xd3, 0xc9, 0xc3]);
}
