//! LZ4 and Zstandard: what the kernel's compressors write has to be what other people's decoders read.

use ruzstd::decoding::FrameDecoder;
use twox_hash::XxHash64;

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::{Function, of, to},
    inputs::{Random, lengths},
};

/// All of them.
pub fn checks() -> Vec<Check> {
    vec![
        Check::new(
            &["lz4_compress"],
            "LZ4_compress_default(), LZ4_compress_fast()",
            "decoder of crate lz4_flex",
            lz4,
        ),
        Check::new(&["lz4hc_compress"], "LZ4_compress_HC()", "decoder of crate lz4_flex", lz4hc),
        Check::new(&["zstd_compress"], "zstd_compress_cctx()", "decoder of crate ruzstd", zstd),
        Check::new(&["zstd_compress"], "zstd_compress_stream()", "decoder of crate ruzstd", zstd_stream),
        through_crypto(&["lz4", "lz4_compress"], ["lz4-generic", "lz4-scomp"], false),
        through_crypto(&["lz4hc", "lz4hc_compress"], ["lz4hc-generic", "lz4hc-scomp"], false),
        through_crypto(&["zstd", "zstd_compress"], ["zstd-generic", "zstd-scomp"], true),
    ]
}

/// A compressor of the crypto API, there and back: its output for the crate's decoder, the crate's output for it.
fn through_crypto(modules: &[&'static str], drivers: [&'static str; 2], is_zstd: bool) -> Check {
    let against = if is_zstd { "crate ruzstd, both ways" } else { "crate lz4_flex, both ways" };
    Check::new(modules, drivers.join(", "), against, move |bench| {
        let crypto = bench.kernel().machine().crypto();
        for (number, text) in texts().iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let driver = drivers[number / 2 % 2];
            let told = || format!("{driver}, text {number} of {} bytes", text.len());
            let compressed = crypto.compress(driver, text).map_err(|failure| bench.failed(&failure))?;
            let decoded = if is_zstd {
                unzstd(&compressed, text.len())
            } else {
                lz4_flex::block::decompress(&compressed, text.len()).map_err(|error| error.to_string())
            };
            bench.same(decoded.as_ref(), Ok(text), told)?;
            let theirs = if is_zstd {
                ruzstd::encoding::compress_to_vec(&text[..], ruzstd::encoding::CompressionLevel::Fastest)
            } else {
                lz4_flex::block::compress(text)
            };
            let back =
                crypto.decompress(driver, &theirs, text.len()).map_err(|failure| bench.failed(&failure))?;
            bench.same(&back, text, || format!("back, {}", told()))?;
        }
        Ok(())
    })
}

/// Texts that compress, and noise that does not, of every length.
pub fn texts() -> Vec<Vec<u8>> {
    let mut random = Random::new("texts");
    let mut texts = Vec::new();
    for length in lengths().chain([300_000]) {
        texts.push(random.prose(length));
        texts.push(if length % 3 == 0 { vec![length as u8; length] } else { random.bytes(length) });
    }
    texts
}

/// Compresses every text with `compress`, which is given a text, room for the result, and the number of the text; and
/// compares what `decode` makes of the result. Compression has to pay where it can.
fn round<E: std::fmt::Debug>(
    bench: &Bench,
    compress: impl Fn(&[u8], &mut [u8], usize) -> u64 + Sync,
    decode: impl Fn(&[u8], usize) -> Result<Vec<u8>, E>,
) -> Result<(), Trouble> {
    for (number, text) in texts().iter().enumerate() {
        let mut room = vec![0; text.len() + text.len() / 128 + 512];
        let length = bench.task(|| compress(text, &mut room, number))? as usize;
        let told = || format!("text {number} of {} bytes, compressed to {length}", text.len());
        let compressed = room.get(..length).ok_or_else(|| silent(told()))?;
        let decoded = decode(compressed, text.len())
            .map_err(|error| Trouble::Wrong(format!("{}: {error:?}", told())))?;
        bench.same(&decoded, text, told)?;
        if text.len() >= 1000 && number % 2 == 0 {
            bench.same(length < text.len() * 3 / 4, true, told)?;
        }
    }
    Ok(())
}

fn lz4(bench: &Bench) -> Result<(), Trouble> {
    let (plain, fast) = (bench.function("LZ4_compress_default")?, bench.function("LZ4_compress_fast")?);
    let mut memory = vec![0u64; (1 << 14) / 8 + 4];
    let memory = memory.as_mut_ptr() as u64;
    let compress = |text: &[u8], room: &mut [u8], number: usize| {
        let (length, size) = (text.len() as u64, room.len() as u64);
        // SAFETY: int LZ4_compress_default(const char *source, char *dest, int inputSize, int maxOutputSize, void *wrkmem);
        // LZ4_compress_fast() has the acceleration before the working memory, which is LZ4_MEM_COMPRESS large.
        unsafe {
            match number % 4 {
                0 | 1 => plain.call([of(text), to(room), length, size, memory]),
                _ => fast.call([of(text), to(room), length, size, 2 + number as u64 % 9, memory]),
            }
        }
    };
    round(bench, compress, lz4_flex::block::decompress)
}

