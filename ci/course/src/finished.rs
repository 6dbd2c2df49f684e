//! The finished loader with the learner's own parts in it: what a solved lab ends with.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::{
    assembly::{Assembly, Subject, Whose},
    build, demo,
    difference::difference,
    files::read,
    manifest::{Lab, Manifest},
    originals, place,
    progress::Progress,
    record::Record,
    root::Root,
    session::{Session, canonical},
};

/// Runs the session of the checkpoint of `lab`, which is solved, in a loader that has the learner's part in it; with
/// their other parts too, unless `with_reference`.
///
/// # Errors
/// The loader does not build, or prints something else than the book shows.
pub fn run(root: &Root, manifest: &Manifest, lab: &Lab, with_reference: bool) -> Result<()> {
    println!("\nLab {} is solved. Its checkpoint, with your part in the finished loader:\n", lab.number);
    let (loader, parts) = loader(root, manifest, Some(lab), with_reference)?;
    let session = Session::of_lab(root, lab)?;
    let printed = session.run(&loader, &demo::own_modules(root)?)?;
    println!("{}\n", printed.trim_end());
    let book = canonical(&read(&session.transcript())?);
    let differences = difference(&book, &canonical(&printed));
    if !differences.is_empty() {
        differences.iter().for_each(|line| println!("  {line}"));
        bail!("the tests pass, but the session differs from the one in {}, as shown above", lab.chapter());
    }
    println!("As in the book. Yours in this loader: {}.", parts.join(", "));
    match place::after(manifest, &Record::read(root)?, lab) {
        Some(next) => {
            println!("Next: lab {}, {} (`cargo course watch {}`).", next.number, next.title, next.number)
        }
        None => println!("That was the last lab: the loader is yours."),
    }
    Ok(())
}

/// The loader of a learner who has solved every lab, in a copy of the course that has no other.
///
/// # Errors
/// A lab is not solved, or the loader does not build.
pub fn own_loader(root: &Root) -> Result<PathBuf> {
    Ok(loader(root, &Manifest::read(root)?, None, false)?.0)
}

/// Builds the loader with every part that is solved, `lab` among them, from `labs/`, and the rest from the reference;
/// `with_reference`, everything but `lab` is the reference's.
/// Returns it, and the names of the learner's parts.
fn loader(
    root: &Root,
    manifest: &Manifest,
    lab: Option<&Lab>,
    with_reference: bool,
) -> Result<(PathBuf, Vec<String>)> {
    let record = Record::read(root)?;
    let is_own = |other: &Lab| {
        let remembered = record.lab(other);
        let solved = remembered.checked.is_some_and(|checked| checked.solved(other) == other.tasks.len());
        lab.is_some_and(|lab| other.number == lab.number)
            || (other.has_starter() && solved && !remembered.taken && !with_reference)
    };
    let last = manifest.labs.last().context("there is no lab")?;
    let whose = |other: &Lab| if is_own(other) { Whose::Learners } else { Whose::Reference };
    ensure!(
        originals::has_solutions(root) || manifest.starters().all(is_own),
        "this copy of the course has no loader but yours: it runs once every lab is solved (`cargo course status`)"
    );
    let assembly = Assembly::new(
        root,
        manifest,
        "finished",
        &Subject { lab: last, with_program: true, copies: Vec::new() },
        whose,
    )?;
    let mut command = assembly.cargo(root);
    command.args(["--bin", &last.library]);
    let progress = Progress::spinner("building the loader with your part in it");
    let built = build::run(root, command, &progress)?;
    drop(progress);
    let executable = match built {
        Ok(built) => built.executable(&last.library)?,
        Err(broken) => {
            broken.print();
            bail!("the loader does not build with your parts in it, although their tests pass");
        }
    };
    Ok((
        executable,
        manifest.labs.iter().filter(|other| is_own(other)).map(|lab| lab.library.clone()).collect(),
    ))
}
