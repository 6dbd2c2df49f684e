//! What templates such as ecb, cbc and ctr have in common: one block cipher below, whose key is theirs. Linux:
//! crypto/skcipher.c, skcipher_alloc_instance_simple.

use abi::Errno;

use super::attribute::{self, NameAttribute, TypeAttribute, crypto_attr_alg_name};
use super::cipher::{self, crypto_cipher_setkey};
use super::layout::{Alg, Instance, SizedTfm, SkcipherAlg, Spawn, Template, Tfm};
use super::types::{Kind, TYPE_MASK};
use super::{instance, registry, template, tfm};
use crate::exports::Table;
use crate::services::host::check_pointer;
use crate::services::invoke::stub;
use crate::services::{fail, functions, heap, text};

pub(super) fn register(table: &mut Table) {
    functions!(table; skcipher_alloc_instance_simple/2);
}

/// Where things lie in an instance: the pointer that frees it, the algorithm, the spawn.
const ALG: u64 = 8;

pub unsafe extern "C" fn skcipher_alloc_instance_simple(
    template: *mut Template,
    attributes: *const *const TypeAttribute,
) -> u64 {
    // SAFETY: a template's create() was called with these.
    tfm::pointer(unsafe { allocate(template, attributes) })
}

/// # Safety for all of this file
/// Templates, attributes, instances and transforms are living ones.
unsafe fn allocate(template: *mut Template, attributes: *const *const TypeAttribute) -> Result<u64, Errno> {
    // SAFETY: as above.
    unsafe {
        let mask = attribute::check_type(attributes, Kind::Skcipher.number())?;
        let inst = heap::allocate(template::context(Kind::Skcipher) + size_of::<Spawn>() as u64, 0);
        if inst == 0 {
            return Err(Errno::ENOMEM);
        }
        fill(inst, template, attributes, mask).inspect_err(|_| free(inst)).map(|()| inst)
    }
}

unsafe fn fill(
    inst: u64,
    template: *mut Template,
    attributes: *const *const TypeAttribute,
    mask: u32,
) -> Result<(), Errno> {
    // SAFETY: a new instance of the size that allocate() chose.
    unsafe {
        let alg = (inst + ALG) as *mut SkcipherAlg;
        let base = (&raw mut (*alg).base).cast::<Instance>();
        let spawn = (inst + template::context(Kind::Skcipher)) as *mut Spawn;
        let name = check_pointer(crypto_attr_alg_name(*attributes.add(1) as *mut NameAttribute))?;
        template::grab(spawn, base, text::bytes(name as *const u8), cipher::NUMBER, mask | TYPE_MASK)?;
        let below = (*spawn).alg;
        attribute::set_name(base, Alg::text(&(*template).name), below)?;
        *(inst as *mut u64) = stub(free as *const (), 1);
        let (alg, below) = (&mut *alg, &*below);
        alg.base.blocksize = below.blocksize;
        alg.base.alignmask = below.alignmask;
        alg.base.priority = below.priority;
        alg.base.ctxsize = 8;
        alg.min_keysize = below.cipher.min_keysize;
        alg.max_keysize = below.cipher.max_keysize;
        alg.ivsize = below.blocksize;
        alg.setkey = stub(setkey as *const (), 3);
        alg.init = stub(init as *const (), 1);
        alg.exit = stub(exit as *const (), 1);
    }
    Ok(())
}

unsafe extern "C" fn free(inst: u64) {
    // SAFETY: an instance of allocate().
    unsafe { instance::drop_spawn((inst + template::context(Kind::Skcipher)) as *mut Spawn) };
    heap::free(inst);
}

/// The block cipher's transform, which stands in the context.
pub unsafe fn inner(cipher: *mut SizedTfm) -> *mut *mut Tfm {
    // SAFETY: a transform of such an instance.
    unsafe { Tfm::ctx(&raw mut (*cipher).base) as *mut *mut Tfm }
}

unsafe extern "C" fn setkey(cipher: *mut SizedTfm, key: u64, length: u32) -> i32 {
    /// CRYPTO_TFM_REQ_MASK: what the caller has asked of the mode is asked of the cipher.
    const ASKED: u32 = 0x000f_ff00;
    // SAFETY: as inner().
    unsafe {
        let below = *inner(cipher);
        (*below).crt_flags = (*below).crt_flags & !ASKED | (*cipher).base.crt_flags & ASKED;
        crypto_cipher_setkey(below, key, length)
    }
}

unsafe extern "C" fn init(cipher: *mut SizedTfm) -> i32 {
    // SAFETY: a new transform; its algorithm is the instance's, in front of which the instance begins.
    unsafe {
        let alg = (*cipher).base.alg as u64;
        let inst = alg - Kind::Skcipher.alg_offset() as u64 - ALG;
        let spawn = (inst + template::context(Kind::Skcipher)) as *mut Spawn;
        let made = instance::alg_below(spawn)
            .and_then(|alg| tfm::create_plain(alg).inspect_err(|_| registry::put(alg)));
        match made {
            Ok(below) => {
                *inner(cipher) = below as *mut Tfm;
                0
            }
            Err(errno) => fail(errno),
        }
    }
}

unsafe extern "C" fn exit(cipher: *mut SizedTfm) {
    // SAFETY: as inner().
    unsafe { tfm::destroy(*inner(cipher) as u64, None) };
}
