//! What a lab is on arrival, and what its reference is: derived from the solution, or, in a copy of the course that
//! has no solutions, as it was when the copy was made.

use anyhow::{Context, Result, ensure};

use crate::{
    files::{all_files, read},
    manifest::{Lab, Manifest},
    root::Root,
    starter::{self, Files},
};

/// Where a copy without solutions has its starters a second time.
pub const PRISTINE: &str = ".starters";

/// Whether this is a copy of the course that has the solutions.
pub fn has_solutions(root: &Root) -> bool {
    root.join("solutions").is_dir()
}

/// For what cannot be done without the solutions.
///
/// # Errors
/// There are none here.
pub fn need_solutions(root: &Root) -> Result<()> {
    ensure!(has_solutions(root), "this copy of the course has no reference solutions");
    Ok(())
}

/// The lab's files on arrival.
///
/// # Errors
/// They cannot be derived or read.
pub fn starter(root: &Root, manifest: &Manifest, lab: &Lab) -> Result<Files> {
    if has_solutions(root) {
        return starter::files(root, manifest, lab, |_| true);
    }
    let folder = root.join(PRISTINE).join(lab.folder());
    let mut files = Files::new();
    for path in all_files(&folder)? {
        let inside = path.strip_prefix(&folder).context("a file outside its folder")?.to_path_buf();
        files.insert(inside, read(&path)?);
    }
    Ok(files)
}

/// The lab's files with every task solved.
///
/// # Errors
/// There are no solutions here.
pub fn reference(root: &Root, manifest: &Manifest, lab: &Lab) -> Result<Files> {
    need_solutions(root)?;
    starter::files(root, manifest, lab, |_| false)
}
