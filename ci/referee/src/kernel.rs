//! The kernel that is asked.

use std::path::PathBuf;

/// A kernel, and how it is started.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// What `uname -r` says there; for people to read.
    pub release: String,
    /// The kernel's file, as a boot loader takes it.
    pub vmlinuz: PathBuf,
    /// An initramfs of one's own, unpacked before the referee's; for what a kernel needs to come up at all.
    pub initrd: Option<PathBuf>,
    /// More words for its command line.
    pub append: String,
    /// Its Module.symvers and version magic, for building the module that wipes the slate.
    pub build: Option<(PathBuf, String)>,
}
