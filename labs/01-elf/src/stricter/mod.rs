//! What this loader refuses and Linux 6.1 does not check: the file is read as root in kernel mode, so
//! each of these hurts a real kernel. The table is the list that the book prints; the files beside it
//! hold the checks. All are ENOEXEC, and all come after every check that 6.1 makes up to here.

mod relocations;
mod sections;
mod symbols;
mod tables;

use abi::{Errno, LoadError};
pub use relocations::check_relocations;
pub use sections::check_sections;
pub use symbols::check_symbols;
pub use tables::check_tables;

/// A check that 6.1 does not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The name by which a refusal's message cites it.
    pub id: &'static str,
    /// What is refused.
    pub refuses: &'static str,
    /// What it does to a real 6.1 kernel.
    pub hurts: &'static str,
}

/// How a refusal by one of the [`RULES`] begins; the rule's id and a colon follow.
pub const PREFIX: &str = "stricter than Linux 6.1, ";

macro_rules! rules {
    ($($name:ident = $id:literal, $refuses:literal, $hurts:literal;)*) => {
        $(pub(crate) const $name: Rule = Rule { id: $id, refuses: $refuses, hurts: $hurts };)*

        /// Every rule, in the order in which they are checked.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    CLASS = "class",
        "a file that says it is not 64-bit",
        "it is read as if it were: every field comes from the wrong place";
    BYTE_ORDER = "byte-order",
        "a file that says it is not little-endian",
        "it is read as if it were: every number is wrong";
    SECTION_NAME = "section-name",
        "a section whose name lies outside the table of names, even if it is not loaded or has no bytes",
        "find_any_sec and layout_sections compare the names of all sections: a read outside the file";
    NULL_SECTION = "null-section",
        "a section of no kind (SHT_NULL) that asks to be loaded",
        "its range was never checked, and move_module copies it: a read outside the file";
    ALIGNMENT = "alignment",
        "a section to be loaded whose alignment is no power of two, or more than a page",
        "ALIGN() of anything but a power of two makes sections overlap; more than a page is not granted";
    TOTAL_SIZE = "total-size",
        "sections to be loaded that need 2 GiB or more",
        "sizes are added up in 32 bits: the sum wraps, too little is allocated, and the copy runs over its end";
    OVERLAP = "overlap",
        "a part of the file that shares bytes with the section headers or the symbols",
        "the kernel writes symbols' values and sections' addresses into its copy of the file: what was checked changes afterwards";
    STRING_TABLE = "string-table",
        "names of symbols that are not in a string table with bytes and a NUL at its end",
        "the last name does not end: a read outside the file";
    THIS_MODULE = "this-module",
        "a .gnu.linkonce.this_module without bytes, shorter than struct module, not writable, or with a name that has no end",
        "the kernel uses it as struct module all the same: reads and writes outside of it, or to read-only memory";
    MODINFO = "modinfo",
        "a .modinfo without bytes, or without a NUL at its end",
        "the last value does not end: a read outside the file";
    VERSIONS = "versions",
        "a __versions without bytes, with a part of a record, or with a name that has no end",
        "check_version compares the name beyond its record: a read outside the file";
    SYMBOL_NAME = "symbol-name",
        "a symbol whose name lies outside the string table",
        "simplify_symbols and kallsyms read it: a read outside the file";
    SYMBOL_VALUE = "symbol-value",
        "a symbol that lies outside the section it belongs to",
        "whatever refers to it reads, writes or jumps outside the module";
    RELOCATION_TARGET = "relocation-target",
        "relocations of the symbols or of their names",
        "layout_symtab has both loaded, so apply_relocations patches the symbols while it is using them";
    RELOCATION_SYMBOL = "relocation-symbol",
        "a relocation by a symbol that does not exist",
        "apply_relocate_add takes the value from beyond the end of the table";
    RELOCATION_PLACE = "relocation-place",
        "a relocation of a place outside the section to be patched",
        "apply_relocate_add writes there: any memory of the kernel";
}

impl Rule {
    /// The refusal, with what exactly is wrong.
    pub(crate) fn refuse<T>(&self, what: impl std::fmt::Display) -> Result<T, LoadError> {
        Err(LoadError::new(Errno::ENOEXEC, format!("{PREFIX}{}: {what}", self.id)))
    }

    /// Refuses unless `sound`.
    pub(crate) fn require(&self, sound: bool, what: impl Fn() -> String) -> Result<(), LoadError> {
        if sound { Ok(()) } else { self.refuse(what()) }
    }
}
