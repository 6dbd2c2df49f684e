//! The template `hmac`: a hash with a key (RFC 2104). Linux: crypto/hmac.c.

use abi::Errno;

use super::place;
use crate::services::crypto::attribute::{self, NameAttribute, TypeAttribute, crypto_attr_alg_name};
use crate::services::crypto::flag;
use crate::services::crypto::layout::{Alg, Instance, ShashAlg, ShashDesc, SizedTfm, Spawn, Template, Tfm};
use crate::services::crypto::shash::{
    DescOnStack, alg_of, crypto_shash_digest, crypto_shash_final, crypto_shash_finup, crypto_shash_init,
    crypto_shash_update,
};
use crate::services::crypto::template::{
    self, crypto_register_template, shash_free_singlespawn_instance, shash_register_instance,
};
use crate::services::crypto::types::Kind;
use crate::services::crypto::{instance, registry, shash, tfm};
use crate::services::host::{check, check_pointer};
use crate::services::invoke::stub;
use crate::services::{fail, heap, text};

pub fn add() {
    let name = Alg::name_of(b"hmac");
    let create = stub(create as *const (), 2);
    if let Some(hmac) = place(Template { list: [0; 2], instances: 0, module: 0, create, name }) {
        // SAFETY: a whole template that stays.
        unsafe { crypto_register_template(hmac) };
    }
}

/// The block with which the hash begins, inside and outside, is at most this large (MAX_ALGAPI_BLOCKSIZE).
const MOST: usize = 160;

/// # Safety for all of this file
/// Called as a template's and an algorithm's functions are.
unsafe extern "C" fn create(template: *mut Template, attributes: *const *const TypeAttribute) -> i32 {
    // SAFETY: as above. The instance is ours until it is registered.
    unsafe {
        let inst = heap::allocate(template::context(Kind::Shash) + size_of::<Spawn>() as u64, 0);
        if inst == 0 {
            return fail(Errno::ENOMEM);
        }
        let made = fill(inst, template, attributes)
            .and_then(|()| check(shash_register_instance(template, inst as *mut u64)).map(drop));
        made.map_or_else(
            |errno| {
                shash_free_singlespawn_instance(inst);
                fail(errno)
            },
            |()| 0,
        )
    }
}

unsafe fn fill(
    inst: u64,
    template: *mut Template,
    attributes: *const *const TypeAttribute,
) -> Result<(), Errno> {
    // SAFETY: a new instance of that size.
    unsafe {
        let mask = attribute::check_type(attributes, Kind::Shash.number())?;
        let alg = (inst + 8) as *mut ShashAlg;
        let base = (&raw mut (*alg).base).cast::<Instance>();
        let spawn = (inst + template::context(Kind::Shash)) as *mut Spawn;
        (*spawn).frontend = Kind::Shash.address();
        let name = check_pointer(crypto_attr_alg_name(*attributes.add(1) as *mut NameAttribute))?;
        template::grab(spawn, base, text::bytes(name as *const u8), 0, mask)?;
        let below = ((*spawn).alg as u64 - Kind::Shash.alg_offset() as u64) as *const ShashAlg;
        let (alg, below) = (&mut *alg, &*below);
        let needs_key = shash::takes_key(below) && below.base.flags & flag::OPTIONAL_KEY == 0;
        let short = below.digestsize > below.base.blocksize || below.statesize < below.base.blocksize;
        if needs_key || short || below.base.blocksize as usize > MOST {
            return Err(Errno::EINVAL);
        }
        attribute::set_name(base, Alg::text(&(*template).name), &below.base)?;
        *(inst as *mut u64) = stub(shash_free_singlespawn_instance as *const (), 1);
        alg.base.priority = below.base.priority;
        alg.base.blocksize = below.base.blocksize;
        alg.base.ctxsize = CONTEXT as u32;
        alg.digestsize = below.digestsize;
        alg.statesize = below.statesize;
        alg.init = stub(init as *const (), 1);
        alg.update = stub(update as *const (), 3);
        alg.final_ = stub(final_ as *const (), 2);
        alg.finup = stub(finup as *const (), 4);
        alg.export = stub(export as *const (), 2);
        alg.import = stub(import as *const (), 2);
        alg.setkey = stub(setkey as *const (), 3);
        alg.init_tfm = stub(init_tfm as *const (), 1);
        alg.exit_tfm = stub(exit_tfm as *const (), 1);
    }
    Ok(())
}

/// A transform's context: the hash's own transform, and the key's block for either side.
#[repr(C)]
struct Context {
    hash: *mut SizedTfm,
    inside: [u8; MOST],
    outside: [u8; MOST],
}

