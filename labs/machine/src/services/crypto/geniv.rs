//! Ciphers that choose their own IVs: seqiv and echainiv stand on an AEAD and salt. Linux: crypto/geniv.c.

use abi::Errno;

use super::aead::{alg_of, crypto_aead_setauthsize, crypto_aead_setkey};
use super::attribute::{self, NameAttribute, TypeAttribute, crypto_attr_alg_name};
use super::builtin;
use super::layout::{Aead, AeadAlg, AeadRequest, Alg, Instance, Spawn, Template, Tfm};
use super::rng::{self, crypto_put_default_rng};
use super::types::Kind;
use super::{instance, registry, template, tfm};
use crate::exports::Table;
use crate::services::host::{check, check_pointer};
use crate::services::invoke::{invoke_int, stub};
use crate::services::{fail, functions, heap, text};

pub(super) fn register(table: &mut Table) {
    functions!(table; aead_geniv_alloc/2, aead_init_geniv/1, aead_exit_geniv/1);
}

/// `struct aead_geniv_ctx`; the salt follows.
#[repr(C)]
struct Context {
    lock: u32,
    child: *mut Aead,
    null: u64,
}

/// Where things lie in an instance: the pointer that frees it, the algorithm, the spawn.
const ALG: u64 = 8;

/// # Safety for all of this file
/// Templates, attributes, instances and transforms are living ones.
unsafe extern "C" fn aead_geniv_alloc(
    template: *mut Template,
    attributes: *const *const TypeAttribute,
) -> u64 {
    // SAFETY: a template's create() was called with these.
    tfm::pointer(unsafe {
        attribute::check_type(attributes, Kind::Aead.number()).and_then(|mask| {
            let inst = heap::allocate(template::context(Kind::Aead) + size_of::<Spawn>() as u64, 0);
            if inst == 0 {
                return Err(Errno::ENOMEM);
            }
            fill(inst, template, attributes, mask).inspect_err(|_| free(inst)).map(|()| inst)
        })
    })
}

unsafe fn fill(
    inst: u64,
    template: *mut Template,
    attributes: *const *const TypeAttribute,
    mask: u32,
) -> Result<(), Errno> {
    // SAFETY: a new instance of that size.
    unsafe {
        let alg = (inst + ALG) as *mut AeadAlg;
        let base = (&raw mut (*alg).base).cast::<Instance>();
        let spawn = (inst + template::context(Kind::Aead)) as *mut Spawn;
        (*spawn).frontend = Kind::Aead.address();
        let name = check_pointer(crypto_attr_alg_name(*attributes.add(1) as *mut NameAttribute))?;
        template::grab(spawn, base, text::bytes(name as *const u8), 0, mask)?;
        let below = ((*spawn).alg as u64 - Kind::Aead.alg_offset() as u64) as *const AeadAlg;
        let (alg, below) = (&mut *alg, &*below);
        if below.ivsize < 8 {
            return Err(Errno::EINVAL);
        }
        attribute::set_name(base, Alg::text(&(*template).name), &below.base)?;
        alg.base.priority = below.base.priority;
        alg.base.blocksize = below.base.blocksize;
        alg.base.alignmask = below.base.alignmask;
        alg.base.ctxsize = size_of::<Context>() as u32;
        alg.ivsize = below.ivsize;
        alg.maxauthsize = below.maxauthsize;
        alg.setkey = stub(setkey as *const (), 3);
        alg.setauthsize = stub(setauthsize as *const (), 2);
        *(inst as *mut u64) = stub(free as *const (), 1);
    }
    Ok(())
}

unsafe extern "C" fn free(inst: u64) {
    // SAFETY: an instance of aead_geniv_alloc().
    unsafe { instance::drop_spawn((inst + template::context(Kind::Aead)) as *mut Spawn) };
    heap::free(inst);
}

unsafe fn context(aead: *mut Aead) -> *mut Context {
    // SAFETY: a transform of such an instance.
    unsafe { Tfm::ctx(&raw mut (*aead).base) as *mut Context }
}

unsafe extern "C" fn setkey(aead: *mut Aead, key: u64, length: u32) -> i32 {
    // SAFETY: as context().
    unsafe { crypto_aead_setkey((*context(aead)).child, key, length) }
}

unsafe extern "C" fn setauthsize(aead: *mut Aead, authsize: u32) -> i32 {
    // SAFETY: as context().
    unsafe { crypto_aead_setauthsize((*context(aead)).child, authsize) }
}

unsafe extern "C" fn aead_init_geniv(aead: *mut Aead) -> i32 {
    // SAFETY: a new transform.
    unsafe { init(aead).map_or_else(fail, |()| 0) }
}

unsafe fn init(aead: *mut Aead) -> Result<(), Errno> {
    // SAFETY: a new transform, whose context has room for the salt, which is as long as the IV.
    unsafe {
        let context = context(aead);
        (*context).lock = 0;
        let ivsize = (*alg_of(&raw const (*aead).base)).ivsize;
        salt(context.add(1) as u64, ivsize)?;
        (*context).null = builtin::default_null()?;
        let alg = (*aead).base.alg as u64;
        let inst = alg - Kind::Aead.alg_offset() as u64 - ALG;
        let spawn = (inst + template::context(Kind::Aead)) as *mut Spawn;
        let child = instance::alg_below(spawn)
            .and_then(|alg| tfm::create(alg, Kind::Aead).inspect_err(|_| registry::put(alg)))?;
        (*context).child = child as *mut Aead;
        (*aead).reqsize = (*(*context).child).reqsize + size_of::<AeadRequest>() as u32;
    }
    Ok(())
}

/// Random bytes from the shared generator.
unsafe fn salt(to: u64, length: u32) -> Result<(), Errno> {
    // SAFETY: room for them; the generator is living while it is held.
    unsafe {
        let rng = rng::default_rng()?;
        let generate = (*rng::alg_of(rng)).generate;
        let result = check(invoke_int(generate, [rng as u64, 0, 0, to, length.into()]));
        crypto_put_default_rng();
        result.map(drop)
    }
}

unsafe extern "C" fn aead_exit_geniv(aead: *mut Aead) {
    // SAFETY: as context().
    unsafe {
        let child = (*context(aead)).child;
        tfm::destroy(child as u64, Some(Kind::Aead));
    }
}
