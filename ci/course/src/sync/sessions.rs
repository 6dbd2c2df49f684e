//! The transcripts in `book/sessions`: what was printed when the scripts beside them ran.

use std::{collections::BTreeSet, path::PathBuf};

use abi::RELEASE;
use anyhow::{Result, bail, ensure};
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

/// The transcripts, the sessions called `names` (all, where none is named) run again, and how many failed.
pub(super) fn all(root: &Root, manifest: &Manifest, names: &[String]) -> Result<(Vec<Derived>, usize)> {
    let mut sessions = Session::all(root)?;
    for name in names {
        ensure!(sessions.iter().any(|session| session.name() == *name), "no session is called '{name}'");
    }
    sessions.retain(|session| names.is_empty() || names.contains(&session.name()));
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
    let real = Found::read_above(root.path())?.filter(|found| found.course.is_some());
    let (mut transcripts, mut failed) = (Vec::new(), 0);
    for session in sessions {
        let short = root.short(&session.script);
        let folder = match (&real, session.real) {
            (None, true) => {
                eprintln!("skipped {short}: `cargo course modules` has not fetched Debian's modules");
                continue;
            }
            (Some(found), true) if session.is_shell_script() => &found.modules,
            _ => &modules,
        };
        match session.run(&programs, folder) {
            // Another kernel has other sizes and versions: what the book shows is of one.
            Ok(_) if session.real && real.as_ref().is_some_and(|found| found.release != RELEASE) => {
                eprintln!("{short} runs, and is not compared: the book shows it on {RELEASE}");
            }
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
