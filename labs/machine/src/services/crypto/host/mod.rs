//! The crypto API used from outside: one call does what a user of the kernel's would, from allocating the transform to
//! freeing it, as a task on a CPU. An algorithm may be named as its users name it (`sha512`) or by its driver
//! (`sha512-generic`), so that each implementation can be had.

mod buffer;
mod request;

use abi::Errno;

use buffer::Buffer;
use request::Message;

use super::layout::{
    Aead, AeadRequest, Ahash, AhashRequest, KppRequest, Request, ScompAlg, SizedTfm, SkcipherRequest, Tfm,
};
use super::types::{Kind, TYPE_MASK};
use super::{aead, ahash, cipher, flag, kpp, proc, registry, rng, shash, skcipher, tfm};
use crate::Machine;
use crate::services::host::{Failure, check, task};
use crate::services::invoke::{invoke, invoke_int};

/// A machine's crypto API.
#[derive(Debug, Clone, Copy)]
pub struct Crypto<'a>(&'a Machine);

impl Machine {
    /// Its crypto API.
    pub fn crypto(&self) -> Crypto<'_> {
        Crypto(self)
    }
}

/// What is asked of a cipher.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cipher<'a> {
    /// The key.
    pub key: &'a [u8],
    /// The IV, as long as the algorithm wants it.
    pub iv: &'a [u8],
    /// Decrypt, not encrypt.
    pub decrypt: bool,
    /// Into how many bytes at a time the message is cut; 0 for not at all.
    pub pieces: usize,
}

/// Internal algorithms are only for those who ask for them; their names begin so, by themselves or within a formula.
fn visibility(name: &str) -> u32 {
    if name.starts_with("__") || name.contains("(__") { flag::INTERNAL } else { 0 }
}

/// A transform of that kind, while `work` uses it.
fn with<T>(name: &str, kind: Kind, work: impl FnOnce(u64) -> Result<T, Errno>) -> Result<T, Errno> {
    let transform = tfm::find_and_create(name.as_bytes(), kind, visibility(name), 0)?;
    let result = work(transform);
    // SAFETY: made above, and used no more.
    unsafe { tfm::destroy(transform, Some(kind)) };
    result
}

/// A length for the kernel.
fn length(bytes: &[u8]) -> Result<u32, Errno> {
    u32::try_from(bytes.len()).map_err(|_| Errno::E2BIG)
}

