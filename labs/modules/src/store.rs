//! What has been built already, found again by what it was made of; and files that appear whole or not
//! at all, because several test processes build at once.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

use crate::BuildError;

/// A number for what something is made of: equal ingredients, equal key.
pub(crate) fn key(ingredients: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    ingredients.hash(&mut hasher);
    hasher.finish()
}

/// A directory of finished files, each named after what it was made of. Nothing in it ever changes.
pub(crate) struct Store {
    dir: PathBuf,
}

impl Store {
    /// The store in `dir`, which is made where it is missing.
    pub(crate) fn open(dir: PathBuf) -> Result<Store, BuildError> {
        fs::create_dir_all(&dir).map_err(BuildError::io(&dir))?;
        Ok(Store { dir })
    }

    /// The file `name` made of what has `key`, which `make` makes where it is not there. The flag tells
    /// whether it had to be made.
    pub(crate) fn get_or_make(
        &self,
        name: &str,
        key: u64,
        make: impl FnOnce() -> Result<Vec<u8>, BuildError>,
    ) -> Result<(Vec<u8>, bool), BuildError> {
        let path = self.dir.join(format!("{key:016x}-{name}"));
        match fs::read(&path) {
            Ok(bytes) => Ok((bytes, false)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let bytes = make()?;
                publish(&path, &bytes)?;
                Ok((bytes, true))
            }
            Err(error) => Err(BuildError::Io { path, error }),
        }
    }
}

/// Makes `path` hold `bytes`. Whoever reads it meanwhile sees the old file or the new one, whole; a file
/// that is right already is left alone.
pub(crate) fn publish(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let dir = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let temporary = tempfile::tempdir_in(dir)?;
        let new = temporary.path().join("new");
        fs::write(&new, bytes)?;
        fs::rename(new, path)
    };
    write().map_err(BuildError::io(path))
}
