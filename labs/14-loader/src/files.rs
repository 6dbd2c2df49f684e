//! Files as they lie on disk: modules, decompressed where they are .ko.gz, .ko.xz or .ko.zst; scripts and tables.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use abi::Errno;
use anyhow::anyhow;

/// The largest file that is read, so that a device or a wrong path cannot fill the memory: 1 GiB.
const LARGEST: u64 = 1 << 30;

/// The largest text that is read: 64 MiB. Debian's Module.symvers has 2.
const LARGEST_TEXT: u64 = 64 << 20;

/// Reads a module file into memory and decompresses it.
///
/// # Errors
/// The file's name, what is wrong with it, and the errno.
pub fn read_module(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = read(path)?;
    match elf::decompress(&bytes).map_err(|refusal| anyhow!("{}: {refusal}", path.display()))? {
        Cow::Borrowed(_) => Ok(bytes),
        Cow::Owned(decompressed) => Ok(decompressed),
    }
}

/// Reads a file that is not absurdly large.
///
/// # Errors
/// The file's name and what is wrong with it.
pub fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let metadata = fs::metadata(path).map_err(|error| said(path, &error))?;
    anyhow::ensure!(metadata.is_file(), "{}: not a regular file", path.display());
    anyhow::ensure!(metadata.len() <= LARGEST, "{}: EFBIG: more than {LARGEST} bytes", path.display());
    fs::read(path).map_err(|error| said(path, &error))
}

/// Reads a script or a table, which may come from a pipe; what never ends, as /dev/zero, is given up.
///
/// # Errors
/// The file's name and what is wrong with it.
pub fn read_text(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST_TEXT + 1).read_to_end(&mut bytes));
    let length = read.map_err(|error| said(path, &error))? as u64;
    anyhow::ensure!(length <= LARGEST_TEXT, "{}: EFBIG: more than {LARGEST_TEXT} bytes", path.display());
    String::from_utf8(bytes).map_err(|_| anyhow!("{}: not a text in UTF-8", path.display()))
}

/// What the operating system says of a file: its name, the errno, the errno's words.
fn said(path: &Path, error: &io::Error) -> anyhow::Error {
    match error.raw_os_error().and_then(Errno::from_number) {
        Some(errno) => anyhow!("{}: {errno}: {}", path.display(), errno.words()),
        None => anyhow!("{}: {error}", path.display()),
    }
}

/// The module's name that a file name stands for: up to the first dot, `-` taken as `_`, as kmod has it.
pub fn module_name(path: &Path) -> String {
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = file_name.split_once('.').map_or(&*file_name, |(stem, _)| stem);
    stem.replace('-', "_")
}

/// Whether a file's name is that of a module, compressed or not.
pub fn is_module(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [".ko", ".ko.gz", ".ko.xz", ".ko.zst"].iter().any(|ending| name.ends_with(ending))
}
