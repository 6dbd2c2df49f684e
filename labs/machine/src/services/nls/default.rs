//! The table of last resort, in which every character of Latin-1 is itself. Linux: fs/nls/nls_base.c, default_table.

use abi::{Errno, offsets::nls_table};

use super::NlsTable;
use crate::Machine;
use crate::services::{fail, with_of};

/// Where the machine's own table lies.
#[derive(Debug, Default)]
pub struct Default(u64);

impl Default {
    /// The address of the struct nls_table; 0 if the host had no memory for it.
    pub fn table(&self) -> u64 {
        self.0
    }
}

pub fn start(machine: &Machine) {
    let table = build(machine).unwrap_or(0);
    with_of(machine, |default: &mut Default| default.0 = table);
}

fn build(machine: &Machine) -> std::io::Result<u64> {
    let bytes = |bytes: &[u8]| {
        let address = machine.memory().object(bytes.len(), 8)?;
        // SAFETY: a new object of that size.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len()) };
        Ok::<u64, std::io::Error>(address)
    };
    let cases = |fold: fn(&u8) -> u8| (0..=255).map(|byte| fold(&byte)).collect::<Vec<u8>>();
    let table = machine.memory().object(nls_table::SIZE, 8)?;
    let filled = NlsTable {
        charset: bytes(b"default\0")? as *const u8,
        alias: std::ptr::null(),
        uni2char: machine.exports().stub(uni2char as *const (), 3)?,
        char2uni: machine.exports().stub(char2uni as *const (), 3)?,
        charset2lower: bytes(&cases(u8::to_ascii_lowercase))?,
        charset2upper: bytes(&cases(u8::to_ascii_uppercase))?,
        owner: 0,
        next: 0,
    };
    // SAFETY: a new object of the structure's size.
    unsafe { (table as *mut NlsTable).write(filled) };
    Ok(table)
}

unsafe extern "C" fn uni2char(character: u16, out: *mut u8, room: i32) -> i32 {
    match u8::try_from(character) {
        _ if room <= 0 => fail(Errno::ENAMETOOLONG),
        Ok(byte @ 1..) => {
            // SAFETY: room for at least one byte.
            unsafe { *out = byte };
            1
        }
        _ => fail(Errno::EINVAL),
    }
}

unsafe extern "C" fn char2uni(raw: *const u8, _length: i32, character: *mut u16) -> i32 {
    // SAFETY: at least one byte, and the caller's variable.
    unsafe {
        *character = u16::from(*raw);
        if *raw == 0 { fail(Errno::EINVAL) } else { 1 }
    }
}