impl Crypto<'_> {
    /// What /proc/crypto says: every registered algorithm, the newest first.
    ///
    /// # Errors
    /// The task came to grief: an algorithm's module has gone without a word.
    pub fn list(&self) -> Result<String, Failure> {
        task(self.0, "crypto", || Ok(proc::list()))
    }

    /// The digest of some bytes, with a key where the algorithm takes one.
    ///
    /// # Errors
    /// ENOENT: no such hash; ENOKEY: it needs a key; what the algorithm says.
    pub fn digest(&self, name: &str, key: Option<&[u8]>, data: &[u8]) -> Result<Vec<u8>, Failure> {
        task(self.0, "crypto", || {
            match with(name, Kind::Shash, |hash| shash_digest(hash as *mut SizedTfm, key, data)) {
                Err(Errno::ENOENT) => {
                    with(name, Kind::Ahash, |hash| ahash_digest(hash as *mut Ahash, key, data))
                }
                result => result,
            }
        })
    }

    /// One block through a plain cipher.
    ///
    /// # Errors
    /// ENOENT: no such cipher; EINVAL: not the size of a block, or of a key; what the algorithm says.
    pub fn cipher_block(
        &self,
        name: &str,
        key: &[u8],
        block: &[u8],
        decrypt: bool,
    ) -> Result<Vec<u8>, Failure> {
        task(self.0, "crypto", || with_plain(name, cipher::NUMBER, |tfm| one_block(tfm, key, block, decrypt)))
    }

    /// A message through a cipher with a mode of operation.
    ///
    /// # Errors
    /// ENOENT: no such cipher; EINVAL: a wrong size; what the algorithm says.
    pub fn skcipher(&self, name: &str, cipher: Cipher<'_>, data: &[u8]) -> Result<Vec<u8>, Failure> {
        task(self.0, "crypto", || {
            with(name, Kind::Skcipher, |transform| {
                // SAFETY: a transform of that kind.
                unsafe { skcipher_crypt(transform as *mut SizedTfm, cipher, data) }
            })
        })
    }

    /// A message through an authenticated cipher: encrypted it is longer by the tag of `tag` bytes.
    ///
    /// # Errors
    /// EBADMSG: message or associated data are not what was encrypted; otherwise as [`Crypto::skcipher`].
    pub fn aead(
        &self,
        name: &str,
        cipher: Cipher<'_>,
        tag: usize,
        associated: &[u8],
        data: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        task(self.0, "crypto", || {
            with(name, Kind::Aead, |transform| {
                // SAFETY: a transform of that kind.
                unsafe { aead_crypt(transform as *mut Aead, cipher, tag, associated, data) }
            })
        })
    }

    /// `count` bytes from a generator that was given a seed, or random bytes for a seed.
    ///
    /// # Errors
    /// ENOENT: no such generator; what the algorithm says.
    pub fn random(&self, name: &str, seed: Option<&[u8]>, count: usize) -> Result<Vec<u8>, Failure> {
        task(self.0, "crypto", || {
            with(name, Kind::Rng, |rng| {
                // SAFETY: a transform of that kind.
                unsafe { generate(rng as *mut Tfm, seed, count) }
            })
        })
    }

    /// Key agreement: the public key that goes with a secret, or with the other side's public key what both then share.
    ///
    /// # Errors
    /// ENOENT: no such algorithm; what the algorithm says of the keys.
    pub fn agree(&self, name: &str, secret: &[u8], other: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
        task(self.0, "crypto", || {
            with(name, Kind::Kpp, |kpp| {
                // SAFETY: a transform of that kind.
                unsafe { agree(kpp as *mut Tfm, secret, other) }
            })
        })
    }

    /// Compresses some bytes.
    ///
    /// # Errors
    /// ENOENT: no such compressor; what the algorithm says.
    pub fn compress(&self, name: &str, data: &[u8]) -> Result<Vec<u8>, Failure> {
        // More than any of them takes for what cannot be compressed.
        task(self.0, "crypto", || compress(name, data, 2 * data.len() + 4096, false))
    }

    /// Undoes that; the result has at most `room` bytes.
    ///
    /// # Errors
    /// ENOENT: no such compressor; EINVAL: not such data, or more than `room`; what the algorithm says.
    pub fn decompress(&self, name: &str, data: &[u8], room: usize) -> Result<Vec<u8>, Failure> {
        task(self.0, "crypto", || compress(name, data, room, true))
    }
}

