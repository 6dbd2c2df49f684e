//! Finding real modules, and kmod's tools, which Debian keeps out of an ordinary user's PATH.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// Every module below the directories, sorted; an error where there is none.
pub fn modules(directories: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for directory in directories {
        let directory = std::path::absolute(directory)?;
        collect(&directory, &mut found).with_context(|| directory.display().to_string())?;
    }
    ensure!(!found.is_empty(), "no modules there");
    found.sort();
    Ok(found)
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), found)?;
        } else if kind.is_file() && loader::files::is_module(&entry.path()) {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// A command of kmod's, such as `modinfo`.
pub fn kmod(tool: &str) -> Command {
    let usual = Path::new("/sbin").join(tool);
    Command::new(if usual.exists() { usual } else { tool.into() })
}
