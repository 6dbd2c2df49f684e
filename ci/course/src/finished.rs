//! What a solved lab ends with: the session of its checkpoint, in the finished loader with the learner's own parts in it,
//! or with an example of the lab.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::{
    assembly::{Assembly, Subject, Whose},
    build, check, demo,
    difference::difference,
    files::read,
    manifest::{Lab, Manifest},
    originals, place,
    progress::Progress,
    record::Record,
    root::Root,
    session::{Example, Programs, Session, canonical, without_numbers},
};

/// Of a copy of the course without solutions.
const ONLY_YOURS: &str = "this copy of the course has no loader but yours: it runs once every lab is solved (`cargo course status`)";

/// Runs the session of the checkpoint of `lab`, which is solved, with the learner's part in the programs that it takes;
/// with their other parts too, unless `with_reference`.
///
/// # Errors
/// A program does not build, or prints something else than the book shows.
pub fn run(root: &Root, manifest: &Manifest, lab: &Lab, with_reference: bool) -> Result<()> {
    let session = Session::of_lab(root, lab)?;
    let needs_loader = session.needs_loader()?;
    let own = Own::new(root, Some(lab), with_reference)?;
    if needs_loader && !has_loader(root, manifest, &own) {
        println!("\nLab {} is solved. Its checkpoint takes the loader, and {ONLY_YOURS}.", lab.number);
    } else {
        let with = if needs_loader { "with your part in the finished loader" } else { "with your code" };
        println!("\nLab {} is solved. Its checkpoint, {with}:\n", lab.number);
        checkpoint(root, manifest, lab, &own, &session)?;
    }
    match place::after(manifest, &Record::read(root)?, lab) {
        Some(next) => {
            println!("Next: lab {}, {} (`cargo course watch {}`).", next.number, next.title, next.number)
        }
        None => println!("That was the last lab: the loader is yours."),
    }
    Ok(())
}

/// Runs the session of a checkpoint and compares it with the book's.
fn checkpoint(root: &Root, manifest: &Manifest, lab: &Lab, own: &Own, session: &Session) -> Result<()> {
    let mut programs = Programs::default();
    for example in session.examples(manifest)? {
        let program = build_example(root, manifest, lab, own.with_reference, &example)?;
        programs.examples.insert(example, program);
    }
    let mut said = "As in the book.".to_string();
    if session.needs_loader()? {
        let (loader, parts) = loader(root, manifest, own)?;
        programs.loader = Some(loader);
        said += &format!(" Yours in this loader: {}.", parts.join(", "));
    }
    let printed = session.run(&programs, &demo::own_modules(root)?)?;
    println!("{}\n", printed.trim_end());
    let (book, printed) = (canonical(&read(&session.transcript())?), canonical(&printed));
    // How many interleavings there are depends on how the learner has written it, and there is more than one way.
    let has_other_numbers = !programs.examples.is_empty() && book != printed;
    let differences = match has_other_numbers {
        true => difference(&without_numbers(&book), &without_numbers(&printed)),
        false => difference(&book, &printed),
    };
    if !differences.is_empty() {
        differences.iter().for_each(|line| println!("  {line}"));
        bail!("the tests pass, but the session differs from the one in {}, as shown above", lab.chapter());
    }
    if has_other_numbers {
        said += " But for the numbers: your code takes other steps.";
    }
    println!("{said}");
    Ok(())
}

/// Builds an example of `lab` from the crates that its tests have just passed with.
fn build_example(
    root: &Root,
    manifest: &Manifest,
    lab: &Lab,
    with_reference: bool,
    example: &Example,
) -> Result<PathBuf> {
    let Example { library, name } = example;
    ensure!(*library == lab.library, "the checkpoint of lab {} runs an example of {library}", lab.number);
    let mut command = check::assembly(root, manifest, lab, with_reference)?.cargo(root);
    command.args(["--example", name]);
    let progress = Progress::spinner(&format!("building {name} with your part in it"));
    let built = build::run(root, command, &progress)?;
    drop(progress);
    match built {
        Ok(built) => built.executable(name),
        Err(broken) => {
            broken.print();
            bail!("{name} does not build with your part in it, although its tests pass")
        }
    }
}

/// The loader of a learner who has solved every lab, in a copy of the course that has no other.
///
/// # Errors
/// A lab is not solved, or the loader does not build.
pub fn own_loader(root: &Root) -> Result<PathBuf> {
    Ok(loader(root, &Manifest::read(root)?, &Own::new(root, None, false)?)?.0)
}

/// Whether the learner has solved a lab without taking the reference for it.
///
/// # Errors
/// What is remembered cannot be read.
pub fn has_own_parts(root: &Root) -> Result<bool> {
    let own = Own::new(root, None, false)?;
    Ok(Manifest::read(root)?.starters().any(|lab| own.is(lab)))
}

/// The loader with every part that the learner has solved, and the names of those.
///
/// # Errors
/// It does not build; or a lab is not solved in a copy of the course that has no reference for it.
pub fn loader_with_own_parts(root: &Root) -> Result<(PathBuf, Vec<String>)> {
    loader(root, &Manifest::read(root)?, &Own::new(root, None, false)?)
}

/// Which parts of a loader are to be the learner's.
struct Own<'l> {
    record: Record,
    /// This one in any case.
    lab: Option<&'l Lab>,
    /// No other.
    with_reference: bool,
}

impl<'l> Own<'l> {
    fn new(root: &Root, lab: Option<&'l Lab>, with_reference: bool) -> Result<Own<'l>> {
        Ok(Own { record: Record::read(root)?, lab, with_reference })
    }

    fn is(&self, other: &Lab) -> bool {
        let remembered = self.record.lab(other);
        let solved = remembered.checked.is_some_and(|checked| checked.solved(other) == other.tasks.len());
        self.lab.is_some_and(|lab| other.number == lab.number)
            || (other.has_starter() && solved && !remembered.taken && !self.with_reference)
    }
}

/// Whether there is a loader: where there are no solutions, every part must be the learner's.
fn has_loader(root: &Root, manifest: &Manifest, own: &Own) -> bool {
    originals::has_solutions(root) || manifest.starters().all(|lab| own.is(lab))
}

/// Builds the loader with the parts that are the learner's `own` from `labs/`, and the rest from the reference.
/// Returns it, and the names of the learner's parts.
fn loader(root: &Root, manifest: &Manifest, own: &Own) -> Result<(PathBuf, Vec<String>)> {
    let last = manifest.labs.last().context("there is no lab")?;
    let whose = |other: &Lab| if own.is(other) { Whose::Learners } else { Whose::Reference };
    ensure!(has_loader(root, manifest, own), "{ONLY_YOURS}");
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
        manifest.labs.iter().filter(|other| own.is(other)).map(|lab| lab.library.clone()).collect(),
    ))
}
