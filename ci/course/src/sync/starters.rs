//! The starters in `labs/`: the solutions without what a learner writes.

use anyhow::{Context, Result};

use super::{Derived, derived};
use crate::{
    files::rust_files,
    manifest::{Lab, Manifest},
    root::Root,
    starter,
};

/// Every file of every starter, those included that should not be there; and how many starters cannot be derived.
pub(super) fn all(root: &Root, manifest: &Manifest) -> (Vec<Derived>, usize) {
    let (mut files, mut failed) = (Vec::new(), 0);
    for lab in manifest.starters() {
        match of_lab(root, manifest, lab) {
            Ok(of_lab) => files.extend(of_lab),
            Err(error) => {
                eprintln!("the starter of lab {}: {error:#}", lab.number);
                failed += 1;
            }
        }
    }
    (files, failed)
}

fn of_lab(root: &Root, manifest: &Manifest, lab: &Lab) -> Result<Vec<Derived>> {
    let folder = root.join(lab.starter());
    let should = starter::files(root, manifest, lab, |_| true)?;
    let mut files = Vec::new();
    let src = folder.join("src");
    for path in if src.is_dir() { rust_files(&src)? } else { Vec::new() } {
        let inside = path.strip_prefix(&folder).context("a file outside its folder")?;
        if !should.contains_key(inside) {
            files.push(derived(path, None, str::to_string)?);
        }
    }
    for (inside, text) in should {
        files.push(derived(folder.join(inside), Some(text), str::to_string)?);
    }
    Ok(files)
}
