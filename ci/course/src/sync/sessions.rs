//! The transcripts in `book/sessions`: what was printed when the scripts beside them ran.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::{Result, bail};
use course_modules::found::Found;

use super::{Derived, derived};
use crate::{
    build,
    cargo::{LOADER, cargo},
    demo,
    manifest::Manifest,
    progress::Progress,
    root::Root,
    session::{Example, Programs, Session, canonical},
};

/// The transcripts, every session run again, and how many failed.
pub(super) fn all(root: &Root, manifest: &Manifest) -> Result<(Vec<Derived>, usize)> {
    let sessions = Session::all(root)?;
    let mut programs = Programs { loader: Some(LOADER.build(root)?), ..Programs::default() };
    let mut examples = BTreeSet::new();
    for session in &sessions {
        examples.extend(session.examples(manifest)?);
    }
    for example in examples {
        let program = reference(root, &example)?;
        programs.examples.insert(example, program);
    }
    let modules = demo::own_modules(root)?;
    let real = Found::read_above(root.path())?.is_some_and(|found| found.course.is_some());
    let (mut transcripts, mut failed) = (Vec::new(), 0);
    for session in sessions {
        if session.real && !real {
            eprintln!(
                "skipped {}: `cargo course modules` has not fetched Debian's modules",
                root.short(&session.script)
            );
            continue;
        }
        match session.run(&programs, &modules) {
            Ok(printed) => transcripts.push(derived(session.transcript(), Some(printed), canonical)?),
            Err(error) => {
                eprintln!("{error:#}");
                failed += 1;
            }
        }
    }
    Ok((transcripts, failed))
}

/// Builds an example of a lab with the reference in it.
fn reference(root: &Root, example: &Example) -> Result<PathBuf> {
    let Example { library, name } = example;
    let progress = Progress::spinner(&format!("building the example {name} of {library}"));
    let mut command = cargo(root);
    command.args(["build", "--package", &format!("{library}-solution"), "--example", name]);
    match build::run(root, command, &progress)? {
        Ok(built) => built.executable(name),
        Err(broken) => {
            drop(progress);
            broken.print();
            bail!("the example {name} of {library} does not build: rustc's words are above")
        }
    }
}
