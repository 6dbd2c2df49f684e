//! The template `cbc`: each block is mixed with the one before it. Linux: crypto/cbc.c.

use abi::Errno;

use super::place;
use crate::services::crypto::attribute::TypeAttribute;
use crate::services::crypto::cipher::{crypto_cipher_decrypt_one, crypto_cipher_encrypt_one};
use crate::services::crypto::layout::{Alg, SkcipherAlg, SkcipherRequest, Template};
use crate::services::crypto::simple::{inner, skcipher_alloc_instance_simple};
use crate::services::crypto::skcipher::cipher_of;
use crate::services::crypto::template::{crypto_register_template, skcipher_register_instance};
use crate::services::crypto::walk::Stepper;
use crate::services::fail;
use crate::services::host::check_pointer;
use crate::services::invoke::{invoke, stub};

/// MAX_CIPHER_BLOCKSIZE.
const MOST: usize = 16;

pub fn add() {
    let name = Alg::name_of(b"cbc");
    let create = stub(create as *const (), 2);
    if let Some(cbc) = place(Template { list: [0; 2], instances: 0, module: 0, create, name }) {
        // SAFETY: a whole template that stays.
        unsafe { crypto_register_template(cbc) };
    }
}

/// # Safety for all of this file
/// Called as a template's and an algorithm's functions are.
unsafe extern "C" fn create(template: *mut Template, attributes: *const *const TypeAttribute) -> i32 {
    // SAFETY: as above. The instance is ours until it is registered.
    unsafe {
        let inst = match check_pointer(skcipher_alloc_instance_simple(template, attributes)) {
            Ok(inst) => inst as *mut u64,
            Err(errno) => return fail(errno),
        };
        let alg = &mut *inst.add(1).cast::<SkcipherAlg>();
        alg.encrypt = stub(encrypt as *const (), 1);
        alg.decrypt = stub(decrypt as *const (), 1);
        let refused = match alg.base.blocksize {
            1..=16 if alg.base.blocksize.is_power_of_two() => skcipher_register_instance(template, inst),
            _ => fail(Errno::EINVAL),
        };
        if refused != 0 {
            invoke(*inst, [inst as u64]);
        }
        refused
    }
}

fn mix(block: &mut [u8; MOST], with: &[u8; MOST]) {
    block.iter_mut().zip(with).for_each(|(byte, with)| *byte ^= with);
}

/// Goes through a message block by block: `one` is told the block and the one before, and says what comes out.
unsafe fn blocks(
    request: *mut SkcipherRequest,
    one: impl Fn(*mut crate::services::crypto::layout::Tfm, [u8; MOST], [u8; MOST]) -> ([u8; MOST], [u8; MOST]),
) -> i32 {
    // SAFETY: a request for such an instance; the stepper's pieces are as long as it says.
    unsafe {
        let cipher = *inner(cipher_of((*request).base.tfm));
        let size = (*(*cipher).alg).blocksize as usize;
        let read = |from: u64| {
            let mut block = [0; MOST];
            std::ptr::copy_nonoverlapping(from as *const u8, block.as_mut_ptr(), size);
            block
        };
        let write =
            |block: &[u8; MOST], to: u64| std::ptr::copy_nonoverlapping(block.as_ptr(), to as *mut u8, size);
        let mut steps = Stepper::begin(request);
        while let Some(step) = steps.step() {
            let whole = step.count as usize / size * size;
            for at in (0..whole as u64).step_by(size) {
                let (out, next) = one(cipher, read(step.src + at), read(step.iv));
                write(&out, step.dst + at);
                write(&next, step.iv);
            }
            steps.done((step.count as usize - whole) as i32);
        }
        steps.result()
    }
}

unsafe extern "C" fn encrypt(request: *mut SkcipherRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        blocks(request, |cipher, mut block, before| {
            mix(&mut block, &before);
            let mut out = [0; MOST];
            crypto_cipher_encrypt_one(cipher, out.as_mut_ptr(), block.as_ptr());
            (out, out)
        })
    }
}

unsafe extern "C" fn decrypt(request: *mut SkcipherRequest) -> i32 {
    // SAFETY: as for all of this file.
    unsafe {
        blocks(request, |cipher, block, before| {
            let mut out = [0; MOST];
            crypto_cipher_decrypt_one(cipher, out.as_mut_ptr(), block.as_ptr());
            mix(&mut out, &before);
            (out, block)
        })
    }
}
