//! The kernel's crypto API: algorithms that modules register, transforms made from them, and the library functions
//! that vmlinux offers beside. Linux: crypto/, lib/crypto/.
//!
//! [`layout`] has the structures, [`registry`] the list of algorithms, [`tfm`] makes transforms of them, [`template`]
//! and [`instance`] build algorithms on algorithms; then comes a file for each kind.

mod aead;
mod ahash;
mod attribute;
mod builtin;
mod cipher;
mod finup;
mod geniv;
mod host;
mod instance;
mod kpp;
mod layout;
mod library;
mod look_up;
mod notify;
mod probe;
mod proc;
mod queue;
mod register;
mod registry;
mod rng;
mod shash;
mod simple;
mod skcipher;
mod template;
mod tfm;
mod types;
mod utils;
mod walk;

pub use host::{Cipher, Crypto};

use crate::Machine;
use crate::exports::Table;

/// CRYPTO_ALG_*: what `cra_flags` says beside the kind.
mod flag {
    pub const LARVAL: u32 = 0x10;
    pub const DEAD: u32 = 0x20;
    pub const DYING: u32 = 0x40;
    pub const ASYNC: u32 = 0x80;
    pub const NEED_FALLBACK: u32 = 0x100;
    pub const TESTED: u32 = 0x400;
    pub const INSTANCE: u32 = 0x800;
    pub const INTERNAL: u32 = 0x2000;
    pub const OPTIONAL_KEY: u32 = 0x4000;
    pub const NOLOAD: u32 = 0x8000;
    pub const ALLOCATES_MEMORY: u32 = 0x10000;
    /// What an instance has from what it stands on.
    pub const INHERITED: u32 = ASYNC | NEED_FALLBACK | ALLOCATES_MEMORY;
}

/// The size of a `struct crypto_tfm`: its context follows.
const TFM_SIZE: u64 = size_of::<layout::Tfm>() as u64;

/// CRYPTO_TFM_NEED_KEY: a flag of a transform that is of no use before it has a key.
const NEED_KEY: u32 = 1;

pub(super) fn register(table: &mut Table) {
    aead::register(table);
    ahash::register(table);
    attribute::register(table);
    builtin::register(table);
    cipher::register(table);
    geniv::register(table);
    library::register(table);
    look_up::register(table);
    notify::register(table);
    queue::register(table);
    register::register(table);
    rng::register(table);
    shash::register(table);
    skcipher::register(table);
    template::register(table);
    tfm::register(table);
    utils::register(table);
    walk::register(table);
}

pub(super) fn start(machine: &Machine) {
    types::start(machine);
}
