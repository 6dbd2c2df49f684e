//! Templates: ways to build an algorithm on others. Linux: crypto/algapi.c.

use abi::Errno;

use super::layout::{AeadAlg, AhashAlg, Alg, Instance, ShashAlg, SkcipherAlg, Spawn, Template};
use super::types::Kind;
use super::{aead, ahash, instance, registry, shash, skcipher, tfm};
use crate::current;
use crate::exports::Table;
use crate::services::complain::warn;
use crate::services::{fail, functions, heap, host, module_refs, text, with};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_register_template/1, crypto_unregister_template/1, crypto_register_templates/2,
        crypto_unregister_templates/2, crypto_grab_spawn/5, crypto_drop_spawn/1, crypto_register_instance/2,
        crypto_unregister_instance/1, shash_register_instance/2, ahash_register_instance/2, skcipher_register_instance/2,
        aead_register_instance/2, shash_free_singlespawn_instance/1, crypto_grab_shash/5, crypto_grab_ahash/5,
        crypto_grab_skcipher/5, crypto_grab_aead/5, crypto_grab_akcipher/5, crypto_grab_kpp/5, crypto_lookup_template/1);
}

/// The templates: name, owner, address of the `struct crypto_template`; the newest first.
#[derive(Debug, Default)]
struct Templates(Vec<(Vec<u8>, u64, u64)>);

/// # Safety for all of this file
/// Templates, instances and spawns are the callers' own structures.
pub unsafe extern "C" fn crypto_register_template(template: *mut Template) -> i32 {
    // SAFETY: the caller's template.
    let (name, module) = unsafe { (Alg::text(&(*template).name).to_vec(), (*template).module) };
    with(|templates: &mut Templates| {
        if templates.0.iter().any(|(.., known)| *known == template as u64) {
            return fail(Errno::EEXIST);
        }
        templates.0.insert(0, (name, module, template as u64));
        0
    })
}

unsafe extern "C" fn crypto_unregister_template(template: *mut Template) {
    let there = with(|templates: &mut Templates| {
        let before = templates.0.len();
        templates.0.retain(|(.., known)| *known != template as u64);
        templates.0.len() < before
    });
    if there {
        // SAFETY: it was registered until now.
        unsafe { instance::remove_made_by(template) };
    } else {
        warn("a template is unregistered that is not registered");
    }
}

unsafe extern "C" fn crypto_register_templates(first: *mut Template, count: i32) -> i32 {
    for index in 0..count.max(0) as usize {
        // SAFETY: an array of `count`.
        unsafe {
            let refused = crypto_register_template(first.add(index));
            if refused != 0 {
                (0..index).rev().for_each(|done| crypto_unregister_template(first.add(done)));
                return refused;
            }
        }
    }
    0
}

unsafe extern "C" fn crypto_unregister_templates(first: *mut Template, count: i32) {
    // SAFETY: an array of `count`.
    (0..count.max(0) as usize)
        .rev()
        .for_each(|index| unsafe { crypto_unregister_template(first.add(index)) });
}

/// A template with a reference on its module; one that brings it is loaded first if need be.
pub fn find(name: &[u8]) -> Option<*mut Template> {
    let look_up = || {
        let (_, module, template) =
            with(|templates: &mut Templates| templates.0.iter().find(|(known, ..)| known == name).cloned())?;
        module_refs::get(module).then_some(template as *mut Template)
    };
    look_up().or_else(|| {
        let module = format!("crypto-{}", String::from_utf8_lossy(name));
        current().machine().hooks().request_module(&module);
        look_up()
    })
}

unsafe extern "C" fn crypto_lookup_template(name: *const u8) -> u64 {
    // SAFETY: a NUL-terminated name.
    find(unsafe { text::bytes(name) }).map_or(0, |template| template as u64)
}

