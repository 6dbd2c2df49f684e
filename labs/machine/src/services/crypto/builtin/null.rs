//! The cipher that does nothing, which copies a message for those who need that done. Linux: crypto/crypto_null.c.

use abi::Errno;

use super::{alg, place};
use crate::exports::Table;
use crate::services::crypto::layout::{SkcipherAlg, SkcipherRequest};
use crate::services::crypto::register::crypto_register_skcipher;
use crate::services::crypto::tfm;
use crate::services::crypto::types::Kind;
use crate::services::invoke::stub;
use crate::services::scatterlist::walk::memcpy_sglist;
use crate::services::{functions, with};

pub fn register(table: &mut Table) {
    functions!(table; crypto_get_default_null_skcipher/0, crypto_put_default_null_skcipher/0);
}

pub fn add() {
    let base = alg("ecb(cipher_null)", "ecb-cipher_null", 100, 1, 0);
    let null = SkcipherAlg {
        setkey: stub(setkey as *const (), 3),
        encrypt: stub(crypt as *const (), 1),
        decrypt: stub(crypt as *const (), 1),
        init: 0,
        exit: 0,
        min_keysize: 0,
        max_keysize: 0,
        ivsize: 0,
        chunksize: 0,
        walksize: 0,
        base,
    };
    if let Some(null) = place(null) {
        // SAFETY: a whole algorithm that stays. It cannot clash with others: it is among the first.
        unsafe { crypto_register_skcipher(null) };
    }
}

unsafe extern "C" fn setkey(_cipher: u64, _key: u64, _length: u32) -> i32 {
    0
}

unsafe extern "C" fn crypt(request: *const SkcipherRequest) -> i32 {
    // SAFETY: a request with its two lists.
    unsafe {
        let request = &*request;
        if request.src != request.dst {
            memcpy_sglist(request.dst as *mut _, request.src as *mut _, request.cryptlen);
        }
    }
    0
}

/// The transform that everybody shares, once it has been made. It is kept until the machine is gone.
#[derive(Debug, Default)]
struct Shared(u64);

/// The shared transform of this cipher.
pub fn default_null() -> Result<u64, Errno> {
    let there = with(|shared: &mut Shared| shared.0);
    if there != 0 {
        return Ok(there);
    }
    let made = tfm::find_and_create(b"ecb(cipher_null)", Kind::Skcipher, 0, 0)?;
    with(|shared: &mut Shared| shared.0 = made);
    Ok(made)
}

unsafe extern "C" fn crypto_get_default_null_skcipher() -> u64 {
    tfm::pointer(default_null())
}

unsafe extern "C" fn crypto_put_default_null_skcipher() {}
