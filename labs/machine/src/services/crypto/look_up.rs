//! Algorithms by name, for modules: whether there are any, transforms of each kind, what an instance stands on. Linux:
//! crypto/api.c, crypto/algapi.c, and the `crypto_alloc_*` of the kinds.

use abi::Errno;

use super::layout::{Alg, Spawn};
use super::tfm::{context, create, create_plain, find_and_create, find_for, pointer};
use super::types::{Kind, TYPE_MASK};
use super::{flag, instance, registry};
use crate::exports::Table;
use crate::services::{err_ptr, functions, text};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_has_alg/3, crypto_type_has_alg/4, crypto_spawn_tfm/3, crypto_spawn_tfm2/1,
        crypto_alg_mod_lookup/3, crypto_mod_get/1, crypto_mod_put/1, crypto_find_alg/4, crypto_alg_extsize/1,
        crypto_alloc_shash/3, crypto_alloc_ahash/3, crypto_alloc_skcipher/3, crypto_alloc_sync_skcipher/3, crypto_alloc_aead/3,
        crypto_alloc_rng/3, crypto_alloc_kpp/3, crypto_alloc_akcipher/3, crypto_has_shash/3, crypto_has_ahash/3, crypto_has_skcipher/3,
        crypto_has_kpp/3);
}

/// # Safety for all of this file
/// Names are NUL-terminated, algorithms and spawns living ones of the callers'.
unsafe extern "C" fn crypto_has_alg(name: *const u8, kind: u32, mask: u32) -> i32 {
    // SAFETY: a NUL-terminated name; the references are given back.
    unsafe {
        match registry::find(text::bytes(name), kind, mask) {
            Ok(alg) => {
                registry::put(alg);
                1
            }
            Err(_) => 0,
        }
    }
}

unsafe fn has(name: *const u8, frontend: Kind, kind: u32, mask: u32) -> i32 {
    // SAFETY: as crypto_has_alg.
    unsafe {
        crypto_has_alg(name, kind & !TYPE_MASK | frontend.number(), mask & !TYPE_MASK | frontend.mask())
    }
}

unsafe extern "C" fn crypto_type_has_alg(name: *const u8, frontend: u64, kind: u32, mask: u32) -> i32 {
    // SAFETY: a NUL-terminated name.
    Kind::at(frontend).map_or(0, |frontend| unsafe { has(name, frontend, kind, mask) })
}

unsafe extern "C" fn crypto_alg_mod_lookup(name: *const u8, kind: u32, mask: u32) -> u64 {
    // SAFETY: a NUL-terminated name.
    pointer(registry::find(unsafe { text::bytes(name) }, kind, mask).map(|alg| alg as u64))
}

unsafe extern "C" fn crypto_find_alg(name: *const u8, frontend: u64, kind: u32, mask: u32) -> u64 {
    // SAFETY: a NUL-terminated name.
    let name = unsafe { text::bytes(name) };
    let found = match Kind::at(frontend).filter(|_| frontend != 0) {
        Some(frontend) => find_for(name, frontend, kind, mask),
        None => registry::find(name, kind, mask),
    };
    pointer(found.map(|alg| alg as u64))
}

unsafe extern "C" fn crypto_mod_get(alg: *mut Alg) -> *mut Alg {
    // SAFETY: the caller's algorithm.
    if unsafe { registry::get(alg, (*alg).module) } { alg } else { std::ptr::null_mut() }
}

unsafe extern "C" fn crypto_mod_put(alg: *mut Alg) {
    // SAFETY: the caller's reference.
    unsafe { registry::put(alg) };
}

unsafe extern "C" fn crypto_alg_extsize(alg: *const Alg) -> u32 {
    // SAFETY: the caller's algorithm.
    unsafe { context(alg) }
}

/// A transform of what an instance stands on, as a plain cipher (`crypto_spawn_tfm`).
unsafe extern "C" fn crypto_spawn_tfm(spawn: *mut Spawn, kind: u32, mask: u32) -> u64 {
    // SAFETY: the caller's spawn; alg_below() takes the reference.
    unsafe {
        pointer(instance::alg_below(spawn).and_then(|alg| {
            if ((*alg).flags ^ kind) & mask != 0 {
                registry::put(alg);
                return Err(Errno::EINVAL);
            }
            create_plain(alg).inspect_err(|_| registry::put(alg))
        }))
    }
}

/// A transform of what an instance stands on, of the kind that it was looked for as.
unsafe extern "C" fn crypto_spawn_tfm2(spawn: *mut Spawn) -> u64 {
    // SAFETY: as above.
    unsafe {
        let Some(frontend) = Kind::at((*spawn).frontend) else { return err_ptr(Errno::EINVAL) };
        pointer(
            instance::alg_below(spawn)
                .and_then(|alg| create(alg, frontend).inspect_err(|_| registry::put(alg))),
        )
    }
}

macro_rules! kinds {
    ($($alloc:ident $(, $has:ident)?: $kind:ident;)*) => {
        $(
            unsafe extern "C" fn $alloc(name: *const u8, kind: u32, mask: u32) -> u64 {
                // SAFETY: a NUL-terminated name.
                pointer(find_and_create(unsafe { text::bytes(name) }, Kind::$kind, kind, mask))
            }

            $(unsafe extern "C" fn $has(name: *const u8, kind: u32, mask: u32) -> i32 {
                // SAFETY: a NUL-terminated name.
                unsafe { has(name, Kind::$kind, kind, mask) }
            })?
        )*
    };
}

kinds! {
    crypto_alloc_shash, crypto_has_shash: Shash;
    crypto_alloc_ahash, crypto_has_ahash: Ahash;
    crypto_alloc_skcipher, crypto_has_skcipher: Skcipher;
    crypto_alloc_kpp, crypto_has_kpp: Kpp;
    crypto_alloc_aead: Aead;
    crypto_alloc_rng: Rng;
    crypto_alloc_akcipher: Akcipher;
}

/// One that has ended when its function returns.
unsafe extern "C" fn crypto_alloc_sync_skcipher(name: *const u8, kind: u32, mask: u32) -> u64 {
    // SAFETY: a NUL-terminated name.
    unsafe { crypto_alloc_skcipher(name, kind, mask | flag::ASYNC) }
}
