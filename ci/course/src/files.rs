//! Reading and writing files, with errors that name them.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

/// The text of a file.
///
/// # Errors
/// It cannot be read, or is no UTF-8.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A module as its file has it, decompressed where it is .ko.gz, .ko.xz or .ko.zst.
///
/// # Errors
/// It cannot be read, is no regular file, or its compression is broken; the message names the file.
pub fn read_module(path: &Path) -> Result<Vec<u8>> {
    let unreadable = || format!("cannot read {}", path.display());
    ensure!(fs::metadata(path).with_context(unreadable)?.is_file(), "{} is no file", path.display());
    let file = fs::read(path).with_context(unreadable)?;
    let module = abi::decompress(&file).with_context(|| format!("{} is no module", path.display()))?;
    Ok(module.into_owned())
}

/// The text of a file, or nothing where there is none.
///
/// # Errors
/// It is there and cannot be read.
pub fn read_if_there(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Writes a file in one step: whoever reads it, at any time, sees the old text or the new one. Makes its folder, and
/// leaves a file alone that has this text already.
///
/// # Errors
/// It cannot be written; then the old text is still there.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read(path).is_ok_and(|now| now == text.as_bytes()) {
        return Ok(());
    }
    let written = || {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().permissions(readable()).tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    written().map_err(|error: io::Error| error).with_context(|| format!("cannot write {}", path.display()))
}

/// A temporary file is its owner's alone; the files of a clone are not.
fn readable() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o666) // less the umask
}

/// Every Rust file below `folder`, sorted.
///
/// # Errors
/// A folder cannot be read.
pub fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = all_files(folder)?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "rs"));
    Ok(files)
}

/// Every file below `folder`, sorted; what cargo builds there (`target`) is passed over.
///
/// # Errors
/// A folder cannot be read.
pub fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let unreadable = || format!("cannot read the folder {}", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let is_folder = entry.file_type().with_context(unreadable)?.is_dir();
        match is_folder {
            true if entry.file_name() == "target" => {}
            true => files.extend(all_files(&entry.path())?),
            false => files.push(entry.path()),
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_its_folder_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.rs");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(read(&path).unwrap(), "two");
        assert_eq!(rust_files(folder.path()).unwrap(), [path]);
        assert_eq!(read_if_there(&folder.path().join("c")).unwrap(), None);
    }

    #[test]
    fn an_error_names_the_file() {
        let message = read(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert_eq!(message, "cannot read /nowhere/at/all");
    }
}