/// Lets an instance stand on the algorithm of that name.
pub unsafe fn grab(
    spawn: *mut Spawn,
    inst: *mut Instance,
    name: &[u8],
    kind: u32,
    mask: u32,
) -> Result<(), Errno> {
    // SAFETY: the caller's spawn, whose frontend says what it is looked for as.
    unsafe {
        let alg = match (*spawn).frontend {
            0 => registry::find(name, kind, mask)?,
            frontend => tfm::find_for(name, Kind::at(frontend).ok_or(Errno::EINVAL)?, kind, mask)?,
        };
        instance::stand(spawn, inst, alg, mask);
    }
    Ok(())
}

/// The name may be what crypto_attr_alg_name() returned, an errno included.
unsafe extern "C" fn crypto_grab_spawn(
    spawn: *mut Spawn,
    inst: *mut Instance,
    name: u64,
    kind: u32,
    mask: u32,
) -> i32 {
    if inst.is_null() {
        warn("a spawn without an instance");
        return fail(Errno::EINVAL);
    }
    // SAFETY: a NUL-terminated name where it is no errno.
    let grabbed = unsafe {
        host::check_pointer(name)
            .and_then(|name| grab(spawn, inst, text::bytes(name as *const u8), kind, mask))
    };
    grabbed.map_or_else(fail, |()| 0)
}

unsafe extern "C" fn crypto_drop_spawn(spawn: *mut Spawn) {
    // SAFETY: as for all of this file.
    unsafe { instance::drop_spawn(spawn) };
}

macro_rules! grabs {
    ($($name:ident $kind:ident;)*) => {
        $(unsafe extern "C" fn $name(spawn: *mut Spawn, inst: *mut Instance, name: u64, kind: u32, mask: u32) -> i32 {
            // SAFETY: as crypto_grab_spawn.
            unsafe {
                (*spawn).frontend = Kind::$kind.address();
                crypto_grab_spawn(spawn, inst, name, kind, mask)
            }
        })*
    };
}

grabs! {
    crypto_grab_shash Shash;
    crypto_grab_ahash Ahash;
    crypto_grab_skcipher Skcipher;
    crypto_grab_aead Aead;
    crypto_grab_akcipher Akcipher;
    crypto_grab_kpp Kpp;
}

unsafe extern "C" fn crypto_register_instance(template: *mut Template, inst: *mut Instance) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { instance::register(template, inst).map_or_else(fail, |()| 0) }
}

unsafe extern "C" fn crypto_unregister_instance(inst: *mut Instance) {
    // SAFETY: as for all of this file.
    unsafe { instance::unregister(inst) };
}

/// The pointer to the function that frees it comes first in an instance of any kind, then the algorithm.
macro_rules! instances {
    ($($name:ident $alg:ident $prepare:path;)*) => {
        $(pub unsafe extern "C" fn $name(template: *mut Template, inst: *mut u64) -> i32 {
            // SAFETY: as for all of this file.
            unsafe {
                if *inst == 0 {
                    warn("an instance that cannot be freed");
                    return fail(Errno::EINVAL);
                }
                let alg = inst.add(1).cast::<$alg>();
                let base = (&raw mut (*alg).base).cast::<Instance>();
                $prepare(alg).and_then(|()| instance::register(template, base)).map_or_else(fail, |()| 0)
            }
        })*
    };
}

instances! {
    shash_register_instance ShashAlg shash::prepare;
    ahash_register_instance AhashAlg ahash::prepare;
    skcipher_register_instance SkcipherAlg skcipher::prepare;
    aead_register_instance AeadAlg aead::prepare;
}

/// Where the context of an instance of some kind lies, counted from the pointer that comes first.
pub fn context(kind: Kind) -> u64 {
    8 + kind.alg_offset() as u64 + size_of::<Instance>() as u64
}

pub unsafe extern "C" fn shash_free_singlespawn_instance(inst: u64) {
    // SAFETY: an instance whose context is one spawn.
    unsafe { instance::drop_spawn((inst + context(Kind::Shash)) as *mut Spawn) };
    heap::free(inst);
}
