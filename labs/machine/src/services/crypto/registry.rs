//! The list of algorithms: who is in it, who may be had, and who counts. Linux: crypto/api.c, crypto/algapi.c.

use std::sync::atomic::{AtomicU32, Ordering};

use abi::Errno;

use super::layout::Alg;
use super::{builtin, flag, instance, notify, probe};
use crate::current;
use crate::services::complain::warn;
use crate::services::{invoke::invoke, module_refs, with};

/// What is remembered of a registered algorithm, so that a search looks into nobody's memory.
#[derive(Debug, Clone)]
struct Entry {
    alg: u64,
    name: Vec<u8>,
    driver_name: Vec<u8>,
    flags: u32,
    priority: i32,
    module: u64,
}

/// Every registered algorithm, the newest first (`crypto_alg_list`).
#[derive(Debug, Default)]
struct Algorithms(Vec<Entry>);

/// MAX_ALGAPI_BLOCKSIZE and MAX_ALGAPI_ALIGNMASK; the lower ones are for plain ciphers.
const MAX_BLOCKSIZE: u32 = 160;
const MAX_ALIGNMASK: u32 = 127;
const MAX_CIPHER_BLOCKSIZE: u32 = 16;
const MAX_CIPHER_ALIGNMASK: u32 = 15;

/// What nobody may register (`crypto_check_alg`).
///
/// # Safety for all of this file
/// Addresses of algorithms are those of living `struct crypto_alg`s: registered, or the caller's.
pub unsafe fn check(alg: *mut Alg) -> Result<(), Errno> {
    // SAFETY: the caller's algorithm.
    let alg = unsafe { &mut *alg };
    let cipher = alg.kind == 0 && alg.flags & super::types::TYPE_MASK == super::cipher::NUMBER;
    let (most_aligned, most_bytes) =
        if cipher { (MAX_CIPHER_ALIGNMASK, MAX_CIPHER_BLOCKSIZE) } else { (MAX_ALIGNMASK, MAX_BLOCKSIZE) };
    let named = alg.name[0] != 0 && alg.driver_name[0] != 0;
    if !named
        || alg.alignmask & alg.alignmask.wrapping_add(1) != 0
        || alg.alignmask > most_aligned
        || alg.blocksize > most_bytes
        || alg.priority < 0
    {
        return Err(Errno::EINVAL);
    }
    alg.refcnt = 1;
    Ok(())
}

/// Adds an algorithm that has passed [`check`] (`__crypto_register_alg`). The kernel tests it first; here it counts as
/// tested at once, as on a kernel with CONFIG_CRYPTO_MANAGER_DISABLE_TESTS.
pub unsafe fn add(alg: *mut Alg) -> Result<(), Errno> {
    builtin::ensure();
    // SAFETY: the caller's algorithm.
    let entry = unsafe {
        if (*alg).flags & flag::DEAD != 0 {
            return Err(Errno::EAGAIN);
        }
        (*alg).flags |= flag::TESTED;
        let alg = &*alg;
        Entry {
            alg: alg as *const Alg as u64,
            name: Alg::text(&alg.name).to_vec(),
            driver_name: Alg::text(&alg.driver_name).to_vec(),
            flags: alg.flags,
            priority: alg.priority,
            module: alg.module,
        }
    };
    let weaker = with(|algorithms: &mut Algorithms| {
        let clash = |other: &Entry| {
            other.alg == entry.alg || other.driver_name == entry.name || other.name == entry.driver_name
        };
        if algorithms.0.iter().any(clash) {
            return Err(Errno::EEXIST);
        }
        let weaker = |other: &&Entry| {
            other.name == entry.name
                && (other.driver_name == entry.driver_name || other.priority <= entry.priority)
        };
        let weaker: Vec<u64> = algorithms.0.iter().filter(weaker).map(|other| other.alg).collect();
        algorithms.0.insert(0, entry);
        Ok(weaker)
    })?;
    // What templates have built on a weaker implementation of the same algorithm shall be built anew on this one.
    // SAFETY: registered algorithms.
    unsafe {
        weaker.into_iter().for_each(|weaker| instance::remove_above(weaker, alg as u64));
        notify::loaded(alg);
    }
    Ok(())
}

/// `crypto_register_alg`.
pub unsafe fn register(alg: *mut Alg) -> Result<(), Errno> {
    // SAFETY: the caller's algorithm.
    unsafe {
        (*alg).flags &= !flag::DEAD;
        check(alg)?;
        add(alg)
    }
}

/// Takes an algorithm out of the list, and with it what is built on it; false when it was not there
/// (`crypto_remove_alg`).
pub unsafe fn remove(alg: *mut Alg) -> bool {
    let there = with(|algorithms: &mut Algorithms| {
        let before = algorithms.0.len();
        algorithms.0.retain(|entry| entry.alg != alg as u64);
        algorithms.0.len() < before
    });
    if there {
        // SAFETY: it was registered until now.
        unsafe {
            (*alg).flags |= flag::DEAD;
            instance::remove_above(alg as u64, 0);
        }
    }
    there
}

