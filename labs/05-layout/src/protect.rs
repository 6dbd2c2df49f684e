//! W^X: memory is never writable and executable at once. Which sections are refused for it, and how each
//! group of pages is protected. The kernel does the same in `kernel/module/strict_rwx.c`.

use std::ops::Range;

use abi::{Errno, LoadError};
use bstr::BStr;
use elf::Section;

use crate::PartLayout;

/// What may be done to the pages of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protection {
    /// Instructions: read and executed.
    ReadExecute,
    /// Read, never written to.
    ReadOnly,
    /// Written to by `init`, and only read ever after.
    ReadOnlyAfterInit,
    /// Read and written to.
    ReadWrite,
}

/// A run of pages that are all protected alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Bytes from the start of the part; whole pages.
    pub range: Range<u64>,
    /// How they are protected once the module is formed.
    pub protection: Protection,
}

impl PartLayout {
    /// The groups of pages of this part, in order; empty ones are left out.
    pub fn groups(&self) -> impl Iterator<Item = Group> + use<> {
        self.all_groups().into_iter().filter(|group| !group.range.is_empty())
    }

    /// The four groups in the order in which they lie, empty ones too: instructions, from the start of the part to
    /// `text_size`; read-only data, from there to `ro_size`; data that is read-only after init, to
    /// `ro_after_init_size`; writable data, to the end of the part.
    fn all_groups(&self) -> [Group; 4] {
        todo!("name the four groups of pages with their protection")
    }
}

/// Refuses the module `name` where a section is both writable and executable. Whether the section is ever loaded
/// makes no difference (the kernel does not look at `SHF_ALLOC` here), nor do its other flags.
///
/// # Errors
/// `ENOEXEC`, and of the first such section its name and its number, in the kernel's words:
/// `NAME: section SECTION (index NUMBER) has invalid WRITE|EXEC flags`.
pub fn module_enforce_rwx_sections(sections: &[Section], name: &BStr) -> Result<(), LoadError> {
    todo!("refuse the first section that is both writable and executable")
}
