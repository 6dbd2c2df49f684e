//! The diagrams' library: mermaid comes as a file of the crate mdbook-mermaid, and goes into the built book, so
//! that the pages need no network and the repository no copy of it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// Its file's name in the book.
pub const LIBRARY: &str = "mermaid.min.js";

/// Puts it into the book at `out`, or among the sources that mdBook copies from.
///
/// # Errors
/// Cargo does not say where the crate's sources are, or the file cannot be copied.
pub fn put_library(root: &Path, out: &Path) -> Result<()> {
    let from = crate_folder(root)?.join("src/bin/assets").join(LIBRARY);
    fs::copy(&from, out.join(LIBRARY))
        .map(drop)
        .with_context(|| format!("cannot copy {} into the book", from.display()))
}

/// Where cargo keeps the sources of the crate mdbook-mermaid.
fn crate_folder(root: &Path) -> Result<PathBuf> {
    // For this machine only: cargo may never have fetched the crates that other systems need.
    let version = cargo(root, &["-vV"])?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("cargo does not name its host")?;
    let arguments = ["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host];
    let metadata: serde_json::Value = serde_json::from_str(&cargo(root, &arguments)?)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let mermaid = packages.iter().find(|package| package["name"] == "mdbook-mermaid");
    let manifest = mermaid.and_then(|package| package["manifest_path"].as_str());
    let folder = manifest.and_then(|manifest| Path::new(manifest).parent());
    folder.map(Path::to_path_buf).context("cargo metadata does not list mdbook-mermaid")
}

/// What cargo prints when it is run with `arguments`.
fn cargo(root: &Path, arguments: &[&str]) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output =
        Command::new(cargo).args(arguments).current_dir(root).output().context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "cargo {}: {}",
        arguments[0],
        String::from_utf8_lossy(&output.stderr).trim()
    );
    String::from_utf8(output.stdout).context("cargo prints no UTF-8")
}
