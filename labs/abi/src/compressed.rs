//! Compressed modules (.ko.gz, .ko.xz, .ko.zst), told by their first bytes as kmod tells them.
//! The kernel can do it too since 5.17: kernel/module/decompress.c.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use crate::{Errno, LoadError};

/// What [`decompress`] makes at most, in bytes. The largest module of Debian's 6.1 has 20 million.
pub const LIMIT: usize = 512 << 20;

const GZIP: &[u8] = &[0x1f, 0x8b];
const XZ: &[u8] = b"\xfd7zXZ\0";
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The module in a file that may be compressed; anything not compressed comes back as it is.
///
/// # Errors
/// ENOMEM where the result would be larger than [`LIMIT`], EINVAL where the stream is broken.
pub fn decompress(file: &[u8]) -> Result<Cow<'_, [u8]>, LoadError> {
    decompress_within(file, LIMIT)
}

/// [`decompress`] with a `limit` of one's own choice, in bytes.
///
/// # Errors
/// As [`decompress`].
pub fn decompress_within(file: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, LoadError> {
    let input = Cursor::new(file);
    let bytes = if file.starts_with(GZIP) {
        read_within("gzip", flate2::read::MultiGzDecoder::new(input), limit)?
    } else if file.starts_with(XZ) {
        read_within("xz", lzma_rust2::XzReader::new(input, true), limit)?
    } else if file.starts_with(ZSTD) {
        let decoder =
            ruzstd::decoding::StreamingDecoder::new(input).map_err(|error| broken("zstd", &error))?;
        read_within("zstd", decoder, limit)?
    } else {
        return Ok(Cow::Borrowed(file));
    };
    Ok(Cow::Owned(bytes))
}

fn read_within(kind: &str, decoder: impl Read, limit: usize) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::new();
    let one_too_many = (limit as u64).saturating_add(1);
    decoder.take(one_too_many).read_to_end(&mut bytes).map_err(|error| broken(kind, &error))?;
    if bytes.len() > limit {
        let message = format!("{kind}: the module would be larger than {limit} bytes");
        return Err(LoadError::new(Errno::ENOMEM, message));
    }
    Ok(bytes)
}

fn broken(kind: &str, error: &dyn std::fmt::Display) -> LoadError {
    LoadError::new(Errno::EINVAL, format!("{kind}: decompression failed: {error}"))
}
