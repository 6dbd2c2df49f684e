//! Types of parameters: how a value is read from text, and how it is printed. The kernel's own are in
//! `kernel/params.c`; whoever needs another implements [`Type`], and nothing else has to change.

mod array;
mod number;
mod standard;
mod switch;
mod text;

use abi::Errno;
use bstr::BStr;

pub use array::{Array, param_array, param_array_get};
pub use number::{Hexint, Number, kstrto};
pub use standard::{Standard, standard};
pub use switch::{Bint, BoolEnableOnly, Invbool, param_set_bool};
pub use text::{Charp, CopyString};

/// A variable that a parameter can set (`struct kernel_param_ops`, with what `arg` points to).
///
/// `module_param(volume, int, 0644)` finds the operations by the type's name, and has the compiler check that the
/// variable is of that type. Here the variable *is* the type, and the compiler checks the same.
pub trait Type {
    /// Whether the name alone will do (`KERNEL_PARAM_OPS_FL_NOARG`). Only then is `set` ever called without a
    /// value.
    fn value_is_optional(&self) -> bool {
        false
    }

    /// Reads `value`, a text without a zero byte, into the variable. It may write into the text.
    ///
    /// # Errors
    /// What is wrong with the value; the variable keeps its old one.
    fn set(&mut self, value: Option<&mut [u8]>, param: &mut Setting<'_>) -> Result<(), Errno>;

    /// The value as /sys/module/NAME/parameters shows it: a line, with its newline.
    ///
    /// # Errors
    /// Whatever keeps the type from showing it.
    fn get(&self) -> Result<Vec<u8>, Errno>;
}

/// What `set` knows besides the value: whose it is, and where complaints go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<'a> {
    /// The parameter's name.
    pub name: &'a BStr,
    /// What has been printed, line by line.
    pub printed: Vec<String>,
}

impl<'a> Setting<'a> {
    /// The parameter `name` is being set, and nothing has been printed.
    pub fn of(name: &'a BStr) -> Setting<'a> {
        Setting { name, printed: Vec::new() }
    }

    /// Prints a line into the kernel's log, as an error.
    pub fn pr_err(&mut self, line: impl Into<String>) {
        self.printed.push(line.into());
    }
}

/// `text` as a line.
fn line(text: impl AsRef<[u8]>) -> Vec<u8> {
    [text.as_ref(), b"\n"].concat()
}