const CONTEXT: usize = size_of::<Context>();

unsafe fn context<'a>(tfm: *mut SizedTfm) -> &'a mut Context {
    // SAFETY: a transform of such an instance.
    unsafe { &mut *(Tfm::ctx(&raw mut (*tfm).base) as *mut Context) }
}

unsafe extern "C" fn init_tfm(tfm: *mut SizedTfm) -> i32 {
    // SAFETY: a new transform; its algorithm lies in the instance.
    unsafe {
        let inst = alg_of(tfm) as u64 - 8;
        let spawn = (inst + template::context(Kind::Shash)) as *mut Spawn;
        let made = instance::alg_below(spawn)
            .and_then(|alg| tfm::create(alg, Kind::Shash).inspect_err(|_| registry::put(alg)));
        match made {
            Ok(hash) => {
                context(tfm).hash = hash as *mut SizedTfm;
                (*tfm).size = size_of::<ShashDesc>() as u32 + (*context(tfm).hash).size;
                0
            }
            Err(errno) => fail(errno),
        }
    }
}

unsafe extern "C" fn exit_tfm(tfm: *mut SizedTfm) {
    // SAFETY: a transform of init_tfm().
    unsafe { tfm::destroy(context(tfm).hash as u64, Some(Kind::Shash)) };
}

/// The key, or where it is longer than a block its digest, mixed with one byte for inside and one for outside.
unsafe extern "C" fn setkey(tfm: *mut SizedTfm, key: u64, length: u32) -> i32 {
    // SAFETY: as for all of this file; neither key nor digest is longer than a block, which is not longer than MOST.
    unsafe {
        let context = context(tfm);
        let block = (*alg_of(tfm)).base.blocksize;
        let mut bytes = [0; MOST];
        if length > block {
            let mut desc = DescOnStack::new(context.hash);
            let refused = crypto_shash_digest(&raw mut desc.desc, key, length, bytes.as_mut_ptr() as u64);
            if refused != 0 {
                return refused;
            }
        } else {
            std::ptr::copy_nonoverlapping(key as *const u8, bytes.as_mut_ptr(), length as usize);
        }
        context.inside = bytes.map(|byte| byte ^ 0x36);
        context.outside = bytes.map(|byte| byte ^ 0x5c);
    }
    0
}

/// The hash's own descriptor, which stands in ours.
unsafe fn inner(desc: *mut ShashDesc) -> *mut ShashDesc {
    // SAFETY: a descriptor of such an instance.
    unsafe {
        let inner = desc.add(1);
        (*inner).tfm = context((*desc).tfm).hash;
        inner
    }
}

/// Begins with the block for one side.
unsafe fn begin(tfm: *mut SizedTfm, desc: *mut ShashDesc, side: &[u8; MOST]) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        match crypto_shash_init(desc) {
            0 => crypto_shash_update(desc, side.as_ptr() as u64, (*alg_of(tfm)).base.blocksize),
            error => error,
        }
    }
}

unsafe extern "C" fn init(desc: *mut ShashDesc) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { begin((*desc).tfm, inner(desc), &context((*desc).tfm).inside) }
}

unsafe extern "C" fn update(desc: *mut ShashDesc, data: u64, length: u32) -> i32 {
    // SAFETY: as for all of this file.
    unsafe { crypto_shash_update(inner(desc), data, length) }
}

unsafe extern "C" fn final_(desc: *mut ShashDesc, out: u64) -> i32 {
    // SAFETY: as for all of this file. The inner digest goes through `out`, as in the kernel.
    unsafe {
        let tfm = (*desc).tfm;
        match crypto_shash_final(inner(desc), out) {
            0 => {}
            error => return error,
        }
        match begin(tfm, inner(desc), &context(tfm).outside) {
            0 => crypto_shash_finup(inner(desc), out, (*alg_of(tfm)).digestsize, out),
            error => error,
        }
    }
}

unsafe extern "C" fn finup(desc: *mut ShashDesc, data: u64, length: u32, out: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        match update(desc, data, length) {
            0 => final_(desc, out),
            error => error,
        }
    }
}

unsafe extern "C" fn export(desc: *mut ShashDesc, out: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let inner = inner(desc);
        crate::services::invoke::invoke_int((*alg_of((*inner).tfm)).export, [inner as u64, out])
    }
}

unsafe extern "C" fn import(desc: *mut ShashDesc, state: u64) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        let inner = inner(desc);
        crate::services::invoke::invoke_int((*alg_of((*inner).tfm)).import, [inner as u64, state])
    }
}
