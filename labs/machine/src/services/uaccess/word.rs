//! get_user() and put_user(): one word, called with registers of their own and with all others preserved. Assembly
//! saves them and calls Rust. Linux: arch/x86/lib/getuser.S, putuser.S, clear_page_64.S.

use crate::Table;
use crate::services::uaccess;

pub(super) fn register(table: &mut Table<'_>) {
    for size in [1, 2, 4, 8] {
        for check in ["", "nocheck_"] {
            table.code(&format!("__get_user_{check}{size}"), &get(size));
            table.code(&format!("__put_user_{check}{size}"), &put(size));
        }
    }
}

const FAULT: u64 = -14i64 as u64;

/// What get_user's assembly finds in RAX and RDX.
#[repr(C)]
struct Answer {
    error: u64,
    value: u64,
}

unsafe extern "C" fn get_word(from: u64, size: u64) -> Answer {
    let mut bytes = [0; 8];
    match uaccess::read(from, &mut bytes[..size as usize]) {
        true => Answer { error: 0, value: u64::from_le_bytes(bytes) },
        false => Answer { error: FAULT, value: 0 },
    }
}

unsafe extern "C" fn put_word(to: u64, value: u64, size: u64) -> u64 {
    if uaccess::write(to, &value.to_le_bytes()[..size as usize]) { 0 } else { FAULT }
}

/// The count of bytes that could not be cleared.
unsafe extern "C" fn clear_bytes(to: u64, count: u64) -> u64 {
    if uaccess::write(to, &vec![0; count as usize]) { 0 } else { count }
}

/// `mov r11, function; call r11`
fn call(code: &mut Vec<u8>, function: *const ()) {
    code.extend([0x49, 0xbb]);
    code.extend((function as u64).to_le_bytes());
    code.extend([0x41, 0xff, 0xd3]);
}

/// Pushes of rsi, rdi, r8, r9, r10, r11 below the frame and the alignment that Rust wants.
const SAVE: [u8; 14] = [0x56, 0x57, 0x41, 0x50, 0x41, 0x51, 0x41, 0x52, 0x41, 0x53, 0x48, 0x83, 0xe4, 0xf0];
/// Pops of the same in reverse.
const RESTORE: [u8; 10] = [0x41, 0x5b, 0x41, 0x5a, 0x41, 0x59, 0x41, 0x58, 0x5f, 0x5e];

/// Address in RAX; error in EAX, value in RDX.
fn get(size: u32) -> Vec<u8> {
    // push rbp; mov rbp, rsp; push rcx
    let mut code = vec![0x55, 0x48, 0x89, 0xe5, 0x51];
    code.extend(SAVE);
    // mov rdi, rax; mov esi, size
    code.extend([0x48, 0x89, 0xc7, 0xbe]);
    code.extend(size.to_le_bytes());
    call(&mut code, get_word as *const ());
    // lea rsp, [rbp-56]
    code.extend([0x48, 0x8d, 0x65, 0xc8]);
    code.extend(RESTORE);
    // pop rcx; pop rbp; ret
    code.extend([0x59, 0x5d, 0xc3]);
    code
}

/// Address in RCX, value in RAX; error in ECX.
fn put(size: u32) -> Vec<u8> {
    // push rbp; mov rbp, rsp; push rax; push rdx
    let mut code = vec![0x55, 0x48, 0x89, 0xe5, 0x50, 0x52];
    code.extend(SAVE);
    // mov rdi, rcx; mov rsi, rax; mov edx, size
    code.extend([0x48, 0x89, 0xcf, 0x48, 0x89, 0xc6, 0xba]);
    code.extend(size.to_le_bytes());
    call(&mut code, put_word as *const ());
    // mov rcx, rax; lea rsp, [rbp-64]
    code.extend([0x48, 0x89, 0xc1, 0x48, 0x8d, 0x65, 0xc0]);
    code.extend(RESTORE);
    // pop rdx; pop rax; pop rbp; ret
    code.extend([0x5a, 0x58, 0x5d, 0xc3]);
    code
}

/// clear_user(): address in RDI, count in RCX; what is left in RCX, RDI behind it.
pub(super) fn clear(table: &mut Table<'_>, name: &str) {
    // push rbp; mov rbp, rsp; push rax; push rdx
    let mut code = vec![0x55, 0x48, 0x89, 0xe5, 0x50, 0x52];
    code.extend(SAVE);
    // mov rsi, rcx
    code.extend([0x48, 0x89, 0xce]);
    call(&mut code, clear_bytes as *const ());
    // mov rcx, rax; lea rsp, [rbp-64]
    code.extend([0x48, 0x89, 0xc1, 0x48, 0x8d, 0x65, 0xc0]);
    code.extend(RESTORE);
    code.extend([0x5a, 0x58, 0x5d, 0xc3]);
    table.code(name, &code);
}
