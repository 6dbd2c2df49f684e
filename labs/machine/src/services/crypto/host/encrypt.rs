//! Blocks and messages through ciphers.

use abi::Errno;

use super::buffer::Buffer;
use super::request::{self, Message};
use super::{Cipher, length};
use crate::services::crypto::layout::{Aead, AeadRequest, SizedTfm, SkcipherRequest, Tfm};
use crate::services::crypto::{aead, cipher, skcipher};
use crate::services::host::check;

pub fn one_block(tfm: *mut Tfm, key: &[u8], block: &[u8], decrypt: bool) -> Result<Vec<u8>, Errno> {
    // SAFETY: a plain cipher's transform; a block of its size.
    unsafe {
        if block.len() != (*(*tfm).alg).blocksize as usize {
            return Err(Errno::EINVAL);
        }
        let (key, from, to) = (Buffer::of(key)?, Buffer::of(block)?, Buffer::new(block.len())?);
        check(cipher::crypto_cipher_setkey(tfm, key.address(), key.length()))?;
        let function =
            if decrypt { cipher::crypto_cipher_decrypt_one } else { cipher::crypto_cipher_encrypt_one };
        function(tfm, to.address() as *mut u8, from.address() as *const u8);
        Ok(to.bytes())
    }
}

/// # Safety for the rest of this file
/// The transforms are living ones of their kind.
pub unsafe fn skcipher_crypt(
    transform: *mut SizedTfm,
    cipher: Cipher<'_>,
    data: &[u8],
) -> Result<Vec<u8>, Errno> {
    // SAFETY: a transform of that kind; buffers and lists as long as said.
    unsafe {
        let tfm = &raw mut (*transform).base;
        if cipher.iv.len() != (*skcipher::alg_of(tfm)).ivsize as usize {
            return Err(Errno::EINVAL);
        }
        if (*skcipher::alg_of(tfm)).max_keysize > 0 || !cipher.key.is_empty() {
            let key = Buffer::of(cipher.key)?;
            check(skcipher::crypto_skcipher_setkey(transform, key.address(), key.length()))?;
        }
        let iv = Buffer::of(cipher.iv)?;
        let from = Message::of(data, cipher.pieces)?;
        // Cut in pieces it is done in place, otherwise from one buffer to another: both ways want to be tried.
        let to = if cipher.pieces > 0 { None } else { Some(Message::of(&vec![0; data.len()], 0)?) };
        let to = to.as_ref().unwrap_or(&from);
        let request = request::Memory::<SkcipherRequest>::new((*transform).size)?;
        let fields = SkcipherRequest {
            cryptlen: length(data)?,
            iv: iv.address(),
            src: from.list(),
            dst: to.list(),
            base: request.base(tfm),
        };
        let function = if cipher.decrypt {
            skcipher::crypto_skcipher_decrypt
        } else {
            skcipher::crypto_skcipher_encrypt
        };
        request.run(fields, |request| function(request))?;
        Ok(to.bytes())
    }
}

pub unsafe fn aead_crypt(
    transform: *mut Aead,
    cipher: Cipher<'_>,
    tag: usize,
    associated: &[u8],
    data: &[u8],
) -> Result<Vec<u8>, Errno> {
    // SAFETY: a transform of that kind; buffers and lists as long as said.
    unsafe {
        let tfm = &raw mut (*transform).base;
        if cipher.iv.len() != (*aead::alg_of(tfm)).ivsize as usize {
            return Err(Errno::EINVAL);
        }
        let key = Buffer::of(cipher.key)?;
        check(aead::crypto_aead_setkey(transform, key.address(), key.length()))?;
        check(aead::crypto_aead_setauthsize(transform, tag as u32))?;
        let iv = Buffer::of(cipher.iv)?;
        // The tag is written behind the message.
        let room = if cipher.decrypt { 0 } else { tag };
        let message = Message::of(&[associated, data, &vec![0; room]].concat(), cipher.pieces)?;
        let request = request::Memory::<AeadRequest>::new((*transform).reqsize)?;
        let fields = AeadRequest {
            base: request.base(tfm),
            assoclen: length(associated)?,
            cryptlen: length(data)?,
            iv: iv.address(),
            src: message.list(),
            dst: message.list(),
        };
        let function = if cipher.decrypt { aead::crypto_aead_decrypt } else { aead::crypto_aead_encrypt };
        request.run(fields, |request| function(request))?;
        let mut result = message.bytes().split_off(associated.len());
        result.truncate(if cipher.decrypt { data.len().saturating_sub(tag) } else { data.len() + tag });
        Ok(result)
    }
}
