//! Hashes of scatterlists: those that are made for them, and any shash behind the same door. Linux: crypto/ahash.c,
//! crypto/shash.c.

use abi::Errno;

use super::layout::{Ahash, AhashAlg, AhashFunctions, AhashRequest, Alg, ShashDesc, SizedTfm, Tfm};
use super::shash::{
    crypto_shash_digest, crypto_shash_final, crypto_shash_init, crypto_shash_setkey, crypto_shash_update,
};
use super::types::Kind;
use super::{NEED_KEY, finup, flag, registry, shash, tfm};
use crate::exports::Table;
use crate::services::host::check;
use crate::services::invoke::{invoke, invoke_int, stub};
use crate::services::scatterlist::walk::ScatterWalk;
use crate::services::{fail, functions};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_ahash_setkey/3, crypto_ahash_final/1, crypto_ahash_finup/1, crypto_ahash_digest/1,
        shash_ahash_update/2, shash_ahash_finup/2, shash_ahash_digest/2, crypto_hash_alg_has_setkey/1);
}

/// `ahash_prepare_alg`.
///
/// # Safety for all of this file
/// Algorithms, transforms and requests are living ones of their kind.
pub unsafe fn prepare(alg: *mut AhashAlg) -> Result<(), Errno> {
    // SAFETY: the caller's algorithm.
    let alg = unsafe { &mut *alg };
    if alg.digestsize > 64 || alg.statesize > 512 || alg.statesize == 0 {
        return Err(Errno::EINVAL);
    }
    alg.base.kind = Kind::Ahash.address();
    alg.base.flags = alg.base.flags & !super::types::TYPE_MASK | Kind::Ahash.number();
    Ok(())
}

pub unsafe fn hash_of(tfm: *mut Tfm) -> *mut Ahash {
    (tfm as u64 - Kind::Ahash.tfm_offset() as u64) as *mut Ahash
}

unsafe fn alg_of(tfm: *mut Tfm) -> *mut AhashAlg {
    // SAFETY: as for all of this file.
    unsafe { ((*tfm).alg as u64 - Kind::Ahash.alg_offset() as u64) as *mut AhashAlg }
}

/// `crypto_ahash_init_tfm`.
pub unsafe fn init_tfm(tfm: *mut Tfm) -> Result<(), Errno> {
    // SAFETY: a new transform.
    unsafe {
        let hash = hash_of(tfm);
        (*hash).functions.setkey = stub(ahash_nosetkey as *const (), 3);
        if Kind::of((*tfm).alg) != Some(Kind::Ahash) {
            return init_over_shash(tfm);
        }
        let alg = &*alg_of(tfm);
        let no_setkey = (*hash).functions.setkey;
        (*hash).functions = alg.functions;
        if alg.functions.finup == 0 {
            (*hash).functions.finup = stub(finup::finup as *const (), 1);
        }
        if alg.functions.setkey == 0 {
            (*hash).functions.setkey = no_setkey;
        } else if alg.base.flags & flag::OPTIONAL_KEY == 0 {
            (*tfm).crt_flags |= NEED_KEY;
        }
        if alg.exit_tfm != 0 {
            (*tfm).exit = stub(exit_tfm as *const (), 1);
        }
        if alg.init_tfm == 0 { Ok(()) } else { check(invoke_int(alg.init_tfm, [hash as u64])).map(drop) }
    }
}

unsafe extern "C" fn exit_tfm(tfm: *mut Tfm) {
    // SAFETY: a transform that init_tfm() gave this function.
    unsafe { invoke((*alg_of(tfm)).exit_tfm, [hash_of(tfm) as u64]) };
}

/// An shash's own transform stands in the context; these functions lead there (`crypto_init_shash_ops_async`).
unsafe fn init_over_shash(tfm: *mut Tfm) -> Result<(), Errno> {
    // SAFETY: a new transform; the second one of the same algorithm takes a reference of its own.
    unsafe {
        let alg = (*tfm).alg;
        if !registry::get(alg, (*alg).module) {
            return Err(Errno::EAGAIN);
        }
        let inner = tfm::create(alg, Kind::Shash).inspect_err(|_| registry::put(alg))? as *mut SizedTfm;
        *inner_of(tfm) = inner;
        (*tfm).exit = stub(exit_over_shash as *const (), 1);
        let hash = hash_of(tfm);
        (*hash).functions = AhashFunctions {
            init: stub(async_init as *const (), 1),
            update: stub(async_update as *const (), 1),
            final_: stub(async_final as *const (), 1),
            finup: stub(async_finup as *const (), 1),
            digest: stub(async_digest as *const (), 1),
            export: stub(async_export as *const (), 2),
            import: stub(async_import as *const (), 2),
            setkey: stub(async_setkey as *const (), 3),
        };
        (*tfm).crt_flags |= (*inner).base.crt_flags & NEED_KEY;
        (*hash).reqsize = size_of::<ShashDesc>() as u32 + (*inner).size;
        Ok(())
    }
}

unsafe fn inner_of(tfm: *mut Tfm) -> *mut *mut SizedTfm {
    Tfm::ctx(tfm) as *mut *mut SizedTfm
}

unsafe extern "C" fn exit_over_shash(tfm: *mut Tfm) {
    // SAFETY: a transform of init_over_shash().
    unsafe { tfm::destroy(*inner_of(tfm) as u64, Some(Kind::Shash)) };
}

/// The descriptor in a request, made one of the inner transform.
unsafe fn desc(request: *mut AhashRequest) -> *mut ShashDesc {
    // SAFETY: a request for a transform of init_over_shash(), with the room that `reqsize` asked for.
    unsafe {
        let desc = request.add(1).cast::<ShashDesc>();
        (*desc).tfm = *inner_of((*request).base.tfm);
        desc
    }
}

