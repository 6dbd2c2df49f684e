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

/// Every file below the directory whose name ends in `.extension`, sorted.
pub fn files_ending_in(extension: &str, directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut found, mut waiting) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).with_context(|| directory.display().to_string())? {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, entry.path());
            if kind.is_dir() {
                waiting.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A command of kmod's, such as `modinfo`.
pub fn kmod(tool: &str) -> Command {
    let usual = Path::new("/sbin").join(tool);
    Command::new(if usual.exists() { usual } else { tool.into() })
}
