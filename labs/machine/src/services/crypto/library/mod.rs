//! Algorithms that vmlinux has as plain functions: AES, ChaCha's block function, SHA-1, SHA-2 with 256 bits, and what
//! undoes LZ4 and Zstandard. Linux: lib/crypto/, crypto/, lib/lz4/, lib/zstd/.

pub mod aes;
mod chacha;
mod lz4;
pub mod sha;
mod zstd;

use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    aes::register(table);
    chacha::register(table);
    lz4::register(table);
    sha::register(table);
    zstd::register(table);
}
