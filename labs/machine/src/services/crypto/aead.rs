//! Ciphers that also authenticate. Linux: crypto/aead.c.

use abi::Errno;

use super::NEED_KEY;
use super::layout::{Aead, AeadAlg, AeadRequest, Tfm};
use super::skcipher::with_key;
use super::types::Kind;
use crate::exports::Table;
use crate::services::host::check;
use crate::services::invoke::{invoke, invoke_int, stub};
use crate::services::{fail, functions};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_aead_setkey/3, crypto_aead_setauthsize/2, crypto_aead_encrypt/1, crypto_aead_decrypt/1);
}

/// No size may be larger than this (PAGE_SIZE / 8).
const MOST: u32 = 512;

/// `aead_prepare_alg`.
///
/// # Safety for all of this file
/// Algorithms, transforms and requests are living ones of their kind.
pub unsafe fn prepare(alg: *mut AeadAlg) -> Result<(), Errno> {
    // SAFETY: the caller's algorithm.
    let alg = unsafe { &mut *alg };
    if alg.maxauthsize.max(alg.ivsize).max(alg.chunksize) > MOST {
        return Err(Errno::EINVAL);
    }
    if alg.chunksize == 0 {
        alg.chunksize = alg.base.blocksize;
    }
    alg.base.kind = Kind::Aead.address();
    alg.base.flags = alg.base.flags & !super::types::TYPE_MASK | Kind::Aead.number();
    Ok(())
}

/// The algorithm of a transform.
pub unsafe fn alg_of(tfm: *const Tfm) -> *mut AeadAlg {
    // SAFETY: as for all of this file.
    unsafe { ((*tfm).alg as u64 - Kind::Aead.alg_offset() as u64) as *mut AeadAlg }
}

/// The transform around a tfm.
pub fn aead_of(tfm: *mut Tfm) -> *mut Aead {
    (tfm as u64 - Kind::Aead.tfm_offset() as u64) as *mut Aead
}

/// `crypto_aead_init_tfm`.
pub unsafe fn init_tfm(tfm: *mut Tfm) -> Result<(), Errno> {
    // SAFETY: a new transform.
    unsafe {
        let alg = &*alg_of(tfm);
        (*tfm).crt_flags |= NEED_KEY;
        (*aead_of(tfm)).authsize = alg.maxauthsize;
        if alg.exit != 0 {
            (*tfm).exit = stub(exit_tfm as *const (), 1);
        }
        if alg.init == 0 { Ok(()) } else { check(invoke_int(alg.init, [aead_of(tfm) as u64])).map(drop) }
    }
}

unsafe extern "C" fn exit_tfm(tfm: *mut Tfm) {
    // SAFETY: a transform that init_tfm() gave this function.
    unsafe { invoke((*alg_of(tfm)).exit, [aead_of(tfm) as u64]) };
}

pub unsafe extern "C" fn crypto_aead_setkey(aead: *mut Aead, key: u64, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let tfm = &raw mut (*aead).base;
        let alg = &*alg_of(tfm);
        let refused = with_key(alg.setkey, aead as u64, alg.base.alignmask, key, length);
        if refused != 0 {
            (*tfm).crt_flags |= NEED_KEY;
        } else {
            (*tfm).crt_flags &= !NEED_KEY;
        }
        refused
    }
}

pub unsafe extern "C" fn crypto_aead_setauthsize(aead: *mut Aead, authsize: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let alg = &*alg_of(&raw const (*aead).base);
        if authsize > alg.maxauthsize || (authsize == 0 && alg.maxauthsize != 0) {
            return fail(Errno::EINVAL);
        }
        if alg.setauthsize != 0 {
            let refused = invoke_int(alg.setauthsize, [aead as u64, authsize.into()]);
            if refused != 0 {
                return refused;
            }
        }
        (*aead).authsize = authsize;
    }
    0
}

pub unsafe extern "C" fn crypto_aead_encrypt(request: *mut AeadRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let tfm = (*request).base.tfm;
        if (*tfm).crt_flags & NEED_KEY != 0 {
            return fail(Errno::ENOKEY);
        }
        invoke_int((*alg_of(tfm)).encrypt, [request as u64])
    }
}

pub unsafe extern "C" fn crypto_aead_decrypt(request: *mut AeadRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let tfm = (*request).base.tfm;
        if (*tfm).crt_flags & NEED_KEY != 0 {
            return fail(Errno::ENOKEY);
        }
        if (*request).cryptlen < (*aead_of(tfm)).authsize {
            return fail(Errno::EINVAL);
        }
        invoke_int((*alg_of(tfm)).decrypt, [request as u64])
    }
}
