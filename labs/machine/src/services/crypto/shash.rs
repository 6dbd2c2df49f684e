//! Hashes that work on flat memory and return when they are done. Linux: crypto/shash.c.

use abi::Errno;

use super::layout::{ShashAlg, ShashDesc, SizedTfm, Tfm};
use super::types::Kind;
use super::{NEED_KEY, flag};
use crate::exports::Table;
use crate::services::host::check;
use crate::services::invoke::{invoke, invoke_int, stub};
use crate::services::{fail, functions, heap};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_shash_setkey/3, crypto_shash_update/3, crypto_shash_final/2, crypto_shash_finup/4,
        crypto_shash_digest/4, crypto_shash_tfm_digest/4, crypto_shash_alg_has_setkey/1);
}

/// HASH_MAX_DIGESTSIZE, HASH_MAX_DESCSIZE and HASH_MAX_STATESIZE.
const MAX_DIGEST: u32 = 64;
const MAX_DESC: u32 = 8 + 360;
const MAX_STATE: u32 = 512;

/// Completes what an algorithm leaves out before it is registered (`shash_prepare_alg`).
///
/// # Safety for all of this file
/// Algorithms, transforms and descriptors are living ones of their kind, buffers as long as said.
pub unsafe fn prepare(alg: *mut ShashAlg) -> Result<(), Errno> {
    // SAFETY: the caller's algorithm.
    let alg = unsafe { &mut *alg };
    let too_large = alg.digestsize > MAX_DIGEST || alg.descsize > MAX_DESC || alg.statesize > MAX_STATE;
    if too_large || (alg.export == 0) != (alg.import == 0) {
        return Err(Errno::EINVAL);
    }
    alg.base.kind = Kind::Shash.address();
    alg.base.flags = alg.base.flags & !super::types::TYPE_MASK | Kind::Shash.number();
    let default = |field: &mut u64, function: *const (), arguments: usize| {
        if *field == 0 {
            *field = stub(function, arguments);
        }
    };
    default(&mut alg.finup, crypto_shash_update_final as *const (), 4);
    default(&mut alg.digest, crypto_shash_init_finup as *const (), 4);
    default(&mut alg.setkey, shash_no_setkey as *const (), 3);
    if alg.export == 0 {
        alg.statesize = alg.descsize;
        default(&mut alg.export, export as *const (), 2);
        default(&mut alg.import, import as *const (), 2);
    }
    Ok(())
}

/// The algorithm of a transform (`crypto_shash_alg`).
pub unsafe fn alg_of(tfm: *const SizedTfm) -> *mut ShashAlg {
    // SAFETY: as for all of this file.
    unsafe { ((*tfm).base.alg as u64 - Kind::Shash.alg_offset() as u64) as *mut ShashAlg }
}

pub fn takes_key(alg: &ShashAlg) -> bool {
    alg.setkey != stub(shash_no_setkey as *const (), 3)
}

unsafe fn set_need_key(tfm: *mut SizedTfm) {
    // SAFETY: as for all of this file.
    unsafe {
        let alg = &*alg_of(tfm);
        if takes_key(alg) && alg.base.flags & flag::OPTIONAL_KEY == 0 {
            (*tfm).base.crt_flags |= NEED_KEY;
        }
    }
}

/// `crypto_shash_init_tfm`.
pub unsafe fn init_tfm(tfm: *mut Tfm) -> Result<(), Errno> {
    // SAFETY: a new transform.
    unsafe {
        let hash = (tfm as u64 - Kind::Shash.tfm_offset() as u64) as *mut SizedTfm;
        let alg = &*alg_of(hash);
        (*hash).size = alg.descsize;
        set_need_key(hash);
        if alg.exit_tfm != 0 {
            (*tfm).exit = stub(exit_tfm as *const (), 1);
        }
        if alg.init_tfm == 0 {
            return Ok(());
        }
        check(invoke_int(alg.init_tfm, [hash as u64]))?;
        if (*hash).size > MAX_DESC {
            if alg.exit_tfm != 0 {
                invoke(alg.exit_tfm, [hash as u64]);
            }
            return Err(Errno::EINVAL);
        }
    }
    Ok(())
}

unsafe extern "C" fn exit_tfm(tfm: *mut Tfm) {
    // SAFETY: a transform that init_tfm() gave this function.
    unsafe {
        let hash = (tfm as u64 - Kind::Shash.tfm_offset() as u64) as *mut SizedTfm;
        invoke((*alg_of(hash)).exit_tfm, [hash as u64]);
    }
}

unsafe extern "C" fn shash_no_setkey(_tfm: u64, _key: u64, _length: u32) -> i32 {
    fail(Errno::ENOSYS)
}

unsafe extern "C" fn export(desc: *const ShashDesc, out: *mut u8) -> i32 {
    // SAFETY: a descriptor and room for its state.
    unsafe { std::ptr::copy_nonoverlapping(desc.add(1).cast(), out, (*(*desc).tfm).size as usize) };
    0
}

unsafe extern "C" fn import(desc: *mut ShashDesc, state: *const u8) -> i32 {
    // SAFETY: a descriptor and a state of its algorithm.
    unsafe { std::ptr::copy_nonoverlapping(state, desc.add(1).cast(), (*(*desc).tfm).size as usize) };
    0
}

