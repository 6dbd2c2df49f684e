//! `aes-generic`. Linux: crypto/aes_generic.c.

use super::{alg, place};
use crate::services::crypto::layout::{Alg, CipherAlg, Tfm};
use crate::services::crypto::library::aes::{AesCtx, aes_decrypt, aes_encrypt, crypto_aes_set_key};
use crate::services::crypto::{cipher, registry};
use crate::services::invoke::stub;

pub fn add() {
    let cipher = CipherAlg {
        min_keysize: 16,
        max_keysize: 32,
        setkey: stub(crypto_aes_set_key as *const (), 3),
        encrypt: stub(encrypt as *const (), 3),
        decrypt: stub(decrypt as *const (), 3),
    };
    let aes = alg("aes", "aes-generic", 100, 16, size_of::<AesCtx>() as u32);
    if let Some(aes) = place(Alg { flags: cipher::NUMBER, alignmask: 3, cipher, ..aes }) {
        // SAFETY: a whole algorithm that stays. It cannot clash with others: it is among the first.
        let _ = unsafe { registry::register(aes) };
    }
}

unsafe extern "C" fn encrypt(tfm: *mut Tfm, to: *mut [u8; 16], from: *const [u8; 16]) {
    // SAFETY: a transform of this algorithm, and two blocks.
    unsafe { aes_encrypt(Tfm::ctx(tfm) as *const AesCtx, to, from) };
}

unsafe extern "C" fn decrypt(tfm: *mut Tfm, to: *mut [u8; 16], from: *const [u8; 16]) {
    // SAFETY: as above.
    unsafe { aes_decrypt(Tfm::ctx(tfm) as *const AesCtx, to, from) };
}
