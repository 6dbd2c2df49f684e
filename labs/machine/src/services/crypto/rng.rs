//! Random number generators, and the one that everybody shares. Linux: crypto/rng.c.

use abi::Errno;

use super::layout::{RngAlg, Tfm};
use super::tfm;
use super::types::Kind;
use crate::current;
use crate::exports::Table;
use crate::services::host::check;
use crate::services::invoke::invoke_int;
use crate::services::{compute, fail, functions, heap, with};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_rng_reset/3, crypto_get_default_rng/0, crypto_put_default_rng/0, crypto_del_default_rng/0);
    table.data("crypto_default_rng", 8, 8, &[]);
}

/// How many users the shared generator has.
#[derive(Debug, Default)]
struct DefaultRng(u32);

/// # Safety for all of this file
/// Transforms are living ones of random number generators, whose tfm comes first.
pub unsafe fn alg_of(tfm: *const Tfm) -> *const RngAlg {
    // SAFETY: as for all of this file.
    unsafe { ((*tfm).alg as u64 - Kind::Rng.alg_offset() as u64) as *const RngAlg }
}

/// Seeds a generator; where there is no seed but a length, with random bytes.
pub unsafe extern "C" fn crypto_rng_reset(tfm: *mut Tfm, seed: u64, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let function = (*alg_of(tfm)).seed;
        if seed != 0 || length == 0 {
            return invoke_int(function, [tfm as u64, seed, length.into()]);
        }
        let memory = heap::allocate(length.into(), 0);
        if memory == 0 {
            return fail(Errno::ENOMEM);
        }
        compute::get_random_bytes(memory as *mut u8, length as usize);
        let result = invoke_int(function, [tfm as u64, memory, length.into()]);
        heap::free_sensitive(memory);
        result
    }
}

/// Where the shared generator's address is exported.
fn shared() -> *mut u64 {
    current().machine().exports().value("crypto_default_rng").unwrap_or(0) as *mut u64
}

/// The shared generator: `stdrng`, made and seeded when first asked for.
pub fn default_rng() -> Result<*mut Tfm, Errno> {
    // SAFETY: the machine's own variable, which holds a transform of ours or nothing.
    unsafe {
        if *shared() == 0 {
            let rng = tfm::find_and_create(b"stdrng", Kind::Rng, 0, 0)?;
            let seedsize = (*alg_of(rng as *const Tfm)).seedsize;
            check(crypto_rng_reset(rng as *mut Tfm, 0, seedsize))
                .inspect_err(|_| tfm::destroy(rng, Some(Kind::Rng)))?;
            *shared() = rng;
        }
        with(|users: &mut DefaultRng| users.0 += 1);
        Ok(*shared() as *mut Tfm)
    }
}

unsafe extern "C" fn crypto_get_default_rng() -> i32 {
    default_rng().map_or_else(fail, |_| 0)
}

pub unsafe extern "C" fn crypto_put_default_rng() {
    with(|users: &mut DefaultRng| users.0 = users.0.saturating_sub(1));
}

unsafe extern "C" fn crypto_del_default_rng() -> i32 {
    if with(|users: &mut DefaultRng| users.0 > 0) {
        return fail(Errno::EBUSY);
    }
    // SAFETY: the machine's own variable; nobody uses the generator.
    unsafe { tfm::destroy(shared().replace(0), Some(Kind::Rng)) };
    0
}
