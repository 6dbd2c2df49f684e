//! The C library's own conversions: iconv(3).

use std::ffi::CString;

use super::super::check::{Trouble, silent};

/// A conversion to UTF-16 or from it.
pub struct Iconv(libc::iconv_t);

impl Iconv {
    /// From `from` to `to`.
    pub fn open(from: &str, to: &str) -> Result<Iconv, Trouble> {
        let name = |name: &str| CString::new(name).map_err(|error| silent(error.to_string()));
        let (from_name, to_name) = (name(from)?, name(to)?);
        // SAFETY: two NUL-terminated names.
        let descriptor = unsafe { libc::iconv_open(to_name.as_ptr(), from_name.as_ptr()) };
        if descriptor as isize == -1 {
            return Err(silent(format!("the C library has no conversion from {from} to {to}")));
        }
        Ok(Iconv(descriptor))
    }

    /// What `bytes` are, all of them together; `None` where they are not valid, or not complete.
    pub fn convert(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut input, mut left) = (bytes.as_ptr().cast_mut().cast(), bytes.len());
        let mut out = [0u8; 32];
        let (mut output, mut room) = (out.as_mut_ptr().cast(), out.len());
        // SAFETY: pointers to a text and to room, each with its length; iconv() writes to the room only. A call without
        // texts puts the descriptor back into its first state, another without input writes what was held back.
        let result = unsafe {
            libc::iconv(self.0, std::ptr::null_mut(), &raw mut left, std::ptr::null_mut(), &raw mut room);
            left = bytes.len();
            let result = libc::iconv(self.0, &raw mut input, &raw mut left, &raw mut output, &raw mut room);
            let mut nothing = 0;
            libc::iconv(self.0, std::ptr::null_mut(), &raw mut nothing, &raw mut output, &raw mut room);
            result
        };
        let written = out.len() - room;
        (result == 0 && left == 0).then(|| out[..written].to_vec())
    }
}

impl Drop for Iconv {
    fn drop(&mut self) {
        // SAFETY: open until now.
        unsafe { libc::iconv_close(self.0) };
    }
}
