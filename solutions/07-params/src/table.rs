//! What parameters there are, and who sets them (`include/linux/moduleparam.h, struct kernel_param`).

use abi::Errno;
use bstr::BStr;

// ANCHOR: Parameter
/// A record of a module's `__param` section, as far as the look-up needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'a BStr,
    /// Whether the name alone will do, without `=value`: `KERNEL_PARAM_OPS_FL_NOARG` in the `flags` of its
    /// operations. Of the kernel's own types only `bool` and its kin have it.
    pub value_is_optional: bool,
    /// Who may read and write it afterwards, in /sys/module/NAME/parameters: the mode of that file, as `chmod`
    /// takes it. With 0 there is no file.
    pub perm: u16,
}
// ANCHOR_END: Parameter

/// How urgent a line of the kernel's log is (`include/linux/kern_levels.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// `KERN_ERR`.
    Error = 3,
    /// `KERN_WARNING`.
    Warning = 4,
}

// ANCHOR: Target
/// The module whose parameters are set.
pub trait Target {
    /// Calls the `set` operation of the parameter at `index` of the table.
    ///
    /// `value` is the kernel's own buffer, without the final zero; `None` where the name stood alone. The
    /// operation may write into it, and an array's does: it cuts its list at the commas, so that an error
    /// message shows no more than the first element (`kernel/params.c, param_array`).
    ///
    /// # Errors
    /// What the operation returns.
    fn set(&mut self, index: usize, value: Option<&mut [u8]>) -> Result<(), Errno>;

    /// Calls the `get` operation of the parameter at `index` of the table.
    ///
    /// # Errors
    /// What the operation returns; `EPERM` where there is none.
    fn get(&mut self, index: usize) -> Result<Vec<u8>, Errno>;

    /// Writes a line into the kernel's log.
    fn print(&mut self, level: Level, line: String);
}
// ANCHOR_END: Target

/// Whether two names of parameters are the same: `-` and `_` are one character to the kernel
/// (`kernel/params.c, parameq`), because a user types `tcp-window` and C has no such identifier. They must be of the
/// same length and otherwise equal, byte by byte.
pub fn parameq(a: &BStr, b: &BStr) -> bool {
    // ANCHOR: task_parameq
    let dash2underscore = |&byte: &u8| if byte == b'-' { b'_' } else { byte };
    a.iter().map(dash2underscore).eq(b.iter().map(dash2underscore))
    // ANCHOR_END: task_parameq
}