/// `crypto_unregister_alg`.
pub unsafe fn unregister(alg: *mut Alg) {
    // SAFETY: the caller's algorithm.
    unsafe {
        if !remove(alg) {
            let driver = String::from_utf8_lossy(Alg::text(&(*alg).driver_name)).into_owned();
            return warn(&format!("Algorithm {driver} is not registered"));
        }
        if references(alg).load(Ordering::Acquire) != 1 {
            return warn("an algorithm is unregistered that is in use");
        }
        if (*alg).destroy != 0 {
            invoke((*alg).destroy, [alg as u64]);
        }
    }
}

/// `cra_refcnt`.
pub unsafe fn references<'a>(alg: *mut Alg) -> &'a AtomicU32 {
    // SAFETY: the algorithm's counter, which is only used atomically once it is registered.
    unsafe { AtomicU32::from_ptr(&raw mut (*alg).refcnt) }
}

/// Takes a reference on an algorithm and on the module that it comes from (`crypto_mod_get`).
pub unsafe fn get(alg: *mut Alg, module: u64) -> bool {
    if !module_refs::get(module) {
        return false;
    }
    // SAFETY: its module is there. Relaxed: a reference is taken where one is held, by the list.
    unsafe { references(alg) }.fetch_add(1, Ordering::Relaxed);
    true
}

/// Drops both (`crypto_mod_put`).
pub unsafe fn put(alg: *mut Alg) {
    // SAFETY: a reference is held.
    unsafe {
        let module = (*alg).module;
        put_alg(alg);
        module_refs::put(module);
    }
}

/// Drops the reference on the algorithm alone; the last one ends an instance (`crypto_alg_put`).
pub unsafe fn put_alg(alg: *mut Alg) {
    // SAFETY: a reference is held. AcqRel: whoever drops the last one must see what the others did.
    unsafe {
        if references(alg).fetch_sub(1, Ordering::AcqRel) == 1 {
            instance::destroy(alg);
        }
    }
}

/// The algorithms that answer to a name, the best first: by the driver's name, then by priority, then by age.
fn candidates(name: &[u8], kind: u32, mask: u32) -> Vec<(u64, u64)> {
    let mut found: Vec<Entry> = with(|algorithms: &mut Algorithms| {
        let wanted = |entry: &&Entry| {
            (entry.flags ^ kind) & mask == 0 && (entry.name == name || entry.driver_name == name)
        };
        algorithms.0.iter().filter(wanted).cloned().collect()
    });
    found.sort_by_key(|entry| (entry.driver_name != name, std::cmp::Reverse(entry.priority)));
    found.into_iter().map(|entry| (entry.alg, entry.module)).collect()
}

/// A registered algorithm, with references taken (`__crypto_alg_lookup`).
fn look_up(name: &[u8], kind: u32, mask: u32) -> Option<*mut Alg> {
    candidates(name, kind, mask).into_iter().find_map(|(alg, module)| {
        let alg = alg as *mut Alg;
        // SAFETY: in the list a moment ago; where its module is on its way out, the module's reference is refused.
        unsafe { get(alg, module) }.then_some(alg)
    })
}

/// An algorithm, with references taken: a registered one, or else one that a module brings, or else one that a
/// template makes (`crypto_alg_mod_lookup`).
pub fn find(name: &[u8], kind: u32, mask: u32) -> Result<*mut Alg, Errno> {
    builtin::ensure();
    // What is internal is only for those who ask for it.
    let mask = if (kind | mask) & flag::INTERNAL == 0 { mask | flag::INTERNAL } else { mask };
    let (kind, mask) = (kind & !(flag::LARVAL | flag::DEAD), mask & !(flag::LARVAL | flag::DEAD));
    if name.is_empty() || name.len() >= super::layout::MAX_ALG_NAME {
        return Err(Errno::ENOENT);
    }
    if let Some(alg) = look_up(name, kind, mask) {
        return Ok(alg);
    }
    if mask & flag::NOLOAD == 0 {
        request(name, kind, mask);
        if let Some(alg) = look_up(name, kind, mask) {
            return Ok(alg);
        }
    }
    probe::build(name, kind, mask)?;
    look_up(name, kind, mask).ok_or(Errno::ENOENT)
}

/// Asks for the modules that may bring an algorithm.
fn request(name: &[u8], kind: u32, mask: u32) {
    let name = String::from_utf8_lossy(name);
    current().machine().hooks().request_module(&format!("crypto-{name}"));
    if (kind ^ flag::NEED_FALLBACK) & mask & flag::NEED_FALLBACK == 0 {
        current().machine().hooks().request_module(&format!("crypto-{name}-all"));
    }
}

/// Every registered algorithm, the newest first.
pub fn all() -> Vec<*mut Alg> {
    builtin::ensure();
    with(|algorithms: &mut Algorithms| algorithms.0.iter().map(|entry| entry.alg as *mut Alg).collect())
}
