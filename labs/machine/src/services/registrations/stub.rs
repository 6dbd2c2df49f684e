//! One function for all stubs: each hands over what it stands for, its caller's registers and its caller.

use super::super::heap;
use super::{Key, books};
use crate::Table;

/// What a stub does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// Notes what `key` says; `undone_by` will take it back.
    Register { undone_by: &'static str, key: Key },
    /// Takes it back.
    Unregister { key: Key },
    /// Gives this many zeroed bytes.
    Make { size: u64 },
    /// Frees them.
    Destroy,
    /// Says this.
    Answer(i64),
}

/// A function that modules may call.
#[derive(Debug)]
pub(super) struct Stub {
    pub(super) name: &'static str,
    pub(super) does: Vec<Does>,
}

/// Adds a stub.
pub(super) fn add(table: &mut Table<'_>, stub: &'static Stub) {
    table.code(stub.name, &code(stub));
}

/// The stub's machine code: the first six arguments become an array.
///
/// ```text
/// push rbp; mov rbp, rsp; and rsp, -16; push r9; push r8; push rcx; push rdx; push rsi; push rdi
/// mov rdi, stub; mov rsi, rsp; mov rdx, [rbp+8]; mov r11, enter; call r11; leave; ret
/// ```
fn code(stub: &'static Stub) -> Vec<u8> {
    let mut code = vec![0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xe4, 0xf0];
    code.extend([0x41, 0x51, 0x41, 0x50, 0x51, 0x52, 0x56, 0x57]);
    code.extend([0x48, 0xbf]);
    code.extend((std::ptr::from_ref(stub) as u64).to_le_bytes());
    code.extend([0x48, 0x89, 0xe6, 0x48, 0x8b, 0x55, 0x08, 0x49, 0xbb]);
    code.extend((enter as *const () as u64).to_le_bytes());
    code.extend([0x41, 0xff, 0xd3, 0xc9, 0xc3]);
    code
}

/// Where all stubs lead.
unsafe extern "C" fn enter(stub: &'static Stub, arguments: *const [u64; 6], caller: u64) -> i64 {
    // SAFETY: the stub has just pushed them.
    let arguments = unsafe { *arguments };
    let name = stub.name;
    let mut answer = 0;
    for does in &stub.does {
        match *does {
            Does::Register { undone_by, key } => books::enter(name, undone_by, key.of(&arguments), caller),
            Does::Unregister { key } => books::strike(name, key.of(&arguments)),
            Does::Make { size } => answer = heap::allocate(size, caller) as i64,
            Does::Destroy => heap::free(arguments[0]),
            Does::Answer(value) => answer = value,
        }
    }
    answer
}

impl Key {
    fn of(self, arguments: &[u64; 6]) -> u64 {
        match self {
            Key::Nothing => 0,
            Key::First => arguments[0],
            Key::Second => arguments[1],
            Key::SecondPlus(offset) => arguments[1].wrapping_add(offset),
            // SAFETY: a structure of the module's that begins with an `int`.
            Key::IntAtFirst => unsafe { u64::from(*(arguments[0] as *const u32)) },
            // SAFETY: the module's structure, of two 32-bit words and aligned as they are.
            Key::WordsAtFirst => unsafe { (arguments[0] as *const u64).read_unaligned() },
        }
    }
}
