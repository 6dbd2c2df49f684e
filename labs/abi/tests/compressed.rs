//! Modules compressed in each of the three ways, and streams that lie. The inputs were written by gzip 1.12,
//! xz 5.4 and zstd 1.5 from the same line of text.

use std::borrow::Cow;

use abi::Errno;
use abi::{decompress, decompress_within};

/// What was compressed.
const TEXT: &[u8] = b"a module, a module, a module\n";

const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03KT\xc8\xcdO)\xcdI\xd5QH\xc4`q\x01\x004\x14U\xbe\x1d\x00\x00\x00";
const XZ: &[u8] = b"\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4F\x02\x00!\x01\x16\x00\x00\x00t/\xe5\xa3\xe0\x00\x1c\x00\x12]\x000\x88\x09\xa73\xa9B\x8c[\x08#\xfc\xf2\xfd\x9a\xf8\x00\x00\x00\x00\x00\x06M\x1c~\xbf\x9du\xe9\x00\x01.\x1d\xde\xd0\x87H\x1f\xb6\xf3}\x01\x00\x00\x00\x00\x04YZ";
const ZSTD: &[u8] = b"(\xb5/\xfd\x04X\x8d\x00\x00Xa module, \x0a\x01\x00\xf5\x0a\x12\xa5)V\x92";

#[test]
fn each_of_the_three_is_told_by_its_first_bytes() {
    for (kind, file) in [("gzip", GZIP), ("xz", XZ), ("zstd", ZSTD)] {
        let module = decompress(file).map(Cow::into_owned);
        assert_eq!(module.as_deref(), Ok(TEXT), "{kind}");
    }
}

#[test]
fn anything_else_comes_back_as_it_is_without_a_copy() {
    for file in [TEXT, b"", b"\x7fELF", b"\x1f", b"\xfd7zX"] {
        assert!(matches!(decompress(file), Ok(Cow::Borrowed(same)) if same == file));
    }
}

#[test]
fn a_stream_that_ends_too_early_is_invalid() {
    for file in [GZIP, XZ, ZSTD] {
        for length in 6..file.len() - 1 {
            let refusal = decompress(&file[..length]).expect_err("it is cut off");
            assert_eq!(refusal.errno, Errno::EINVAL, "{length} bytes of {file:x?}");
        }
    }
}

#[test]
fn a_wrong_bit_is_found_or_harmless_but_never_a_panic() {
    for file in [GZIP, XZ, ZSTD] {
        for bit in 0..file.len() * 8 {
            let mut changed = file.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Err(refusal) = decompress_within(&changed, 1 << 16) {
                assert!(matches!(refusal.errno, Errno::EINVAL | Errno::ENOMEM), "{refusal}");
            }
        }
    }
}

#[test]
fn a_module_may_not_grow_beyond_the_limit() {
    for (kind, file) in [("gzip", GZIP), ("xz", XZ), ("zstd", ZSTD)] {
        assert!(decompress_within(file, TEXT.len()).is_ok(), "{kind}");
        let refusal = decompress_within(file, TEXT.len() - 1).expect_err("one byte too many");
        assert_eq!(refusal.errno, Errno::ENOMEM);
        assert_eq!(refusal.message, format!("{kind}: the module would be larger than 28 bytes"));
    }
}
