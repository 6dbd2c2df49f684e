//! A lab's files as they derive from its solution, in `labs/NN-crate`: all but tests and hints, which are written by hand.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    files::{read, rust_files},
    lab_manifest, lab_readme,
    manifest::{Lab, Manifest, Task},
    region,
    root::Root,
};

/// Files by their path in the lab's folder.
pub type Files = BTreeMap<PathBuf, String>;

/// The lab's files with those tasks still to be written that `is_open` picks: all of them in the starter, none where
/// the reference stands in.
///
/// # Errors
/// The solution cannot be read, or its task regions are not those that labs.toml lists.
pub fn files(root: &Root, manifest: &Manifest, lab: &Lab, is_open: impl Fn(&str) -> bool) -> Result<Files> {
    let mut files = sources(root, lab, is_open)?;
    files.insert("Cargo.toml".into(), lab_manifest::starter(root, manifest, lab)?);
    files.insert("README.md".into(), lab_readme::text(lab));
    Ok(files)
}

/// The lab's sources alone.
///
/// # Errors
/// As [`files`].
pub fn sources(root: &Root, lab: &Lab, is_open: impl Fn(&str) -> bool) -> Result<Files> {
    let solution = root.join(lab.solution());
    let words = |name: &str| {
        let task = lab.task(name).with_context(|| format!("labs.toml has no task {name}"))?;
        Ok(is_open(name).then_some(task.write.as_str()))
    };
    let (mut files, mut found) = (Files::new(), Vec::new());
    for path in rust_files(&solution.join("src"))? {
        let inside = path.strip_prefix(&solution).context("a file outside its folder")?.to_path_buf();
        let text = read(&path)?;
        found.extend(region::tasks(&text).into_iter().map(str::to_string));
        let text = region::starter(&text, words).with_context(|| root.short(&path).to_string())?;
        let is_root = inside == Path::new("src/lib.rs") && lab.tasks.iter().any(|task| is_open(&task.name));
        files.insert(inside, if is_root { region::without_unused_warnings(&text) } else { text });
    }
    for Task { name, .. } in &lab.tasks {
        let regions = found.iter().filter(|found| *found == name).count();
        ensure!(regions == 1, "{} has {regions} regions called task_{name}, not one", lab.solution());
    }
    Ok(files)
}
