//! Plain block ciphers, one block at a time, and plain compressors. Linux: crypto/cipher.c, crypto/compress.c.

use abi::Errno;

use super::layout::{CompressAlg, Tfm};
use super::skcipher::with_key;
use crate::exports::Table;
use crate::services::invoke::{invoke, invoke_int};
use crate::services::{fail, functions};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_cipher_setkey/3, crypto_cipher_encrypt_one/3, crypto_cipher_decrypt_one/3, crypto_comp_compress/5,
        crypto_comp_decompress/5);
}

/// CRYPTO_ALG_TYPE_CIPHER and CRYPTO_ALG_TYPE_COMPRESS.
pub const NUMBER: u32 = 1;
pub const COMPRESS: u32 = 2;
/// MAX_CIPHER_BLOCKSIZE.
const MOST: usize = 16;

pub unsafe extern "C" fn crypto_cipher_setkey(tfm: *mut Tfm, key: u64, length: u32) -> i32 {
    // SAFETY: a cipher's transform and a key.
    unsafe {
        let alg = &*(*tfm).alg;
        if length < alg.cipher.min_keysize || length > alg.cipher.max_keysize {
            return fail(Errno::EINVAL);
        }
        with_key(alg.cipher.setkey, tfm as u64, alg.alignmask, key, length)
    }
}

/// One block, by way of an aligned copy where the caller's is not aligned.
unsafe fn one(tfm: *mut Tfm, to: *mut u8, from: *const u8, function: u64) {
    #[repr(align(16))]
    struct Block([u8; MOST]);
    // SAFETY: a cipher's transform; blocks of its size, which is never more than MOST.
    unsafe {
        let alg = &*(*tfm).alg;
        if (to as u64 | from as u64) & u64::from(alg.alignmask) == 0 {
            invoke(function, [tfm as u64, to as u64, from as u64]);
            return;
        }
        let mut block = Block([0; MOST]);
        let place = block.0.as_mut_ptr();
        let size = (alg.blocksize as usize).min(MOST);
        std::ptr::copy_nonoverlapping(from, place, size);
        invoke(function, [tfm as u64, place as u64, place as u64]);
        std::ptr::copy_nonoverlapping(place, to, size);
    }
}

pub unsafe extern "C" fn crypto_cipher_encrypt_one(tfm: *mut Tfm, to: *mut u8, from: *const u8) {
    // SAFETY: as one().
    unsafe { one(tfm, to, from, (*(*tfm).alg).cipher.encrypt) }
}

pub unsafe extern "C" fn crypto_cipher_decrypt_one(tfm: *mut Tfm, to: *mut u8, from: *const u8) {
    // SAFETY: as one().
    unsafe { one(tfm, to, from, (*(*tfm).alg).cipher.decrypt) }
}

unsafe fn compressor<'a>(tfm: *mut Tfm) -> &'a CompressAlg {
    // SAFETY: a compressor's transform: its functions are where a cipher's sizes would be.
    unsafe { &*(&raw const (*(*tfm).alg).cipher).cast() }
}

pub unsafe extern "C" fn crypto_comp_compress(
    tfm: *mut Tfm,
    from: u64,
    length: u32,
    to: u64,
    room: u64,
) -> i32 {
    // SAFETY: as compressor(); the caller's buffers.
    unsafe { invoke_int(compressor(tfm).compress, [tfm as u64, from, length.into(), to, room]) }
}

pub unsafe extern "C" fn crypto_comp_decompress(
    tfm: *mut Tfm,
    from: u64,
    length: u32,
    to: u64,
    room: u64,
) -> i32 {
    // SAFETY: as above.
    unsafe { invoke_int(compressor(tfm).decompress, [tfm as u64, from, length.into(), to, room]) }
}
