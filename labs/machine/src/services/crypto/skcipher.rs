//! Ciphers with a mode of operation, over scatterlists. Linux: crypto/skcipher.c.

use abi::Errno;

use super::layout::{SizedTfm, SkcipherAlg, SkcipherRequest, Tfm};
use super::types::Kind;
use super::{NEED_KEY, simple};
use crate::exports::Table;
use crate::services::host::check;
use crate::services::invoke::{invoke, invoke_int, stub};
use crate::services::{fail, functions, heap};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_skcipher_setkey/3, crypto_skcipher_encrypt/1, crypto_skcipher_decrypt/1);
    simple::register(table);
}

/// No size may be larger than this (PAGE_SIZE / 8).
const MOST: u32 = 512;

/// `skcipher_prepare_alg`.
///
/// # Safety for all of this file
/// Algorithms, transforms and requests are living ones of their kind.
pub unsafe fn prepare(alg: *mut SkcipherAlg) -> Result<(), Errno> {
    // SAFETY: the caller's algorithm.
    let alg = unsafe { &mut *alg };
    if alg.ivsize > MOST || alg.chunksize > MOST || alg.walksize > MOST {
        return Err(Errno::EINVAL);
    }
    if alg.chunksize == 0 {
        alg.chunksize = alg.base.blocksize;
    }
    if alg.walksize == 0 {
        alg.walksize = alg.chunksize;
    }
    alg.base.kind = Kind::Skcipher.address();
    alg.base.flags = alg.base.flags & !super::types::TYPE_MASK | Kind::Skcipher.number();
    Ok(())
}

/// The algorithm of a transform.
pub unsafe fn alg_of(tfm: *const Tfm) -> *mut SkcipherAlg {
    // SAFETY: as for all of this file.
    unsafe { ((*tfm).alg as u64 - Kind::Skcipher.alg_offset() as u64) as *mut SkcipherAlg }
}

/// The transform around a tfm.
pub fn cipher_of(tfm: *mut Tfm) -> *mut SizedTfm {
    (tfm as u64 - Kind::Skcipher.tfm_offset() as u64) as *mut SizedTfm
}

unsafe fn set_need_key(tfm: *mut Tfm) {
    // SAFETY: as for all of this file.
    unsafe {
        if (*alg_of(tfm)).max_keysize != 0 {
            (*tfm).crt_flags |= NEED_KEY;
        }
    }
}

/// `crypto_skcipher_init_tfm`.
pub unsafe fn init_tfm(tfm: *mut Tfm) -> Result<(), Errno> {
    // SAFETY: a new transform.
    unsafe {
        let alg = &*alg_of(tfm);
        set_need_key(tfm);
        if alg.exit != 0 {
            (*tfm).exit = stub(exit_tfm as *const (), 1);
        }
        if alg.init == 0 { Ok(()) } else { check(invoke_int(alg.init, [cipher_of(tfm) as u64])).map(drop) }
    }
}

unsafe extern "C" fn exit_tfm(tfm: *mut Tfm) {
    // SAFETY: a transform that init_tfm() gave this function.
    unsafe { invoke((*alg_of(tfm)).exit, [cipher_of(tfm) as u64]) };
}

/// Calls `setkey` with a key that is aligned as the algorithm wants it.
pub unsafe fn with_key(setkey: u64, tfm: u64, alignmask: u32, key: u64, length: u32) -> i32 {
    let mask = u64::from(alignmask);
    // SAFETY: the caller's key and function; new memory with room for the key at `copy`.
    unsafe {
        if key & mask == 0 {
            return invoke_int(setkey, [tfm, key, length.into()]);
        }
        let memory = heap::allocate(u64::from(length) + mask + 1, 0);
        if memory == 0 {
            return fail(Errno::ENOMEM);
        }
        let copy = (memory + mask) & !mask;
        std::ptr::copy_nonoverlapping(key as *const u8, copy as *mut u8, length as usize);
        let result = invoke_int(setkey, [tfm, copy, length.into()]);
        heap::free_sensitive(memory);
        result
    }
}

pub unsafe extern "C" fn crypto_skcipher_setkey(cipher: *mut SizedTfm, key: u64, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let tfm = &raw mut (*cipher).base;
        let alg = &*alg_of(tfm);
        if length < alg.min_keysize || length > alg.max_keysize {
            return fail(Errno::EINVAL);
        }
        let refused = with_key(alg.setkey, cipher as u64, alg.base.alignmask, key, length);
        if refused != 0 {
            set_need_key(tfm);
        } else {
            (*tfm).crt_flags &= !NEED_KEY;
        }
        refused
    }
}

unsafe fn crypt(request: *mut SkcipherRequest, function: impl FnOnce(&SkcipherAlg) -> u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let tfm = (*request).base.tfm;
        if (*tfm).crt_flags & NEED_KEY != 0 {
            return fail(Errno::ENOKEY);
        }
        invoke_int(function(&*alg_of(tfm)), [request as u64])
    }
}

pub unsafe extern "C" fn crypto_skcipher_encrypt(request: *mut SkcipherRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { crypt(request, |alg| alg.encrypt) }
}

pub unsafe extern "C" fn crypto_skcipher_decrypt(request: *mut SkcipherRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { crypt(request, |alg| alg.decrypt) }
}
