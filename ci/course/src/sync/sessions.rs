//! The transcripts in `book/sessions`: what was printed when the scripts beside them ran.

use anyhow::Result;
use course_modules::found::Found;

use super::{Derived, derived};
use crate::{
    cargo::LOADER,
    demo,
    root::Root,
    session::{Session, canonical},
};

/// The transcripts, every session run again, and how many failed.
pub(super) fn all(root: &Root) -> Result<(Vec<Derived>, usize)> {
    let loader = LOADER.build(root)?;
    let modules = demo::own_modules(root)?;
    let real = Found::read_above(root.path())?.is_some_and(|found| found.course.is_some());
    let (mut transcripts, mut failed) = (Vec::new(), 0);
    for session in Session::all(root)? {
        if session.real && !real {
            eprintln!(
                "skipped {}: `cargo course modules` has not fetched Debian's modules",
                root.short(&session.script)
            );
            continue;
        }
        match session.run(&loader, &modules) {
            Ok(printed) => transcripts.push(derived(session.transcript(), Some(printed), canonical)?),
            Err(error) => {
                eprintln!("{error:#}");
                failed += 1;
            }
        }
    }
    Ok((transcripts, failed))
}
