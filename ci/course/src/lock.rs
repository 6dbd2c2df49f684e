//! One at a time: a lock for work that two runs of the tool must not do at once in the same clone.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// Held until dropped; the operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock for `what`, as soon as whoever has it is done.
    ///
    /// # Errors
    /// `target` cannot be written.
    pub fn wait(target: &Path, what: &str) -> Result<Lock> {
        let (file, path) = open(target, what)?;
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        Ok(Lock { _file: file })
    }

    /// Takes the lock for `what` (two words, such as "fetch modules") in the folder `target`.
    ///
    /// # Errors
    /// Another run holds it, or `target` cannot be written.
    pub fn take(target: &Path, what: &str) -> Result<Lock> {
        let (file, path) = open(target, what)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => {
                bail!("another `cargo course` is at work here ({what}): wait until it is done, or stop it")
            }
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }
}

fn open(target: &Path, what: &str) -> Result<(File, PathBuf)> {
    std::fs::create_dir_all(target).with_context(|| format!("cannot make {}", target.display()))?;
    let path = target.join(format!("{}.lock", what.replace(' ', "-")));
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok((file, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_is_told_that_another_is_at_work_and_may_go_on_afterwards() {
        let target = tempfile::tempdir().unwrap();
        let first = Lock::take(target.path(), "fetch modules").unwrap();
        let message = Lock::take(target.path(), "fetch modules").unwrap_err().to_string();
        assert!(message.starts_with("another `cargo course` is at work here (fetch modules)"), "{message}");
        Lock::take(target.path(), "run demo").unwrap();
        drop(first);
        Lock::take(target.path(), "fetch modules").unwrap();
    }
}
