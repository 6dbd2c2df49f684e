//! The races that the book's pages let the reader explore: `book/widgets/races`. A page asks for one by including its
//! fragment; what no page includes is removed.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::{Derived, derived};
use crate::{
    files::{all_files, read},
    manifest::Manifest,
    race,
    root::Root,
    trace,
};

/// Where they are, from the book's sources and from the root.
const INSIDE: &str = "widgets/races";
const FOLDER: &str = "book/widgets/races";

/// The script and the fragment of every race that a page includes, and every file there that should not be.
pub(super) fn all(root: &Root, manifest: &Manifest) -> Result<Vec<Derived>> {
    let mut wanted = BTreeSet::new();
    for page in
        all_files(&root.join("book"))?.iter().filter(|path| path.extension().is_some_and(|e| e == "md"))
    {
        let names = included(&read(page)?);
        wanted.extend(names.with_context(|| root.short(page).to_string())?);
    }
    let mut files = Vec::new();
    if !wanted.is_empty() {
        let names: Vec<String> = wanted.into_iter().collect();
        for explored in trace::explored(root, manifest, &names)? {
            let page = race::page(root, &explored)?;
            let path = root.join(FOLDER).join(&explored.name);
            files.push(derived(path.with_extension("js"), Some(page.script), str::to_string)?);
            files.push(derived(path.with_extension("md"), Some(page.fragment), str::to_string)?);
        }
    }
    let folder = root.join(FOLDER);
    for path in if folder.is_dir() { all_files(&folder)? } else { Vec::new() } {
        if !files.iter().any(|file| file.path == path) {
            files.push(derived(path, None, str::to_string)?);
        }
    }
    Ok(files)
}

/// The races that a page includes: `10-refcount/NAME`.
fn included(page: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for after in page.split(&format!("{{{{#include {INSIDE}/")).skip(1) {
        match after.split_once("}}").and_then(|(path, _)| path.strip_suffix(".md")) {
            Some(name) if name.contains('/') => names.push(name.to_string()),
            _ => bail!("a race is included as {INSIDE}/LAB/NAME.md"),
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_asks_for_a_race_by_including_its_fragment() {
        let page =
            "a\n\n{{#include widgets/races/10-refcount/no-count.md}}\n\nb {{#include sessions/x.out}}\n";
        assert_eq!(included(page).unwrap(), ["10-refcount/no-count"]);
        assert!(included("{{#include widgets/races/10-refcount/no-count.js}}").is_err());
        assert!(included("{{#include widgets/races/no-count.md}}").is_err());
    }
}
