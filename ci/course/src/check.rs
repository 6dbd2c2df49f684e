//! `cargo course check`: the tests of one lab, and what they say.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    assembly::{Assembly, Subject, Whose},
    build::Broken,
    finished,
    lab_tests::{LabTests, verdict},
    lock::Lock,
    manifest::{Lab, Manifest},
    place,
    progress::Progress,
    record::{Checked, Record, fingerprint},
    report,
    root::Root,
    verdict::LabVerdict,
};

/// The options of `cargo course check`.
#[derive(Debug, Args)]
pub struct Options {
    /// The lab; without it, the one in whose folder you are, or the first that is not solved
    number: Option<u8>,
    /// The task whose failures are to be told; without it, the first that has some
    task: Option<String>,
    /// Take the reference for everything but this lab
    #[arg(long)]
    with_reference: bool,
    /// Say of every test what came of it, not of the first of each task only
    #[arg(long)]
    all: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// What a check ended with.
#[derive(Debug)]
pub enum Checking {
    /// The tests ran.
    Ran(LabVerdict),
    /// The code does not compile.
    Broken(Broken),
}

/// Checks a lab and prints the verdict.
///
/// # Errors
/// The lab is not solved, or cannot be checked.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    let manifest = Manifest::read(root)?;
    let lab = place::lab_at_hand(root, &manifest, options.number)?;
    if let Some(task) = &options.task {
        lab.named(task)?;
    }
    let (target, what) = lock_of(root);
    let lock = Lock::take(&target, what)?;
    let checking = check(root, &manifest, lab, options.with_reference)?;
    drop(lock);
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report::json(lab, &checking))?);
    } else {
        report::print(root, lab, &checking, options.all, options.task.as_deref());
    }
    match checking {
        Checking::Broken(broken) => bail!("{}", report::broken_sentence(&manifest, lab, &broken)),
        Checking::Ran(verdict) if !verdict.is_solved() => std::process::exit(1),
        Checking::Ran(_) if options.json => Ok(()),
        Checking::Ran(_) => finished::run(root, &manifest, lab, options.with_reference),
    }
}

/// What two checks must not do at once, and where it is locked.
pub fn lock_of(root: &Root) -> (PathBuf, &'static str) {
    (root.target().join("course"), "check a lab")
}

/// The learner's crate for `lab` with the others that it depends on: theirs too, or the reference's.
///
/// # Errors
/// It cannot be put together.
pub fn assembly(root: &Root, manifest: &Manifest, lab: &Lab, with_reference: bool) -> Result<Assembly> {
    let own = root.join(lab.starter()).join("src");
    let (name, copies, whose) = match with_reference {
        true => ("with-reference", vec![own], Whose::Reference),
        false => ("own", Vec::new(), Whose::Learners),
    };
    let subject = Subject { lab, with_program: false, copies };
    Assembly::new(root, manifest, name, &subject, |_| whose)
}

/// Builds and runs the tests of `lab`, and remembers what came of it. Whoever asks holds the lock.
///
/// # Errors
/// They cannot be built for another reason than that the code is wrong.
pub fn check(root: &Root, manifest: &Manifest, lab: &Lab, with_reference: bool) -> Result<Checking> {
    let files = fingerprint(root, lab)?;
    let assembly = assembly(root, manifest, lab, with_reference)?;
    let progress = Progress::spinner(&format!("building the tests of lab {}", lab.number));
    let built = LabTests::build(root, &assembly, &progress)?.pop();
    drop(progress);
    let tests = match built.context("nothing was built")? {
        Ok(built) => built,
        Err(broken) => return Ok(Checking::Broken(broken)),
    };
    tests.warnings().iter().for_each(|warning| eprint!("{warning}"));
    let progress = Progress::steps(&format!("testing lab {}", lab.number), tests.count());
    let verdict = verdict(root, lab, with_reference, &tests.run(root, manifest, &progress, |_| true)?);
    drop(progress);
    Record::change(root, lab, |record| record.checked = Some(Checked::of(&verdict, files)))?;
    Ok(Checking::Ran(verdict))
}