fn shash_digest(hash: *mut SizedTfm, key: Option<&[u8]>, data: &[u8]) -> Result<Vec<u8>, Errno> {
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

fn ahash_digest(hash: *mut Ahash, key: Option<&[u8]>, data: &[u8]) -> Result<Vec<u8>, Errno> {
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

/// A transform of a plain cipher or compressor, while `work` uses it.
fn with_plain<T>(
    name: &str,
    number: u32,
    work: impl FnOnce(*mut Tfm) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let alg = registry::find(name.as_bytes(), number | visibility(name), TYPE_MASK)?;
    // SAFETY: find() has taken the reference, which is the transform's; it is used no more after destroy().
    unsafe {
        let tfm = tfm::create_plain(alg).inspect_err(|_| registry::put(alg))?;
        let result = work(tfm as *mut Tfm);
        tfm::destroy(tfm, None);
        result
    }
}

fn one_block(tfm: *mut Tfm, key: &[u8], block: &[u8], decrypt: bool) -> Result<Vec<u8>, Errno> {
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

unsafe fn skcipher_crypt(
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

unsafe fn aead_crypt(
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

unsafe fn generate(rng: *mut Tfm, seed: Option<&[u8]>, count: usize) -> Result<Vec<u8>, Errno> {
    // SAFETY: a transform of that kind; buffers as long as said.
    unsafe {
        let alg = &*rng::alg_of(rng);
        let seed = seed.map(Buffer::of).transpose()?;
        let (address, length) =
            seed.as_ref().map_or((0, alg.seedsize), |seed| (seed.address(), seed.length()));
        check(rng::crypto_rng_reset(rng, address, length))?;
        let out = Buffer::new(count)?;
        check(invoke_int(alg.generate, [rng as u64, 0, 0, out.address(), count as u64]))?;
        Ok(out.bytes())
    }
}

unsafe fn agree(kpp: *mut Tfm, secret: &[u8], other: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
    // SAFETY: a transform of that kind; buffers and lists as long as said.
    unsafe {
        let alg = &*kpp::alg_of(kpp);
        let key = Buffer::of(secret)?;
        check(invoke_int(alg.set_secret, [kpp as u64, key.address(), key.length().into()]))?;
        let most = invoke(alg.max_size, [kpp as u64]) as u32;
        let (from, to) =
            (Message::of(other.unwrap_or_default(), 0)?, Message::of(&vec![0; most as usize], 0)?);
        let request = request::Memory::<KppRequest>::new(alg.reqsize)?;
        let fields = KppRequest {
            base: request.base(kpp),
            src: if other.is_some() { from.list() } else { 0 },
            dst: to.list(),
            src_len: length(other.unwrap_or_default())?,
            dst_len: most,
        };
        let function = if other.is_some() { alg.compute_shared_secret } else { alg.generate_public_key };
        request.run(fields, |request| invoke_int(function, [request as u64]))?;
        Ok(to.bytes())
    }
}

/// By a compressor of either kind.
fn compress(name: &str, data: &[u8], room: usize, undo: bool) -> Result<Vec<u8>, Errno> {
    let (from, to) = (Buffer::of(data)?, Buffer::new(room)?);
    let mut size = u32::try_from(room).map_err(|_| Errno::E2BIG)?;
    let result = with(name, Kind::Scomp, |scomp| {
        // SAFETY: a transform of that kind, whose tfm comes first; buffers as long as said.
        unsafe { scomp_run(scomp as *mut Tfm, &from, &to, &mut size, undo) }
    });
    let result = match result {
        Err(Errno::ENOENT) => with_plain(name, cipher::COMPRESS, |tfm| {
            let function = if undo { cipher::crypto_comp_decompress } else { cipher::crypto_comp_compress };
            // SAFETY: as above.
            check(unsafe { function(tfm, from.address(), from.length(), to.address(), &raw mut size as u64) })
        }),
        result => result,
    };
    result?;
    let mut bytes = to.bytes();
    bytes.truncate(size as usize);
    Ok(bytes)
}

unsafe fn scomp_run(
    tfm: *mut Tfm,
    from: &Buffer,
    to: &Buffer,
    size: &mut u32,
    undo: bool,
) -> Result<i32, Errno> {
    // SAFETY: a transform of that kind.
    unsafe {
        let alg = &*(((*tfm).alg as u64 - Kind::Scomp.alg_offset() as u64) as *const ScompAlg);
        let context = crate::services::host::check_pointer(invoke(alg.alloc_ctx, [tfm as u64]))?;
        let function = if undo { alg.decompress } else { alg.compress };
        let arguments =
            [tfm as u64, from.address(), from.length().into(), to.address(), &raw mut *size as u64, context];
        let result = check(invoke_int(function, arguments));
        invoke(alg.free_ctx, [tfm as u64, context]);
        result
    }
}
