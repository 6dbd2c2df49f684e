//! The book of a class: built from sources in which no task is solved.

use std::path::Path;

use anyhow::{Context, Result};

use super::copy;
use crate::{
    book,
    files::{read, rust_files, write},
    manifest::Manifest,
    region,
    root::Root,
};

/// Builds it into `out/book`.
///
/// # Errors
/// A page is wrong, or something cannot be written.
pub fn build(root: &Root, manifest: &Manifest, out: &Path) -> Result<()> {
    let sources = tempfile::tempdir().context("cannot make a temporary folder")?;
    let sources = sources.path();
    for path in ["book", "book.toml", "labs", "solutions", "ci/course/src"] {
        copy(&root.join(path), &sources.join(path))?;
    }
    for lab in manifest.starters() {
        for path in rust_files(&sources.join(lab.solution()).join("src"))? {
            let words = |name: &str| Ok(lab.task(name).map(|task| task.write.as_str()));
            write(&path, &region::listing(&read(&path)?, words)?)?;
        }
    }
    book::build_from(root, sources, &out.join("book"))
}
