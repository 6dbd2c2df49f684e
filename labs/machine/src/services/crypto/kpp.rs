//! Key agreement and public keys: modules call the algorithms' own functions, so that beginning and end are all there
//! is to do. Linux: crypto/kpp.c, crypto/akcipher.c.

use abi::Errno;

use super::layout::{AkcipherAlg, KppAlg, Tfm};
use super::types::Kind;
use crate::services::host::check;
use crate::services::invoke::{invoke, invoke_int, stub};

/// The algorithm of a key agreement's transform.
///
/// # Safety for all of this file
/// Transforms are living ones of their kind, in which the tfm comes first.
pub unsafe fn alg_of(tfm: *const Tfm) -> *const KppAlg {
    // SAFETY: as above.
    unsafe { ((*tfm).alg as u64 - Kind::Kpp.alg_offset() as u64) as *const KppAlg }
}

/// The algorithm's functions for a new transform and for the end of one.
unsafe fn functions(tfm: *const Tfm, kind: Kind) -> (u64, u64) {
    // SAFETY: as for all of this file.
    unsafe {
        let alg = (*tfm).alg as u64 - kind.alg_offset() as u64;
        match kind {
            Kind::Kpp => ((*(alg as *const KppAlg)).init, (*(alg as *const KppAlg)).exit),
            _ => ((*(alg as *const AkcipherAlg)).init, (*(alg as *const AkcipherAlg)).exit),
        }
    }
}

/// `crypto_kpp_init_tfm` and `crypto_akcipher_init_tfm`.
pub unsafe fn init_tfm(tfm: *mut Tfm, kind: Kind) -> Result<(), Errno> {
    // SAFETY: a new transform.
    unsafe {
        let (init, exit) = functions(tfm, kind);
        if exit != 0 {
            (*tfm).exit = stub(exit_tfm as *const (), 1);
        }
        if init == 0 { Ok(()) } else { check(invoke_int(init, [tfm as u64])).map(drop) }
    }
}

unsafe extern "C" fn exit_tfm(tfm: *mut Tfm) {
    // SAFETY: a transform that init_tfm() gave this function.
    unsafe {
        let kind = Kind::of((*tfm).alg).unwrap_or(Kind::Kpp);
        invoke(functions(tfm, kind).1, [tfm as u64]);
    }
}
