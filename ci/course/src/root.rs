//! Where the course lies: the folder that holds `labs/labs.toml`, found from any folder below it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The root of a clone, and the places in it that the tool uses.
#[derive(Debug, Clone)]
pub struct Root(PathBuf);

impl Root {
    /// The root above `from`.
    ///
    /// # Errors
    /// `from` is in no clone of the course.
    pub fn above(from: &Path) -> Result<Root> {
        from.ancestors()
            .find(|folder| folder.join("labs/labs.toml").is_file())
            .map(|folder| Root(folder.to_path_buf()))
            .with_context(|| {
                format!("{} is not inside the course: no folder above it has labs/labs.toml", from.display())
            })
    }

    /// The root above the current folder.
    ///
    /// # Errors
    /// As [`Root::above`], and where the current folder is gone.
    pub fn here() -> Result<Root> {
        Root::above(
            &std::env::current_dir().context("the current folder is gone: cd to where the course lies")?,
        )
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A file or folder below the root.
    pub fn join(&self, below: impl AsRef<Path>) -> PathBuf {
        self.0.join(below)
    }

    /// What the tool makes and may make again: always `target/` here, wherever cargo keeps its own output.
    pub fn target(&self) -> PathBuf {
        self.join("target")
    }

    /// `path` as the reader would write it from the root.
    pub fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.0).unwrap_or(path).display()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_from_a_folder_deep_inside() {
        let clone = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(clone.path().join("labs/01-elf/src")).unwrap();
        std::fs::write(clone.path().join("labs/labs.toml"), "").unwrap();
        let root = Root::above(&clone.path().join("labs/01-elf/src")).unwrap();
        assert_eq!(root.path(), clone.path());
        assert_eq!(root.short(&root.target()).to_string(), "target");
    }

    #[test]
    fn elsewhere_the_message_names_the_folder() {
        let elsewhere = tempfile::tempdir().unwrap();
        let message = Root::above(elsewhere.path()).unwrap_err().to_string();
        assert!(message.contains("is not inside the course"), "{message}");
    }
}
