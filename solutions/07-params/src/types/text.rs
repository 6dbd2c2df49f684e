//! Texts: `charp`, a pointer to a copy that the kernel keeps, and `string`, an array of the module's own that the
//! text is copied into (`kernel/params.c`).

use abi::Errno;
use bstr::BString;

use super::{Setting, Type, line};

/// The longest text that a `charp` takes; bytes.
const LONGEST: usize = 1024;

// ANCHOR: charp
/// `charp`: any text that is not too long; a null pointer where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Charp(pub Option<BString>);

impl Type for Charp {
    fn set(&mut self, value: Option<&mut [u8]>, param: &mut Setting<'_>) -> Result<(), Errno> {
        let value = value.ok_or(Errno::EINVAL)?;
        if value.len() > LONGEST {
            param.pr_err(format!("{}: string parameter too long", param.name));
            return Err(Errno::ENOSPC);
        }
        self.0 = Some(BString::from(&*value));
        Ok(())
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        // What the kernel's printf makes of a null pointer.
        Ok(line(self.0.as_ref().map_or(&b"(null)"[..], |text| text)))
    }
}
// ANCHOR_END: charp

/// `string`: an array of `maxlen` bytes, of which the last is for the zero behind the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyString {
    maxlen: u32,
    /// The text.
    pub string: BString,
}

impl CopyString {
    /// An array of `maxlen` bytes with this text in it (`module_param_string`).
    pub fn new(maxlen: u32, string: impl Into<BString>) -> CopyString {
        CopyString { maxlen, string: string.into() }
    }

    /// Copies `value` into the array (`param_set_copystring`).
    ///
    /// It must leave room for the zero behind it. If it does not, it prints (`param.pr_err`) ``NAME: string doesn't
    /// fit in N chars.``, where N is one less than `maxlen`, as C subtracts in 32 bits: an array without room for
    /// anything prints 4294967295.
    ///
    /// # Errors
    /// `ENOSPC`, and the old text stays, where it does not fit.
    pub fn copy(&mut self, value: &[u8], param: &mut Setting<'_>) -> Result<(), Errno> {
        if value.len() >= self.maxlen as usize {
            let most = self.maxlen.wrapping_sub(1);
            param.pr_err(format!("{}: string doesn't fit in {most} chars.", param.name));
            return Err(Errno::ENOSPC);
        }
        self.string = value.into();
        Ok(())
    }
}

impl Type for CopyString {
    fn set(&mut self, value: Option<&mut [u8]>, param: &mut Setting<'_>) -> Result<(), Errno> {
        self.copy(value.ok_or(Errno::EINVAL)?, param)
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        Ok(line(&self.string))
    }
}
