//! The files at the root of a class's copy: the workspace, the manifest of labs, the README.

use std::path::Path;

use anyhow::{Context, Result};
use toml_edit::{Array, InlineTable, Item, value};

use crate::{
    files::{read, write},
    lab_manifest::parse,
    manifest::Manifest,
    root::Root,
    sync,
};

/// The README of a class's copy, with a mark where the list of labs goes.
const README: &str = include_str!("readme.md");

/// Writes them all.
///
/// # Errors
/// One cannot be derived or written.
pub fn write_all(root: &Root, manifest: &Manifest, out: &Path) -> Result<()> {
    write(&out.join("Cargo.toml"), &workspace(root, manifest)?)?;
    write(&out.join("labs/labs.toml"), &without_mistakes(root)?)?;
    write(&out.join("README.md"), &README.replace("@LABS@", &sync::table_of_labs(manifest)))?;
    let cargo = out.join(".cargo/config.toml");
    let aliases = read(&cargo)?.replace("loader-solution --bin loader", "loader --bin my-loader");
    write(&cargo, &aliases)
}

/// The workspace without solutions: the labs' names mean the learner's crates.
fn workspace(root: &Root, manifest: &Manifest) -> Result<String> {
    let mut document = parse(&read(&root.join("Cargo.toml"))?, Path::new("Cargo.toml"))?;
    let workspace = document.get_mut("workspace").and_then(Item::as_table_mut);
    let workspace = workspace.context("the course's Cargo.toml has no [workspace]")?;
    let members = |members: &[&str]| value(members.iter().copied().collect::<Array>());
    workspace.insert(
        "members",
        members(&[
            "labs/abi",
            "labs/explore",
            "labs/machine",
            "labs/modules",
            "labs/specimens",
            "labs/[0-9]*",
            "ci/course",
            "ci/referee",
            "ci/referee/guest",
        ]),
    );
    workspace.insert("default-members", members(&["labs/abi", "labs/machine"]));
    let dependencies = workspace.get_mut("dependencies").and_then(Item::as_table_like_mut);
    let dependencies = dependencies.context("the course's Cargo.toml has no [workspace.dependencies]")?;
    for lab in &manifest.labs {
        let said = dependencies.remove(&lab.library);
        if lab.has_starter() {
            let mut at = InlineTable::new();
            at.insert("path", lab.starter().into());
            let features =
                said.as_ref().and_then(|said| said.get("default-features")).and_then(Item::as_bool);
            if let Some(features) = features {
                at.insert("default-features", features.into());
            }
            dependencies.insert(&lab.library, Item::Value(at.into()));
        }
    }
    Ok(document.to_string())
}

/// The manifest of labs without the mistakes that the hidden tests look for, and without the claims.
fn without_mistakes(root: &Root) -> Result<String> {
    let mut document = parse(&read(&root.join("labs/labs.toml"))?, Path::new("labs/labs.toml"))?;
    let labs = document.get_mut("lab").and_then(Item::as_array_of_tables_mut);
    for lab in labs.into_iter().flat_map(|labs| labs.iter_mut()) {
        lab.remove("mistake");
    }
    // What carries a claim is partly a test of the solutions.
    document.remove("claim");
    Ok(document.to_string())
}
