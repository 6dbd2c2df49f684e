//! What this loader refuses and Linux 6.1 does not check: the file is read as root in kernel mode, so
//! each of these hurts a real kernel. [`Stricter`] is the list of the rules, from which the book makes a page; the
//! files beside this one hold the checks. All are ENOEXEC, and all come after every check that 6.1 makes up to here.

mod relocations;
mod sections;
mod symbols;
mod tables;

use abi::{LoadError, Stricter};
pub use relocations::check_relocations;
pub use sections::check_sections;
pub use symbols::check_symbols;
pub use tables::check_tables;

/// Refuses by `rule` unless `sound`; `what` says what exactly is wrong.
pub(crate) fn require(rule: Stricter, sound: bool, what: impl Fn() -> String) -> Result<(), LoadError> {
    if sound { Ok(()) } else { Err(LoadError::stricter(rule, what())) }
}
