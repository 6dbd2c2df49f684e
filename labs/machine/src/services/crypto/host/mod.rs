//! The crypto API used from outside: one call does what a user of the kernel's would, from allocating the transform to
//! freeing it, as a task on a CPU. An algorithm may be named as its users name it (`sha512`) or by its driver
//! (`sha512-generic`), so that each implementation can be had.

mod buffer;
mod encrypt;
mod hash;
mod other;
mod request;

use abi::Errno;

use encrypt::{aead_crypt, one_block, skcipher_crypt};
use hash::{ahash_digest, shash_digest};
use other::{agree, compress, generate};

use super::layout::{Aead, Ahash, SizedTfm, Tfm};
use super::types::{Kind, TYPE_MASK};
use super::{cipher, flag, proc, registry, tfm};
use crate::Machine;
use crate::services::host::{Failure, task};

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

    /// Key agreement: the public key that goes with a secret, or with the other side's public key what both then share;
    /// as many bytes as the algorithm's longest answer, zeroes behind a shorter one.
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
