//! What the tool remembers between runs, in `.course/progress.json`: the last verdict on each lab, the hints that were
//! shown. It is a copy of what the tests said, and may be deleted at any time.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::{
    files::{read_if_there, rust_files, write},
    manifest::Lab,
    root::Root,
    verdict::{LabVerdict, TaskState},
};

/// Everything that is remembered, by the name of the lab's crate.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Record {
    #[serde(default)]
    labs: BTreeMap<String, LabRecord>,
}

/// What is remembered of one lab.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct LabRecord {
    /// The last check.
    #[serde(default)]
    pub checked: Option<Checked>,
    /// How many hints were shown, by task.
    #[serde(default)]
    pub hints: BTreeMap<String, usize>,
    /// The reference stands in for what the learner would have written.
    #[serde(default)]
    pub taken: bool,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// A fingerprint of the files that were checked.
    pub files: String,
    /// The tasks that were solved.
    pub solved: Vec<String>,
}

impl Record {
    /// Reads the record; one that is not there, or makes no sense, is empty: the next check fills it again.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn read(root: &Root) -> Result<Record> {
        let text = read_if_there(&root.join(".course/progress.json"))?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// What is remembered of `lab`.
    pub fn lab(&self, lab: &Lab) -> LabRecord {
        self.labs.get(&lab.library).cloned().unwrap_or_default()
    }

    /// Changes what is remembered of `lab`, and writes it down.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn change(root: &Root, lab: &Lab, change: impl FnOnce(&mut LabRecord)) -> Result<()> {
        let mut record = Record::read(root)?;
        change(record.labs.entry(lab.library.clone()).or_default());
        write(&root.join(".course/progress.json"), &(serde_json::to_string_pretty(&record)? + "\n"))
    }
}

impl Checked {
    /// What is remembered of `verdict`, on files with this fingerprint.
    pub fn of(verdict: &LabVerdict, files: String) -> Checked {
        let solved = verdict.tasks.iter().filter(|task| task.state == TaskState::Solved);
        Checked { files, solved: solved.map(|task| task.name.clone()).collect() }
    }

    /// Whether the task of this name was solved.
    pub fn has_solved(&self, task: &str) -> bool {
        self.solved.iter().any(|name| name == task)
    }

    /// How many of the lab's tasks were solved.
    pub fn solved(&self, lab: &Lab) -> usize {
        lab.tasks.iter().filter(|task| self.has_solved(&task.name)).count()
    }
}

/// A fingerprint of what a verdict on `lab` depends on: the learner's sources and the tests.
///
/// # Errors
/// They cannot be read.
pub fn fingerprint(root: &Root, lab: &Lab) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for below in ["src", "tests"] {
        for path in rust_files(&root.join(lab.starter()).join(below))? {
            path.strip_prefix(root.path()).unwrap_or(&path).hash(&mut hasher);
            std::fs::read(&path).unwrap_or_default().hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    fn clone() -> (tempfile::TempDir, Root, Lab) {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in
            [("labs/labs.toml", ""), ("labs/01-elf/src/lib.rs", "a"), ("labs/01-elf/tests/lab.rs", "b")]
        {
            write(&folder.path().join(file), text).unwrap();
        }
        let root = Root::above(folder.path()).unwrap();
        let text = "[[lab]]\nnumber = 1\ncrate = \"elf\"\ntitle = \"t\"\nbuilds = \"b\"\nminutes = 1\n";
        let lab = Manifest::parse(text).unwrap().labs.remove(0);
        (folder, root, lab)
    }

    #[test]
    fn what_is_written_is_read_again_and_damage_is_only_forgetting() {
        let (folder, root, lab) = clone();
        Record::change(&root, &lab, |record| record.taken = true).unwrap();
        Record::change(&root, &lab, |record| _ = record.hints.insert("f".into(), 2)).unwrap();
        let record = Record::read(&root).unwrap().lab(&lab);
        assert!(record.taken);
        assert_eq!(record.hints["f"], 2);
        write(&folder.path().join(".course/progress.json"), "{ half").unwrap();
        assert!(!Record::read(&root).unwrap().lab(&lab).taken);
    }

    #[test]
    fn the_fingerprint_follows_sources_and_tests() {
        let (folder, root, lab) = clone();
        let before = fingerprint(&root, &lab).unwrap();
        assert_eq!(fingerprint(&root, &lab).unwrap(), before);
        write(&folder.path().join("labs/01-elf/src/lib.rs"), "c").unwrap();
        assert_ne!(fingerprint(&root, &lab).unwrap(), before);
    }
}