fn lz4hc(bench: &Bench) -> Result<(), Trouble> {
    let high = bench.function("LZ4_compress_HC")?;
    let mut memory = vec![0u64; 262_192 / 8];
    let memory = memory.as_mut_ptr() as u64;
    let compress = |text: &[u8], room: &mut [u8], number: usize| {
        let (length, size, level) = (text.len() as u64, room.len() as u64, 3 + number as u64 / 2 % 10);
        // SAFETY: int LZ4_compress_HC(const char *src, char *dst, int srcSize, int dstCapacity, int compressionLevel,
        // void *wrkmem), with LZ4HC_MEM_COMPRESS bytes of working memory.
        unsafe { high.call([of(text), to(room), length, size, level, memory]) }
    };
    round(bench, compress, lz4_flex::block::decompress)
}

/// `zstd_parameters`: seven numbers of the algorithm, then contentSizeFlag, checksumFlag and noDictIDFlag.
type Parameters = [u32; 10];

/// `zstd_get_params` for the text of that number: levels from -5 to 19, every other one with a checksum.
fn parameters(get: Function, number: usize, length: usize) -> Parameters {
    let level = number as i64 / 2 % 25 - 5;
    let mut parameters = [0; 10];
    // SAFETY: zstd_parameters zstd_get_params(int level, unsigned long long estimated_src_size); a structure of that
    // size is returned in memory that the first argument points to.
    unsafe { get.call([parameters.as_mut_ptr() as u64, level as u64, length as u64]) };
    parameters[8] = (number / 2 % 2) as u32;
    parameters
}

fn zstd(bench: &Bench) -> Result<(), Trouble> {
    let (get, bound) = (bench.function("zstd_get_params")?, bench.function("zstd_cctx_workspace_bound")?);
    let (init, run) = (bench.function("zstd_init_cctx")?, bench.function("zstd_compress_cctx")?);
    let compress = |text: &[u8], room: &mut [u8], number: usize| {
        let parameters = parameters(get, number, text.len());
        let pointer = parameters.as_ptr() as u64;
        // SAFETY: size_t zstd_cctx_workspace_bound(const zstd_compression_parameters *), zstd_init_cctx(workspace, size),
        // zstd_compress_cctx(cctx, dst, dst_capacity, src, src_size, const zstd_parameters *)
        unsafe {
            let size = bound.call([pointer]);
            let mut workspace = vec![0u64; size as usize / 8 + 1];
            let context = init.call([workspace.as_mut_ptr() as u64, size]);
            run.call([context, to(room), room.len() as u64, of(text), text.len() as u64, pointer])
        }
    };
    round(bench, compress, unzstd)
}

fn zstd_stream(bench: &Bench) -> Result<(), Trouble> {
    let (get, bound) = (bench.function("zstd_get_params")?, bench.function("zstd_cstream_workspace_bound")?);
    let (init, run) = (bench.function("zstd_init_cstream")?, bench.function("zstd_compress_stream")?);
    let end = bench.function("zstd_end_stream")?;
    let compress = |text: &[u8], room: &mut [u8], number: usize| {
        let parameters = parameters(get, number, text.len());
        // SAFETY: zstd_init_cstream(const zstd_parameters *, pledged_src_size, workspace, size), then
        // zstd_compress_stream(stream, zstd_out_buffer *, zstd_in_buffer *) for each piece, and zstd_end_stream(stream, out);
        // a buffer is a pointer, a size and a position.
        unsafe {
            let size = bound.call([parameters.as_ptr() as u64]);
            let mut workspace = vec![0u64; size as usize / 8 + 1];
            let workspace = workspace.as_mut_ptr() as u64;
            let stream = init.call([parameters.as_ptr() as u64, text.len() as u64, workspace, size]);
            let mut out = [to(room), room.len() as u64, 0];
            for piece in Random::new("stream").pieces(text) {
                let mut input = [of(piece), piece.len() as u64, 0];
                while input[2] < input[1] {
                    let left = run.call([stream, out.as_mut_ptr() as u64, input.as_mut_ptr() as u64]);
                    if left > u64::MAX - 1000 {
                        return left;
                    }
                }
            }
            match end.call([stream, out.as_mut_ptr() as u64]) {
                0 => out[2],
                left => left.max(u64::MAX / 2),
            }
        }
    };
    round(bench, compress, unzstd)
}

/// Decodes one frame; where it ends in a checksum, that has to be right too.
fn unzstd(compressed: &[u8], length: usize) -> Result<Vec<u8>, String> {
    let mut text = vec![0; length + 1];
    let mut decoder = FrameDecoder::new();
    let written = decoder.decode_all(compressed, &mut text).map_err(|error| error.to_string())?;
    text.truncate(written);
    let has_checksum = compressed.get(4).is_some_and(|descriptor| descriptor & 4 != 0);
    let sum = (XxHash64::oneshot(0, &text) as u32).to_le_bytes();
    if has_checksum && !compressed.ends_with(&sum) {
        return Err("the checksum is wrong".to_owned());
    }
    Ok(text)
}
