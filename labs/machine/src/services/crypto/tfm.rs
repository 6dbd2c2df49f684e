//! Transforms: an algorithm with room for a key, allocated, counted and given back. Linux: crypto/api.c,
//! crypto_create_tfm_node, crypto_destroy_tfm.

use abi::Errno;

use super::layout::{Alg, Tfm};
use super::types::{Kind, TYPE_MASK};
use super::{aead, ahash, flag, kpp, registry, shash, skcipher};
use crate::exports::Table;
use crate::services::invoke::{invoke, invoke_int};
use crate::services::{err_ptr, functions, heap, text};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_alloc_base/3, crypto_alloc_tfm_node/5, crypto_create_tfm_node/3, crypto_destroy_tfm/2,
        __crypto_alloc_tfm/3);
}

/// Room for a transform: `before` bytes, the `struct crypto_tfm`, `context` bytes. The tfm's address.
unsafe fn allocate(alg: *mut Alg, before: usize, context: u32) -> Result<*mut Tfm, Errno> {
    let memory = heap::allocate((before + size_of::<Tfm>()) as u64 + u64::from(context), 0);
    if memory == 0 {
        return Err(Errno::ENOMEM);
    }
    let tfm = (memory + before as u64) as *mut Tfm;
    // SAFETY: new memory of that size.
    unsafe { tfm.write(Tfm { refcnt: 1, crt_flags: 0, node: -1, exit: 0, alg }) };
    Ok(tfm)
}

/// The context that an algorithm asks for, with what it takes to align it (`crypto_alg_extsize`).
pub unsafe fn context(alg: *const Alg) -> u32 {
    // SAFETY: an algorithm on which a reference is held.
    unsafe { (*alg).ctxsize + ((*alg).alignmask & !7) }
}

/// A transform of an algorithm on which the caller holds a reference, which is the transform's afterwards. Its
/// address, which is not that of the tfm within.
///
/// # Safety for all of this file
/// Algorithms are living ones on which a reference is held; transforms are what these functions returned.
pub unsafe fn create(alg: *mut Alg, frontend: Kind) -> Result<u64, Errno> {
    // SAFETY: as above.
    unsafe {
        let natural = Kind::of(alg) == Some(frontend);
        // An ahash made of an shash keeps nothing but the shash's address.
        let context = if natural { context(alg) } else { 8 };
        let tfm = allocate(alg, frontend.tfm_offset(), context)?;
        let transform = tfm as u64 - frontend.tfm_offset() as u64;
        let made = init(tfm, frontend).and_then(|()| init_alg(tfm));
        if let Err(errno) = made {
            if errno == Errno::EAGAIN {
                instance_is_dying(alg);
            }
            heap::free(transform);
            return Err(errno);
        }
        Ok(transform)
    }
}

/// What stands on something that is on its way out is not found again (`crypto_shoot_alg`).
unsafe fn instance_is_dying(alg: *mut Alg) {
    // SAFETY: as for all of this file.
    unsafe { (*alg).flags |= flag::DYING };
}

/// What the kind does for a new transform (`crypto_type.init_tfm`).
unsafe fn init(tfm: *mut Tfm, frontend: Kind) -> Result<(), Errno> {
    // SAFETY: a new transform of that kind.
    unsafe {
        match frontend {
            Kind::Shash => shash::init_tfm(tfm),
            Kind::Ahash => ahash::init_tfm(tfm),
            Kind::Skcipher => skcipher::init_tfm(tfm),
            Kind::Aead => aead::init_tfm(tfm),
            Kind::Kpp | Kind::Akcipher => kpp::init_tfm(tfm, frontend),
            Kind::Rng | Kind::Scomp => Ok(()),
            // The kernel's own compressors alone are acomps, and they are not here.
            Kind::Acomp => Err(Errno::ENOENT),
        }
    }
}

/// What the algorithm itself does for a new transform (`cra_init`).
unsafe fn init_alg(tfm: *mut Tfm) -> Result<(), Errno> {
    // SAFETY: a new transform.
    unsafe {
        let alg = (*tfm).alg;
        if (*tfm).exit != 0 || (*alg).init == 0 {
            return Ok(());
        }
        crate::services::host::check(invoke_int((*alg).init, [tfm as u64])).map(drop)
    }
}

