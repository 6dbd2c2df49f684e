//! Algorithms that Debian's vmlinux has built in and that modules build on: AES, SHA-1, SHA-2, HMAC, CBC, and the cipher
//! that does nothing. Each is made of a structure in the machine's memory and Rust functions behind stubs.

mod aes;
mod cbc;
mod hmac;
mod null;
mod sha;

pub use null::default_null;

use super::layout::{Alg, CipherAlg};
use crate::current;
use crate::exports::Table;
use crate::services::with;

pub(super) fn register(table: &mut Table) {
    null::register(table);
}

/// Whether they have been registered.
#[derive(Debug, Default)]
struct Done(bool);

/// Registers them, the first time that anybody asks for any algorithm.
pub fn ensure() {
    if !with(|done: &mut Done| std::mem::replace(&mut done.0, true)) {
        aes::add();
        sha::add();
        null::add();
        cbc::add();
        hmac::add();
    }
}

/// Room for a structure that stays for ever; `None` where the host has no memory, and then there is no such algorithm.
fn place<T>(value: T) -> Option<*mut T> {
    let address = current().machine().memory().object(size_of::<T>(), align_of::<T>()).ok()? as *mut T;
    // SAFETY: a new object of that size.
    unsafe { address.write(value) };
    Some(address)
}

/// The common part of an algorithm of the kernel's own.
fn alg(name: &str, driver: &str, priority: i32, blocksize: u32, ctxsize: u32) -> Alg {
    Alg {
        list: [0; 2],
        users: [0; 2],
        flags: 0,
        blocksize,
        ctxsize,
        alignmask: 0,
        priority,
        refcnt: 0,
        name: Alg::name_of(name.as_bytes()),
        driver_name: Alg::name_of(driver.as_bytes()),
        kind: 0,
        cipher: CipherAlg::default(),
        init: 0,
        exit: 0,
        destroy: 0,
        module: 0,
    }
}
