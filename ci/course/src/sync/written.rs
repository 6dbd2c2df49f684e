//! What the tool has derived and written itself, and therefore may write over: `.course/derived.json`. Everything else
//! may be somebody's work, committed or not.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use anyhow::Result;

use crate::{
    files::{read_if_there, write},
    root::Root,
};

const RECORD: &str = ".course/derived.json";

/// The fingerprints of what was written, by file.
#[derive(Debug)]
pub(super) struct Written<'r> {
    root: &'r Root,
    files: BTreeMap<String, String>,
}

impl<'r> Written<'r> {
    /// What earlier runs have written. A record that makes no sense is none.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub(super) fn read(root: &'r Root) -> Result<Written<'r>> {
        let text = read_if_there(&root.join(RECORD))?;
        Ok(Written {
            root,
            files: text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        })
    }

    /// Whether the file at `path`, which holds `now`, is as the tool left it.
    pub(super) fn is_own(&self, path: &Path, now: &str) -> bool {
        self.files.get(&self.root.short(path).to_string()) == Some(&fingerprint(now))
    }

    /// The file at `path` holds `text`, and the tool knows how to make it.
    pub(super) fn add(&mut self, path: &Path, text: &str) {
        self.files.insert(self.root.short(path).to_string(), fingerprint(text));
    }

    /// Writes the record, for later runs.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn save(&self) -> Result<()> {
        write(&self.root.join(RECORD), &(serde_json::to_string_pretty(&self.files)? + "\n"))
    }
}

fn fingerprint(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tool_wrote_itself_is_its_own_until_somebody_changes_it() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("labs/labs.toml"), "").unwrap();
        let root = Root::above(folder.path()).unwrap();
        let file = root.join("labs/01-elf/src/lib.rs");
        let mut written = Written::read(&root).unwrap();
        assert!(!written.is_own(&file, "derived"));
        written.add(&file, "derived");
        written.save().unwrap();
        let written = Written::read(&root).unwrap();
        assert!(written.is_own(&file, "derived") && !written.is_own(&file, "mine"));
    }
}
