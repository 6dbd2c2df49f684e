//! A module's directory in /sys/module, as far as it can be refused. `kernel/module/sysfs.c`, mod_sysfs_setup; lib/kobject.c.

use abi::{Errno, LoadError};
use bstr::BStr;

/// What making a directory called `name` comes to, which is the last step before init.
///
/// # Errors
/// `EINVAL` where there is no name, with the line of a WARN, whose registers and trace are left out; what it calls an address
/// is none that anybody could use.
pub(crate) fn mod_sysfs_setup(name: &BStr) -> Result<(), LoadError> {
    if name.is_empty() {
        let line = "kobject: (____ptrval____): attempted to be registered with empty name!";
        return Err(LoadError::new(Errno::EINVAL, line));
    }
    Ok(())
}
