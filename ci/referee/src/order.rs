//! What a kernel is asked.

use std::path::PathBuf;

/// One file to be inserted, and what must be there first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What the caller calls it.
    pub name: String,
    /// Files that are inserted before, without arguments, each after what it needs itself.
    pub before: Vec<PathBuf>,
    /// The file.
    pub file: PathBuf,
    /// The parameters, as on insmod's command line.
    pub arguments: String,
}

impl Order {
    /// `file` alone, without arguments.
    pub fn alone(file: impl Into<PathBuf>) -> Order {
        let file = file.into();
        Order { name: file.display().to_string(), before: Vec::new(), file, arguments: String::new() }
    }
}
