//! Copies of what a learner wrote, made before anything is written over it: `.course/kept/WHY-001/labs/…`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::root::Root;

/// The copies that one command makes.
#[derive(Debug)]
pub struct Kept<'r> {
    root: &'r Root,
    why: String,
    folder: Option<PathBuf>,
    files: usize,
}

impl<'r> Kept<'r> {
    /// For a command that is called `why`.
    pub fn new(root: &'r Root, why: &str) -> Kept<'r> {
        Kept { root, why: why.to_string(), folder: None, files: 0 }
    }

    /// Keeps a copy of the file, if it is there.
    ///
    /// # Errors
    /// The copy cannot be made.
    pub fn keep(&mut self, path: &Path) -> Result<()> {
        if !path.is_file() {
            return Ok(());
        }
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => self.folder.insert(new_folder(self.root, &self.why)?).clone(),
        };
        let copy = folder.join(path.strip_prefix(self.root.path()).unwrap_or(path));
        let copied = copy.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::copy(path, &copy));
        copied.with_context(|| format!("cannot keep a copy of {} in {}", path.display(), copy.display()))?;
        self.files += 1;
        Ok(())
    }

    /// Where the copies are, if there are any.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Says where the copies are, if there are any.
    pub fn say(&self) {
        if let Some(folder) = &self.folder {
            let files =
                if self.files == 1 { "1 file was".to_string() } else { format!("{} files were", self.files) };
            println!("{files} yours: kept in {}", self.root.short(folder));
        }
    }
}

/// A new folder for copies; the numbers tell their order.
fn new_folder(root: &Root, why: &str) -> Result<PathBuf> {
    let kept = root.join(".course/kept");
    fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
    for number in 1.. {
        let folder = kept.join(format!("{why}-{number:03}"));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot make {}", folder.display())),
        }
    }
    unreachable!("some number is free")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write;

    fn clone() -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("labs/labs.toml"), "").unwrap();
        let root = Root::above(folder.path()).unwrap();
        (folder, root)
    }

    #[test]
    fn each_command_has_a_folder_of_its_own_and_a_file_keeps_its_path() {
        let (_folder, root) = clone();
        let file = root.join("labs/01-elf/src/lib.rs");
        for text in ["mine", "mine again"] {
            write(&file, text).unwrap();
            let mut kept = Kept::new(&root, "reset");
            kept.keep(&file).unwrap();
            kept.keep(&root.join("labs/not-there.rs")).unwrap();
        }
        for (number, text) in [("001", "mine"), ("002", "mine again")] {
            let copy = root.join(format!(".course/kept/reset-{number}/labs/01-elf/src/lib.rs"));
            assert_eq!(fs::read_to_string(copy).unwrap(), text);
        }
    }
}
