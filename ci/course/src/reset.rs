//! `cargo course reset` and `cargo course fast-forward`: a lab begun again, or the reference in its place. What the
//! learner wrote is kept first.

use anyhow::{Result, ensure};
use clap::Args;

use crate::{
    files::{all_files, read_if_there, write},
    keep::Kept,
    manifest::{Lab, Manifest},
    originals,
    record::Record,
    root::Root,
    starter::Files,
};

/// The options of both commands.
#[derive(Debug, Args)]
pub struct Options {
    /// The lab
    number: u8,
}

/// Makes the lab as it was on arrival.
///
/// # Errors
/// There is no such lab, or a copy cannot be kept: then nothing was changed.
pub fn reset(root: &Root, options: &Options) -> Result<()> {
    let manifest = Manifest::read(root)?;
    let lab = manifest.lab(options.number)?;
    let files = originals::starter(root, &manifest, lab)?;
    let known = originals::reference(root, &manifest, lab).unwrap_or_default();
    replace(root, lab, &files, &known, "reset")?;
    Record::change(root, lab, |record| *record = Default::default())?;
    println!("Lab {} is as it was on arrival. `cargo course watch {}`", lab.number, lab.number);
    Ok(())
}

/// Puts the reference in the place of the lab.
///
/// # Errors
/// There is no such lab or no reference, or a copy cannot be kept: then nothing was changed.
pub fn fast_forward(root: &Root, options: &Options) -> Result<()> {
    let manifest = Manifest::read(root)?;
    let lab = manifest.lab(options.number)?;
    let files = originals::reference(root, &manifest, lab)?;
    let known = originals::starter(root, &manifest, lab)?;
    replace(root, lab, &files, &known, "fast-forward")?;
    Record::change(root, lab, |record| record.taken = true)?;
    println!("Lab {} now has the reference. `cargo course check {}`", lab.number, lab.number);
    Ok(())
}

/// Writes `files` to the lab's folder, takes other sources away, and keeps a copy of everything that changes, but for
/// what is as in `known`: that is not the learner's, and can be had again.
fn replace(root: &Root, lab: &Lab, files: &Files, known: &Files, why: &str) -> Result<()> {
    let folder = root.join(lab.starter());
    let src = folder.join("src");
    let mut kept = Kept::new(root, why);
    let mut others = if src.is_dir() { all_files(&src)? } else { Vec::new() };
    others.retain(|path| path.strip_prefix(&folder).is_ok_and(|inside| !files.contains_key(inside)));
    // Every copy is made before anything is changed.
    others.iter().try_for_each(|path| kept.keep(path))?;
    for (inside, text) in files {
        let path = folder.join(inside);
        let now = read_if_there(&path).ok().flatten();
        if now.as_ref() != Some(text) && (now.is_none() || now.as_ref() != known.get(inside)) {
            kept.keep(&path)?;
        }
    }
    ensure!(folder.is_dir(), "{} is not there", root.short(&folder));
    for (inside, text) in files {
        write(&folder.join(inside), text)?;
    }
    others.iter().try_for_each(std::fs::remove_file)?;
    kept.say();
    if let Some(copy) = kept.folder() {
        let (copy, lab) = (root.short(copy), lab.starter());
        println!("To have them back: cp -R {copy}/{lab}/. {lab}/");
    }
    Ok(())
}