/// A copy of `length` bytes that is aligned as the algorithm wants it, while `work` looks at it. The kernel does so
/// piece by piece; the message here is copied whole.
unsafe fn aligned(alignmask: u32, from: u64, length: u32, work: impl FnOnce(u64) -> i32) -> i32 {
    let mask = u64::from(alignmask);
    if from & mask == 0 {
        return work(from);
    }
    let memory = heap::allocate(u64::from(length) + mask + 1, 0);
    if memory == 0 {
        return fail(Errno::ENOMEM);
    }
    let copy = (memory + mask) & !mask;
    // SAFETY: the caller's bytes, and new memory with room for them at `copy`.
    unsafe { std::ptr::copy_nonoverlapping(from as *const u8, copy as *mut u8, length as usize) };
    let result = work(copy);
    heap::free_sensitive(memory);
    result
}

/// The same for a digest that is written: `out` gets it when the function has succeeded.
unsafe fn aligned_out(alg: &ShashAlg, out: u64, work: impl FnOnce(u64) -> i32) -> i32 {
    if out & u64::from(alg.base.alignmask) == 0 {
        return work(out);
    }
    #[repr(align(128))]
    struct Digest([u8; MAX_DIGEST as usize]);
    let mut digest = Digest([0; MAX_DIGEST as usize]);
    let result = work(digest.0.as_mut_ptr() as u64);
    if result == 0 {
        // SAFETY: room for the digest, which prepare() has limited.
        unsafe { std::ptr::copy_nonoverlapping(digest.0.as_ptr(), out as *mut u8, alg.digestsize as usize) };
    }
    result
}

pub unsafe extern "C" fn crypto_shash_setkey(tfm: *mut SizedTfm, key: u64, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let alg = &*alg_of(tfm);
        let refused = aligned(alg.base.alignmask, key, length, |key| {
            invoke_int(alg.setkey, [tfm as u64, key, length.into()])
        });
        if refused != 0 {
            set_need_key(tfm);
        } else {
            (*tfm).base.crt_flags &= !NEED_KEY;
        }
        refused
    }
}

/// `crypto_shash_init`, which is inline in the kernel.
pub unsafe fn crypto_shash_init(desc: *mut ShashDesc) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let tfm = (*desc).tfm;
        if (*tfm).base.crt_flags & NEED_KEY != 0 {
            return fail(Errno::ENOKEY);
        }
        invoke_int((*alg_of(tfm)).init, [desc as u64])
    }
}

pub unsafe extern "C" fn crypto_shash_update(desc: *mut ShashDesc, data: u64, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let alg = &*alg_of((*desc).tfm);
        aligned(alg.base.alignmask, data, length, |data| {
            invoke_int(alg.update, [desc as u64, data, length.into()])
        })
    }
}

pub unsafe extern "C" fn crypto_shash_final(desc: *mut ShashDesc, out: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let alg = &*alg_of((*desc).tfm);
        aligned_out(alg, out, |out| invoke_int(alg.final_, [desc as u64, out]))
    }
}

pub unsafe extern "C" fn crypto_shash_finup(desc: *mut ShashDesc, data: u64, length: u32, out: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let alg = &*alg_of((*desc).tfm);
        if (data | out) & u64::from(alg.base.alignmask) != 0 {
            return crypto_shash_update_final(desc, data, length, out);
        }
        invoke_int(alg.finup, [desc as u64, data, length.into(), out])
    }
}

pub unsafe extern "C" fn crypto_shash_digest(desc: *mut ShashDesc, data: u64, length: u32, out: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let tfm = (*desc).tfm;
        let alg = &*alg_of(tfm);
        if (*tfm).base.crt_flags & NEED_KEY != 0 {
            return fail(Errno::ENOKEY);
        }
        if (data | out) & u64::from(alg.base.alignmask) != 0 {
            return crypto_shash_init_finup(desc, data, length, out);
        }
        invoke_int(alg.digest, [desc as u64, data, length.into(), out])
    }
}

/// update() and final(): what finup() is where the algorithm has none (`shash_finup_unaligned`).
unsafe extern "C" fn crypto_shash_update_final(
    desc: *mut ShashDesc,
    data: u64,
    length: u32,
    out: u64,
) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        match crypto_shash_update(desc, data, length) {
            0 => crypto_shash_final(desc, out),
            error => error,
        }
    }
}

/// init() and finup(): what digest() is where the algorithm has none (`shash_digest_unaligned`).
unsafe extern "C" fn crypto_shash_init_finup(desc: *mut ShashDesc, data: u64, length: u32, out: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        match crypto_shash_init(desc) {
            0 => crypto_shash_finup(desc, data, length, out),
            error => error,
        }
    }
}

/// A descriptor as large as any, on the stack (SHASH_DESC_ON_STACK).
#[repr(C, align(64))]
pub struct DescOnStack {
    pub desc: ShashDesc,
    state: [u8; MAX_DESC as usize],
}

impl DescOnStack {
    pub fn new(tfm: *mut SizedTfm) -> DescOnStack {
        DescOnStack { desc: ShashDesc { tfm }, state: [0; MAX_DESC as usize] }
    }
}

pub unsafe extern "C" fn crypto_shash_tfm_digest(
    tfm: *mut SizedTfm,
    data: u64,
    length: u32,
    out: u64,
) -> i32 {
    let mut desc = DescOnStack::new(tfm);
    // SAFETY: as for all of this file.
    unsafe { crypto_shash_digest(&raw mut desc.desc, data, length, out) }
}

unsafe extern "C" fn crypto_shash_alg_has_setkey(alg: *const ShashAlg) -> bool {
    // SAFETY: as for all of this file.
    takes_key(unsafe { &*alg })
}
