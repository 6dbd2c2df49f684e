//! Registering and unregistering, one or many, of each kind. Linux: crypto/algapi.c and the `crypto_register_*` of the
//! kinds.

use abi::Errno;

use super::layout::{AeadAlg, AhashAlg, AkcipherAlg, Alg, KppAlg, RngAlg, ScompAlg, ShashAlg, SkcipherAlg};
use super::types::{Kind, TYPE_MASK};
use super::{aead, ahash, registry, shash, skcipher};
use crate::exports::Table;
use crate::services::invoke::stub;
use crate::services::{fail, functions};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_register_alg/1, crypto_unregister_alg/1, crypto_register_algs/2, crypto_unregister_algs/2,
        crypto_register_shash/1, crypto_unregister_shash/1, crypto_register_shashes/2, crypto_unregister_shashes/2,
        crypto_register_ahash/1, crypto_unregister_ahash/1, crypto_register_ahashes/2, crypto_unregister_ahashes/2,
        crypto_register_skcipher/1, crypto_unregister_skcipher/1, crypto_register_skciphers/2, crypto_unregister_skciphers/2,
        crypto_register_aead/1, crypto_unregister_aead/1, crypto_register_aeads/2, crypto_unregister_aeads/2,
        crypto_register_rng/1, crypto_unregister_rng/1, crypto_register_rngs/2, crypto_unregister_rngs/2,
        crypto_register_scomp/1, crypto_unregister_scomp/1, crypto_register_scomps/2, crypto_unregister_scomps/2,
        crypto_register_kpp/1, crypto_unregister_kpp/1, crypto_register_akcipher/1, crypto_unregister_akcipher/1);
}

fn answer(result: Result<(), Errno>) -> i32 {
    result.map_or_else(fail, |()| 0)
}

/// Registers `count` of something, or none: what was registered before a refusal is taken back.
///
/// # Safety for all of this file
/// The callers hand over arrays of their own algorithms, of the size that the function says.
unsafe fn all<T>(
    first: *mut T,
    count: i32,
    one: unsafe extern "C" fn(*mut T) -> i32,
    back: unsafe extern "C" fn(*mut T),
) -> i32 {
    for index in 0..count.max(0) as usize {
        // SAFETY: the caller's array.
        unsafe {
            let refused = one(first.add(index));
            if refused != 0 {
                (0..index).rev().for_each(|done| back(first.add(done)));
                return refused;
            }
        }
    }
    0
}

macro_rules! kinds {
    ($($type:ident $prepare:expr => $one:ident $none:ident $(, $many:ident $backwards:ident)?;)*) => {
        $(
            pub unsafe extern "C" fn $one(alg: *mut $type) -> i32 {
                let prepare: unsafe fn(*mut $type) -> Result<(), Errno> = $prepare;
                // SAFETY: as for all of this file.
                unsafe { answer(prepare(alg).and_then(|()| registry::register(&raw mut (*alg).base))) }
            }

            unsafe extern "C" fn $none(alg: *mut $type) {
                // SAFETY: as for all of this file.
                unsafe { registry::unregister(&raw mut (*alg).base) };
            }

            $(
                unsafe extern "C" fn $many(algs: *mut $type, count: i32) -> i32 {
                    // SAFETY: as for all of this file.
                    unsafe { all(algs, count, $one, $none) }
                }

                unsafe extern "C" fn $backwards(algs: *mut $type, count: i32) {
                    // SAFETY: as for all of this file.
                    (0..count.max(0) as usize).rev().for_each(|index| unsafe { $none(algs.add(index)) });
                }
            )?
        )*
    };
}

kinds! {
    ShashAlg shash::prepare => crypto_register_shash crypto_unregister_shash,
        crypto_register_shashes crypto_unregister_shashes;
    AhashAlg ahash::prepare => crypto_register_ahash crypto_unregister_ahash,
        crypto_register_ahashes crypto_unregister_ahashes;
    SkcipherAlg skcipher::prepare => crypto_register_skcipher crypto_unregister_skcipher,
        crypto_register_skciphers crypto_unregister_skciphers;
    AeadAlg aead::prepare => crypto_register_aead crypto_unregister_aead, crypto_register_aeads crypto_unregister_aeads;
    RngAlg prepare_rng => crypto_register_rng crypto_unregister_rng, crypto_register_rngs crypto_unregister_rngs;
    ScompAlg prepare_scomp => crypto_register_scomp crypto_unregister_scomp,
        crypto_register_scomps crypto_unregister_scomps;
    KppAlg prepare_kpp => crypto_register_kpp crypto_unregister_kpp;
    AkcipherAlg prepare_akcipher => crypto_register_akcipher crypto_unregister_akcipher;
}

/// Writes the kind into an algorithm.
unsafe fn mark(alg: *mut Alg, kind: Kind) -> Result<(), Errno> {
    // SAFETY: as for all of this file.
    unsafe {
        (*alg).kind = kind.address();
        (*alg).flags = (*alg).flags & !TYPE_MASK | kind.number();
    }
    Ok(())
}

unsafe fn prepare_scomp(alg: *mut ScompAlg) -> Result<(), Errno> {
    // SAFETY: as for all of this file.
    unsafe { mark(&raw mut (*alg).base, Kind::Scomp) }
}

unsafe fn prepare_kpp(alg: *mut KppAlg) -> Result<(), Errno> {
    // SAFETY: as for all of this file.
    unsafe { mark(&raw mut (*alg).base, Kind::Kpp) }
}

unsafe fn prepare_rng(alg: *mut RngAlg) -> Result<(), Errno> {
    // SAFETY: as for all of this file.
    unsafe {
        if (*alg).seedsize > 512 {
            return Err(Errno::EINVAL);
        }
        mark(&raw mut (*alg).base, Kind::Rng)
    }
}

/// An akcipher's missing operations refuse.
unsafe fn prepare_akcipher(alg: *mut AkcipherAlg) -> Result<(), Errno> {
    // SAFETY: as for all of this file.
    unsafe {
        let alg = &mut *alg;
        for operation in [&mut alg.sign, &mut alg.verify, &mut alg.encrypt, &mut alg.decrypt] {
            if *operation == 0 {
                *operation = stub(not_supported as *const (), 1);
            }
        }
        if alg.set_priv_key == 0 {
            alg.set_priv_key = stub(not_supported as *const (), 3);
        }
        mark(&raw mut alg.base, Kind::Akcipher)
    }
}

unsafe extern "C" fn not_supported() -> i32 {
    fail(Errno::ENOSYS)
}

unsafe extern "C" fn crypto_register_alg(alg: *mut Alg) -> i32 {
    // SAFETY: as for all of this file.
    answer(unsafe { registry::register(alg) })
}

unsafe extern "C" fn crypto_unregister_alg(alg: *mut Alg) {
    // SAFETY: as for all of this file.
    unsafe { registry::unregister(alg) };
}

unsafe extern "C" fn crypto_register_algs(algs: *mut Alg, count: i32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { all(algs, count, crypto_register_alg, crypto_unregister_alg) }
}

unsafe extern "C" fn crypto_unregister_algs(algs: *mut Alg, count: i32) {
    // SAFETY: as for all of this file.
    (0..count.max(0) as usize).for_each(|index| unsafe { crypto_unregister_alg(algs.add(index)) });
}
