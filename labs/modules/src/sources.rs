//! Which C files and headers there are, in an order that does not depend on the file system.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::BuildError;

/// The files of `dir` with that extension, by name.
pub(crate) fn files_in(dir: &Path, extension: &str) -> Result<Vec<PathBuf>, BuildError> {
    let entries = fs::read_dir(dir).map_err(BuildError::io(dir))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(BuildError::io(dir))?;
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    Ok(paths)
}

/// The text of every header below `dir`, in the order of their names.
pub(crate) fn read_headers(dir: &Path) -> Result<String, BuildError> {
    let mut text = String::new();
    for header in files_in(dir, "h")? {
        text += &fs::read_to_string(&header).map_err(BuildError::io(header))?;
    }
    let entries = fs::read_dir(dir).map_err(BuildError::io(dir))?;
    let mut dirs: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    dirs.sort();
    for dir in dirs {
        text += &read_headers(&dir)?;
    }
    Ok(text)
}
