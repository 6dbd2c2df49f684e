//! The signature that may follow a module: a PKCS#7 blob, twelve bytes that describe it, and a marker.
//! kernel/module/signing.c, module_sig_check and mod_verify_sig; kernel/module_signature.c, mod_check_sig.

use abi::{Errno, LoadError};

use crate::pkcs7::is_message;

/// The last 28 bytes of a signed module.
pub const MARKER: &[u8] = b"~Module signature appended~\n";

/// The size of `struct module_signature`, include/linux/module_signature.h.
pub const DESCRIPTION_SIZE: usize = 12;

/// The only `id_type` in use since Linux 4.3: the signature is a PKCS#7 message.
pub const PKEY_ID_PKCS7: u8 = 2;

/// A signature as found behind a module: well formed, but not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature<'a> {
    /// `id_type` of the description: 2 (PKCS#7), unless the kernel cannot make sense of it.
    pub id_type: u8,
    /// The signature itself, in DER; empty where `id_type` is not PKCS#7.
    pub blob: &'a [u8],
}

impl Signature<'_> {
    /// What the kernel prints about a signature of a kind that it does not know. It goes on (ENOPKG
    /// counts as "module with unsupported crypto") as if the module were not signed at all.
    pub fn complaint(&self) -> Option<&'static str> {
        (self.id_type != PKEY_ID_PKCS7).then_some("module: not signed with expected PKCS#7 message")
    }

    /// Whether it can be read. The kernel looks, key or no key, before it knows whose signature it is
    /// (crypto/asymmetric_keys/pkcs7_parser.c, pkcs7_parse_message), and EBADMSG is fatal.
    pub fn is_readable(&self) -> bool {
        self.id_type != PKEY_ID_PKCS7 || is_message(self.blob)
    }
}

/// Cuts the signature off a file: what remains is the ELF file that the kernel goes on with.
///
/// A signed file is the ELF file, the signature (the *blob*), `DESCRIPTION_SIZE` bytes that describe it,
/// and `MARKER`. The description is `struct module_signature`: one byte each for `algo`, `hash`,
/// `id_type`, `signer_len` and `key_id_len`, three of padding, and the blob's length in four bytes, the
/// most significant one first on every machine. In this order:
///
/// 1. A file that does not end in the marker, or is nothing but the marker, is unsigned: it comes back
///    whole, with `None`.
/// 2. Before the marker there must be more bytes than the description takes: else EBADMSG.
/// 3. The blob must be shorter than all that is before the description: else EBADMSG.
/// 4. An `id_type` other than `PKEY_ID_PKCS7` counts as no signature. What comes back is the file without
///    its marker (no more has been cut off when the kernel gives up), and a signature with this `id_type`
///    and an empty blob.
/// 5. Every other byte of the first eight must be 0: else EBADMSG and the words `module: PKCS#7 signature
///    info has unexpected non-zero params`.
/// 6. What comes back is the ELF file, and the signature with its blob.
///
/// No key is known here, so nothing is verified: the kernel without the key says ENOKEY, taints itself with
/// E and goes on, and so does the loader.
///
/// # Errors
/// EBADMSG where the description cannot be right: that is fatal even where no signature is asked for. But
/// for the one line above, the kernel prints nothing ([`LoadError::silent`]).
pub fn split_signature(file: &[u8]) -> Result<(&[u8], Option<Signature<'_>>), LoadError> {
    todo!("cut marker, description and signature off, or say why the description cannot be right")
}