unsafe extern "C" fn ahash_nosetkey(_tfm: u64, _key: u64, _length: u32) -> i32 {
    fail(Errno::ENOSYS)
}

unsafe extern "C" fn async_setkey(hash: *mut Ahash, key: u64, length: u32) -> i32 {
    // SAFETY: a transform of init_over_shash().
    unsafe { crypto_shash_setkey(*inner_of(&raw mut (*hash).base), key, length) }
}

unsafe extern "C" fn async_init(request: *mut AhashRequest) -> i32 {
    // SAFETY: as desc().
    unsafe { crypto_shash_init(desc(request)) }
}

unsafe extern "C" fn async_update(request: *mut AhashRequest) -> i32 {
    // SAFETY: as desc().
    unsafe { shash_ahash_update(request, desc(request)) }
}

unsafe extern "C" fn async_final(request: *mut AhashRequest) -> i32 {
    // SAFETY: as desc().
    unsafe { crypto_shash_final(desc(request), (*request).result) }
}

unsafe extern "C" fn async_finup(request: *mut AhashRequest) -> i32 {
    // SAFETY: as desc().
    unsafe { shash_ahash_finup(request, desc(request)) }
}

unsafe extern "C" fn async_digest(request: *mut AhashRequest) -> i32 {
    // SAFETY: as desc().
    unsafe { shash_ahash_digest(request, desc(request)) }
}

unsafe extern "C" fn async_export(request: *mut AhashRequest, out: u64) -> i32 {
    // SAFETY: as desc().
    unsafe {
        let desc = desc(request);
        invoke_int((*shash::alg_of((*desc).tfm)).export, [desc as u64, out])
    }
}

unsafe extern "C" fn async_import(request: *mut AhashRequest, state: u64) -> i32 {
    // SAFETY: as desc().
    unsafe {
        let desc = desc(request);
        invoke_int((*shash::alg_of((*desc).tfm)).import, [desc as u64, state])
    }
}

unsafe extern "C" fn shash_ahash_update(request: *mut AhashRequest, desc: *mut ShashDesc) -> i32 {
    // SAFETY: the request's list has `nbytes` bytes.
    unsafe {
        let mut walk = ScatterWalk::start((*request).src as *mut _);
        let mut left = (*request).nbytes;
        while left > 0 {
            let size = walk.here().min(left);
            if size == 0 {
                break;
            }
            let refused = crypto_shash_update(desc, walk.address(), size);
            if refused != 0 {
                return refused;
            }
            walk.offset += size;
            left -= size;
        }
    }
    0
}

unsafe extern "C" fn shash_ahash_finup(request: *mut AhashRequest, desc: *mut ShashDesc) -> i32 {
    // SAFETY: as shash_ahash_update.
    unsafe {
        match shash_ahash_update(request, desc) {
            0 => crypto_shash_final(desc, (*request).result),
            error => error,
        }
    }
}

unsafe extern "C" fn shash_ahash_digest(request: *mut AhashRequest, desc: *mut ShashDesc) -> i32 {
    // SAFETY: as shash_ahash_update.
    unsafe {
        let mut walk = ScatterWalk::start((*request).src as *mut _);
        let length = (*request).nbytes;
        if length > 0 && walk.here() >= length {
            return crypto_shash_digest(desc, walk.address(), length, (*request).result);
        }
        match crypto_shash_init(desc) {
            0 => shash_ahash_finup(request, desc),
            error => error,
        }
    }
}

pub unsafe extern "C" fn crypto_ahash_setkey(hash: *mut Ahash, key: u64, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let refused = invoke_int((*hash).functions.setkey, [hash as u64, key, length.into()]);
        let alg = (*hash).base.alg;
        if refused == 0 {
            (*hash).base.crt_flags &= !NEED_KEY;
        } else if (*hash).functions.setkey != stub(ahash_nosetkey as *const (), 3)
            && (*alg).flags & flag::OPTIONAL_KEY == 0
        {
            (*hash).base.crt_flags |= NEED_KEY;
        }
        refused
    }
}

unsafe extern "C" fn crypto_ahash_final(request: *mut AhashRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { invoke_int((*hash_of((*request).base.tfm)).functions.final_, [request as u64]) }
}

unsafe extern "C" fn crypto_ahash_finup(request: *mut AhashRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { invoke_int((*hash_of((*request).base.tfm)).functions.finup, [request as u64]) }
}

pub unsafe extern "C" fn crypto_ahash_digest(request: *mut AhashRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let hash = hash_of((*request).base.tfm);
        if (*hash).base.crt_flags & NEED_KEY != 0 {
            return fail(Errno::ENOKEY);
        }
        invoke_int((*hash).functions.digest, [request as u64])
    }
}

/// Whether a hash of either kind takes a key; `alg` is the part that both have in common, before the `crypto_alg`.
unsafe extern "C" fn crypto_hash_alg_has_setkey(common: u64) -> bool {
    let base = common + 8;
    // SAFETY: a registered hash's struct hash_alg_common.
    unsafe {
        if Kind::of(base as *const _) == Some(Kind::Ahash) {
            return (*((base - Kind::Ahash.alg_offset() as u64) as *const AhashAlg)).functions.setkey != 0;
        }
        shash::takes_key(&*((base - Kind::Shash.alg_offset() as u64) as *const _))
    }
}

/// The size of an algorithm's digests, of either kind; it comes first in what both have in common.
pub unsafe fn digest_size(alg: *const Alg) -> u32 {
    // SAFETY: a hash's struct hash_alg_common, in which the crypto_alg is 8 bytes on.
    unsafe { *((alg as u64 - 8) as *const u32) }
}
