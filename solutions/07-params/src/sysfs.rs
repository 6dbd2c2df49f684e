//! Parameters after the module has come: the files in /sys/module/NAME/parameters (`kernel/params.c,
//! param_attr_show` and `param_attr_store`).

use abi::Errno;
use bstr::BStr;

use crate::{Parameter, Target};

/// What somebody wants to do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// `cat`.
    Read,
    /// `echo … >`.
    Write,
}

/// The place in the table of the parameter whose file is called `name`, for somebody who wants to read or write it.
///
/// A file is called as the parameter is, so here `-` and `_` are two characters. Its mode is `perm`; a parameter
/// whose `perm` is 0 has no file, and another of the same name may. Anybody's permission will do, the owner's, the
/// group's or the others' (mask 0444 for reading, 0222 for writing): whoever asks is root, and this is the check
/// that not even root is spared (`fs/kernfs/file.c, kernfs_fop_open`; sysfs asks for it with
/// KERNFS_ROOT_EXTRA_OPEN_PERM_CHECK).
///
/// # Errors
/// `ENOENT` where there is no such file, `EACCES` where nobody may do that with it.
pub fn kernfs_fop_open(name: &BStr, table: &[Parameter<'_>], access: Access) -> Result<usize, Errno> {
    // ANCHOR: task_kernfs_fop_open
    let found = table.iter().position(|parameter| parameter.name == name && parameter.perm != 0);
    let index = found.ok_or(Errno::ENOENT)?;
    let mask = match access {
        Access::Read => 0o444,
        Access::Write => 0o222,
    };
    match table.get(index) {
        Some(parameter) if parameter.perm & mask != 0 => Ok(index),
        _ => Err(Errno::EACCES),
    }
    // ANCHOR_END: task_kernfs_fop_open
}

/// What `cat /sys/module/MODULE/parameters/NAME` prints.
///
/// # Errors
/// Those of [`kernfs_fop_open`], or of the parameter's `get`.
pub fn param_attr_show(
    name: &BStr,
    table: &[Parameter<'_>],
    target: &mut dyn Target,
) -> Result<Vec<u8>, Errno> {
    target.get(kernfs_fop_open(name, table, Access::Read)?)
}

/// What `echo TEXT > /sys/module/MODULE/parameters/NAME` does. Nobody takes the text apart: it is one value, with its
/// newline, and where it is refused nothing is printed but what the parameter's `set` prints itself.
///
/// # Errors
/// Those of [`kernfs_fop_open`], or of the parameter's `set`.
pub fn param_attr_store(
    name: &BStr,
    text: &mut [u8],
    table: &[Parameter<'_>],
    target: &mut dyn Target,
) -> Result<(), Errno> {
    target.set(kernfs_fop_open(name, table, Access::Write)?, Some(text))
}
