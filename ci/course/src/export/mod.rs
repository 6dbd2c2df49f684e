//! `cargo course export`: the course as a class gets it, without solutions and named mistakes, with the book built in.

mod book;
mod root_files;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{
    files::{all_files, write},
    lab_manifest,
    manifest::Manifest,
    originals::{self, PRISTINE},
    root::Root,
    starter,
};

/// What a class gets as it is.
const AS_THEY_ARE: [&str; 15] = [
    "labs/abi",
    "labs/explore",
    "labs/machine",
    "labs/modules",
    "labs/specimens",
    "ci/course",
    "ci/referee",
    ".cargo",
    ".devcontainer",
    ".vscode",
    ".gitignore",
    "Cargo.lock",
    "rustfmt.toml",
    "LICENSE-MIT",
    "LICENSE-APACHE",
];

/// The options of `cargo course export`.
#[derive(Debug, Args)]
pub struct Options {
    /// The folder to make; it must not be there yet
    #[arg(long)]
    out: PathBuf,
}

/// Makes a class's copy of the course.
///
/// # Errors
/// The folder is there already, or something cannot be read or written: then what was made is taken away again.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    originals::need_solutions(root)?;
    let out = &options.out;
    let there = fs::symlink_metadata(out).is_ok();
    ensure!(!there, "{} is there already: name a folder that is not", out.display());
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    // Made beside its place and put there whole, so that nobody finds half of it.
    let making = tempfile::Builder::new().prefix(".export-").tempdir_in(parent);
    let making = making.with_context(|| format!("cannot write in {}", parent.display()))?;
    make(root, making.path())?;
    // A temporary folder is its owner's alone; this one is for everybody.
    fs::set_permissions(making.path(), fs::Permissions::from_mode(0o755))
        .with_context(|| format!("cannot make {}", out.display()))?;
    fs::rename(making.path(), out).with_context(|| format!("cannot make {}", out.display()))?;
    println!("{} is a class's copy of the course: labs without solutions, and the book.", out.display());
    println!("Try it: cd {} && cargo course", out.display());
    Ok(())
}

fn make(root: &Root, out: &Path) -> Result<()> {
    let manifest = Manifest::read(root)?;
    for path in AS_THEY_ARE {
        copy(&root.join(path), &out.join(path))?;
    }
    for lab in manifest.starters() {
        // What was written in this clone's labs is not the class's business: the starters are made anew.
        for (inside, text) in starter::files(root, &manifest, lab, |_| true)? {
            write(&out.join(lab.starter()).join(&inside), &text)?;
            write(&out.join(PRISTINE).join(lab.folder()).join(&inside), &text)?;
        }
        for path in ["tests", "hints.md"] {
            copy(&root.join(lab.starter()).join(path), &out.join(lab.starter()).join(path))?;
        }
        for example in lab_manifest::examples(root, lab)? {
            copy(&example, &out.join(root.short(&example).to_string()))?;
        }
    }
    root_files::write_all(root, &manifest, out)?;
    book::build(root, &manifest, out)
}

/// Copies a file, or the files below a folder.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let files = if from.is_dir() { all_files(from)? } else { vec![from.to_path_buf()] };
    for file in files {
        let inside = file.strip_prefix(from).context("a file outside its folder")?;
        let to = if inside.as_os_str().is_empty() { to.to_path_buf() } else { to.join(inside) };
        let copied = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::copy(&file, &to));
        copied.with_context(|| format!("cannot copy {} to {}", file.display(), to.display()))?;
    }
    Ok(())
}
