//! `sha1-generic`, `sha224-generic`, `sha256-generic`. Linux: crypto/sha1_generic.c, crypto/sha256_generic.c.

use super::{alg, place};
use crate::services::crypto::layout::{ShashAlg, ShashDesc};
use crate::services::crypto::library::sha::{
    SHA1, SHA224, SHA256, State, crypto_sha1_finup, crypto_sha1_update, crypto_sha256_finup,
    crypto_sha256_update, state_of,
};
use crate::services::crypto::register::crypto_register_shash;
use crate::services::invoke::stub;

pub fn add() {
    let long = size_of::<State<8>>() as u32;
    for (name, digestsize, state, functions) in [
        (
            "sha1",
            20,
            size_of::<State<5>>() as u32,
            [
                stub(init1 as *const (), 1),
                stub(crypto_sha1_update as *const (), 3),
                stub(final1 as *const (), 2),
                stub(crypto_sha1_finup as *const (), 4),
            ],
        ),
        ("sha256", 32, long, sha2(init256 as *const ())),
        ("sha224", 28, long, sha2(init224 as *const ())),
    ] {
        let [init, update, final_, finup] = functions;
        let base = alg(name, &format!("{name}-generic"), 100, 64, 0);
        let hash =
            ShashAlg { init, update, final_, finup, digestsize, descsize: state, ..ShashAlg::new(base) };
        if let Some(hash) = place(hash) {
            // SAFETY: a whole algorithm that stays. It cannot clash with others: it is among the first.
            unsafe { crypto_register_shash(hash) };
        }
    }
}

fn sha2(init: *const ()) -> [u64; 4] {
    [
        stub(init, 1),
        stub(crypto_sha256_update as *const (), 3),
        stub(final256 as *const (), 2),
        stub(crypto_sha256_finup as *const (), 4),
    ]
}

/// # Safety for all of this file
/// Descriptors are of these algorithms, digests have room.
unsafe extern "C" fn init1(desc: *mut ShashDesc) -> i32 {
    // SAFETY: as above.
    unsafe { *state_of(desc) = State::new(SHA1) };
    0
}

unsafe extern "C" fn init224(desc: *mut ShashDesc) -> i32 {
    // SAFETY: as above.
    unsafe { *state_of(desc) = State::new(SHA224) };
    0
}

unsafe extern "C" fn init256(desc: *mut ShashDesc) -> i32 {
    // SAFETY: as above.
    unsafe { *state_of(desc) = State::new(SHA256) };
    0
}

unsafe extern "C" fn final1(desc: *mut ShashDesc, to: *mut u8) -> i32 {
    // SAFETY: as above.
    unsafe { crypto_sha1_finup(desc, std::ptr::null(), 0, to) }
}

unsafe extern "C" fn final256(desc: *mut ShashDesc, to: *mut u8) -> i32 {
    // SAFETY: as above.
    unsafe { crypto_sha256_finup(desc, std::ptr::null(), 0, to) }
}
