//! What a folder of modules holds: how many, how large, how compressed, and of which kernel.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::files::read_module;

/// The endings under which distributions ship modules.
const ENDINGS: [&str; 4] = [".ko", ".ko.gz", ".ko.xz", ".ko.zst"];

/// A folder of modules, counted.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The folder that modules.dep and its siblings belong in: `…/lib/modules/RELEASE` where there is such a one.
    pub folder: PathBuf,
    /// How many modules have each ending.
    pub by_ending: BTreeMap<&'static str, usize>,
    /// The size of all of them on the disk.
    pub bytes: u64,
    /// The version magic of the first one.
    pub vermagic: String,
}

impl Survey {
    /// Looks through `folder`: a folder of modules, or the root of an unpacked package.
    ///
    /// # Errors
    /// It cannot be read, has no modules, modules of several releases, or one that is none.
    pub fn of(folder: &Path) -> Result<Survey> {
        let folder = release_folder(folder)?;
        let mut files = Vec::new();
        collect(&folder, &mut files)?;
        files.sort();
        let first = files.first().with_context(|| {
            format!("there are no modules ({}) in {}", ENDINGS.join(", "), folder.display())
        })?;
        let vermagic = vermagic(&first.path)?;
        let mut by_ending = BTreeMap::new();
        for file in &files {
            *by_ending.entry(file.ending).or_default() += 1;
        }
        let bytes = files.iter().map(|file| file.bytes).sum();
        Ok(Survey { by_ending, bytes, vermagic, folder })
    }

    /// How many modules there are.
    pub fn count(&self) -> usize {
        self.by_ending.values().sum()
    }

    /// The kernel's release: the version magic's first word.
    pub fn release(&self) -> &str {
        self.vermagic.split(' ').next().unwrap_or_default()
    }

    /// How they are compressed, for a person.
    pub fn compression(&self) -> String {
        let how = |ending: &str| match ending {
            ".ko.gz" => "gzip",
            ".ko.xz" => "xz",
            ".ko.zst" => "zstd",
            _ => "not at all",
        };
        let each = self.by_ending.iter().map(|(ending, count)| format!("{} ({count})", how(ending)));
        each.collect::<Vec<_>>().join(", ")
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct File {
    path: PathBuf,
    ending: &'static str,
    bytes: u64,
}

/// `folder` itself, or the one release folder of the `lib/modules` below it.
fn release_folder(folder: &Path) -> Result<PathBuf> {
    for modules in ["lib/modules", "usr/lib/modules"] {
        let Ok(releases) = fs::read_dir(folder.join(modules)) else { continue };
        let mut releases: Vec<PathBuf> = releases.flatten().map(|entry| entry.path()).collect();
        releases.retain(|release| release.is_dir());
        ensure!(
            releases.len() < 2,
            "{} holds modules of {} releases: give the folder of one",
            folder.join(modules).display(),
            releases.len()
        );
        if let Some(release) = releases.pop() {
            return Ok(release);
        }
    }
    Ok(folder.to_path_buf())
}

/// Adds the modules in `folder` and below. Symbolic links (`build`, `source`) are not followed.
fn collect(folder: &Path, files: &mut Vec<File>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let kind = entry.file_type()?;
        let name = entry.file_name();
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if let Some(ending) =
            ENDINGS.into_iter().find(|ending| name.to_string_lossy().ends_with(ending))
        {
            files.push(File { path: entry.path(), ending, bytes: entry.metadata()?.len() });
        }
    }
    Ok(())
}

/// The version magic of one module.
fn vermagic(path: &Path) -> Result<String> {
    let bytes = read_module(path)?;
    let mut strings = bytes.split(|&byte| byte == 0);
    let vermagic = strings.find_map(|string| string.strip_prefix(b"vermagic="));
    let vermagic =
        vermagic.with_context(|| format!("{} is no module: it has no vermagic", path.display()))?;
    Ok(String::from_utf8_lossy(vermagic).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_folder_says_what_was_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let message = Survey::of(folder.path()).unwrap_err().to_string();
        assert!(message.starts_with("there are no modules (.ko, .ko.gz, .ko.xz, .ko.zst) in "), "{message}");
    }

    #[test]
    fn two_releases_in_one_tree_are_not_mixed() {
        let tree = tempfile::tempdir().unwrap();
        for release in ["6.1.0-1-amd64", "6.1.0-2-amd64"] {
            fs::create_dir_all(tree.path().join("lib/modules").join(release)).unwrap();
        }
        let message = Survey::of(tree.path()).unwrap_err().to_string();
        assert!(message.contains("modules of 2 releases"), "{message}");
    }

    #[test]
    fn a_file_that_is_no_module_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("not.ko"), b"no ELF").unwrap();
        let message = format!("{:#}", Survey::of(folder.path()).unwrap_err());
        assert!(message.contains("not.ko is no module: "), "{message}");
    }
}
