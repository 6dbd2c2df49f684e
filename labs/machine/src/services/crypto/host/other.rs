//! Random numbers, key agreement, compression.

use abi::Errno;

use super::buffer::Buffer;
use super::request::{self, Message};
use super::{length, with, with_plain};
use crate::services::crypto::layout::{KppRequest, ScompAlg, Tfm};
use crate::services::crypto::types::Kind;
use crate::services::crypto::{cipher, kpp, rng};
use crate::services::host::{check, check_pointer};
use crate::services::invoke::{invoke, invoke_int};

/// # Safety for all of this file
/// The transforms are living ones of their kind.
pub unsafe fn generate(rng: *mut Tfm, seed: Option<&[u8]>, count: usize) -> Result<Vec<u8>, Errno> {
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

pub unsafe fn agree(kpp: *mut Tfm, secret: &[u8], other: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
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
pub fn compress(name: &str, data: &[u8], room: usize, undo: bool) -> Result<Vec<u8>, Errno> {
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
        let context = check_pointer(invoke(alg.alloc_ctx, [tfm as u64]))?;
        let function = if undo { alg.decompress } else { alg.compress };
        let arguments =
            [tfm as u64, from.address(), from.length().into(), to.address(), &raw mut *size as u64, context];
        let result = check(invoke_int(function, arguments));
        invoke(alg.free_ctx, [tfm as u64, context]);
        result
    }
}