/// A transform of a plain cipher or compressor (`__crypto_alloc_tfm`).
pub unsafe fn create_plain(alg: *mut Alg) -> Result<u64, Errno> {
    // SAFETY: as for all of this file.
    unsafe {
        let tfm = allocate(alg, 0, context(alg))?;
        if let Err(errno) = init_alg(tfm) {
            heap::free(tfm as u64);
            return Err(errno);
        }
        Ok(tfm as u64)
    }
}

/// A transform of the best algorithm of that name (`crypto_alloc_tfm`).
pub fn find_and_create(name: &[u8], frontend: Kind, kind: u32, mask: u32) -> Result<u64, Errno> {
    let alg = find_for(name, frontend, kind, mask)?;
    // SAFETY: find_for() has taken the reference.
    unsafe { create(alg, frontend).inspect_err(|_| registry::put(alg)) }
}

/// An algorithm that can be a `frontend`, with references taken (`crypto_find_alg`).
pub fn find_for(name: &[u8], frontend: Kind, kind: u32, mask: u32) -> Result<*mut Alg, Errno> {
    let (kind, mask) = (kind & !TYPE_MASK | frontend.number(), mask & !TYPE_MASK | frontend.mask());
    registry::find(name, kind, mask)
}

/// A pointer for modules: an address or a negative errno.
pub fn pointer(result: Result<u64, Errno>) -> u64 {
    result.unwrap_or_else(err_ptr)
}

unsafe extern "C" fn crypto_alloc_base(name: *const u8, kind: u32, mask: u32) -> u64 {
    // SAFETY: a NUL-terminated name; find() takes the reference.
    unsafe {
        pointer(registry::find(text::bytes(name), kind, mask).and_then(|alg| match Kind::of(alg) {
            None => create_plain(alg).inspect_err(|_| registry::put(alg)),
            Some(frontend) => create(alg, frontend).inspect_err(|_| registry::put(alg)),
        }))
    }
}

unsafe extern "C" fn __crypto_alloc_tfm(alg: *mut Alg, _kind: u32, _mask: u32) -> u64 {
    // SAFETY: the caller holds a reference.
    pointer(unsafe { create_plain(alg) })
}

unsafe extern "C" fn crypto_create_tfm_node(alg: *mut Alg, frontend: u64, _node: i32) -> u64 {
    let Some(frontend) = Kind::at(frontend) else { return err_ptr(Errno::EINVAL) };
    // SAFETY: the caller holds a reference.
    pointer(unsafe { create(alg, frontend) })
}

unsafe extern "C" fn crypto_alloc_tfm_node(
    name: *const u8,
    frontend: u64,
    kind: u32,
    mask: u32,
    _node: i32,
) -> u64 {
    let Some(frontend) = Kind::at(frontend) else { return err_ptr(Errno::EINVAL) };
    // SAFETY: a NUL-terminated name.
    pointer(find_and_create(unsafe { text::bytes(name) }, frontend, kind, mask))
}

unsafe extern "C" fn crypto_destroy_tfm(transform: u64, tfm: *mut Tfm) {
    if transform == 0 || crate::services::is_err(transform) {
        return;
    }
    // SAFETY: a transform of these functions. AcqRel: whoever drops the last reference must see what the others did.
    unsafe {
        let count = std::sync::atomic::AtomicU32::from_ptr(&raw mut (*tfm).refcnt);
        if count.fetch_sub(1, std::sync::atomic::Ordering::AcqRel) != 1 {
            return;
        }
        let alg = (*tfm).alg;
        if (*tfm).exit == 0 && (*alg).exit != 0 {
            invoke((*alg).exit, [tfm as u64]);
        }
        if (*tfm).exit != 0 {
            invoke((*tfm).exit, [tfm as u64]);
        }
        registry::put(alg);
        heap::free_sensitive(transform);
    }
}

/// Gives a transform back.
pub unsafe fn destroy(transform: u64, frontend: Option<Kind>) {
    let offset = frontend.map_or(0, Kind::tfm_offset) as u64;
    // SAFETY: as crypto_destroy_tfm.
    unsafe { crypto_destroy_tfm(transform, (transform + offset) as *mut Tfm) };
}
