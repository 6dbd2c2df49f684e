//! What stands behind the file is looked at before anything else: `kernel/module/signing.c`, module_sig_check.

use abi::{Errno, LoadError};
use elf::split_signature;

/// The size of the ELF header, below which nothing is looked at (`kernel/module/main.c, copy_module_from_user`); bytes.
const HEADER: usize = 64;

/// Whether a signature behind `file` can be read. Nobody here has a key to verify it with, which the kernel would forgive.
/// Returns what it complains about, and goes on as if the module were not signed.
///
/// # Errors
/// `EBADMSG`, in silence or with what [`split_signature`] says.
pub(crate) fn module_sig_check(file: &[u8]) -> Result<Option<&'static str>, LoadError> {
    if file.len() < HEADER {
        return Ok(None); // it is refused for that
    }
    match split_signature(file)? {
        (_, Some(signature)) if !signature.is_readable() => Err(LoadError::silent(Errno::EBADMSG)),
        (_, signature) => Ok(signature.and_then(|signature| signature.complaint())),
    }
}
