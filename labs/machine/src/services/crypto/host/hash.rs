//! Digests, by hashes of both kinds.

use abi::Errno;

use super::buffer::Buffer;
use super::length;
use super::request::{self, Message};
use crate::services::crypto::layout::{Ahash, AhashRequest, SizedTfm};
use crate::services::crypto::{ahash, shash};
use crate::services::host::check;

pub fn shash_digest(hash: *mut SizedTfm, key: Option<&[u8]>, data: &[u8]) -> Result<Vec<u8>, Errno> {
    // SAFETY: a transform of that kind; buffers as long as said.
    unsafe {
        if let Some(key) = key {
            let key = Buffer::of(key)?;
            check(shash::crypto_shash_setkey(hash, key.address(), key.length()))?;
        }
        let (data, out) = (Buffer::of(data)?, Buffer::new((*shash::alg_of(hash)).digestsize as usize)?);
        check(shash::crypto_shash_tfm_digest(hash, data.address(), data.length(), out.address()))?;
        Ok(out.bytes())
    }
}

pub fn ahash_digest(hash: *mut Ahash, key: Option<&[u8]>, data: &[u8]) -> Result<Vec<u8>, Errno> {
    // SAFETY: a transform of that kind; buffers as long as said.
    unsafe {
        if let Some(key) = key {
            let key = Buffer::of(key)?;
            check(ahash::crypto_ahash_setkey(hash, key.address(), key.length()))?;
        }
        let base = &raw mut (*hash).base;
        let message = Message::of(data, 0)?;
        let out = Buffer::new(ahash::digest_size((*base).alg) as usize)?;
        let request = request::Memory::<AhashRequest>::new((*hash).reqsize)?;
        let fields = AhashRequest {
            base: request.base(base),
            nbytes: length(data)?,
            src: message.list(),
            result: out.address(),
            private: 0,
        };
        request.run(fields, |request| ahash::crypto_ahash_digest(request))?;
        Ok(out.bytes())
    }
}
