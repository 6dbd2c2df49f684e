//! `cargo course prove`: shows from the manifest alone that a lab keeps what the course promises of every lab.
//!
//! Nothing is missing; on the starter every test fails at once; the tests of a task fail as long as that task alone is
//! open, and pass as soon as it is solved after those before it; the solution passes; every named mistake is caught by
//! the tests that are named for it; and of the orderings of its atomics each is needed.
//! What the sources of the course claim is carried by tests that exist.

mod house;
mod mistakes;
mod orderings;
mod variants;

use std::{collections::BTreeMap, time::Instant};

use anyhow::{Result, ensure};
use clap::Args;
use serde::Serialize;

use crate::{
    assembly::{Assembly, Subject, Whose},
    build::Broken,
    claims,
    files::{all_files, write},
    lab_tests::LabTests,
    lock::Lock,
    manifest::{Lab, Manifest},
    originals,
    progress::Progress,
    root::Root,
    starter::Files,
    verdict::{Ended, LabVerdict},
};

/// The options of `cargo course prove`.
#[derive(Debug, Args)]
pub struct Options {
    /// The lab; without it, all of them
    number: Option<u8>,
    /// Only what takes no building, and that every ordering is needed
    #[arg(long)]
    orderings: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// What was proven of a lab.
#[derive(Debug, Default, Serialize)]
pub struct Proof {
    number: u8,
    #[serde(rename = "crate")]
    library: String,
    tasks: usize,
    tests: usize,
    mistakes: usize,
    caught: usize,
    /// Orderings that can be weaker, and fences that can be missing.
    orderings: usize,
    /// Those of them that a test notices.
    needed: usize,
    seconds: u64,
    /// What does not hold, a sentence each.
    breaches: Vec<String>,
}

/// Proves one lab, or all.
///
/// # Errors
/// Something does not hold, or a proof cannot be made.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    originals::need_solutions(root)?;
    let manifest = Manifest::read(root)?;
    let labs = manifest.chosen(options.number)?;
    // They are the whole course's.
    let claims = if options.number.is_none() { claims::breaches(root, &manifest)? } else { Vec::new() };
    let _lock = lock(root)?;
    let mut proofs = Vec::new();
    for lab in labs {
        let proof = of_lab(root, &manifest, lab, options.orderings)?;
        if !options.json {
            print(&proof, options.orderings);
        }
        proofs.push(proof);
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&proofs)?);
    } else if options.number.is_none() {
        let carriers: usize = manifest.claims.iter().map(|claim| claim.carried_by.len()).sum();
        let verdict = if claims.is_empty() { "holds" } else { "BROKEN" };
        println!(
            "claims  {} of five sources, carried by {carriers} tests and sessions  {verdict}",
            manifest.claims.len()
        );
    }
    claims.iter().for_each(|breach| eprintln!("    {breach}"));
    let breaches = claims.len() + proofs.iter().map(|proof| proof.breaches.len()).sum::<usize>();
    ensure!(breaches == 0, "{breaches} promises are not kept");
    Ok(())
}

/// What a learner is told who makes the mistake called `name`.
///
/// # Errors
/// There is no such mistake, or it does not compile.
pub fn verdict_on_mistake(root: &Root, manifest: &Manifest, lab: &Lab, name: &str) -> Result<LabVerdict> {
    let _lock = lock(root)?;
    let progress = Progress::spinner(&format!("making the mistake {name}"));
    mistakes::verdict(&Workshop { root, manifest, lab, progress: &progress }, name)
}

/// One proof at a time: all of them work in the same folder.
fn lock(root: &Root) -> Result<Lock> {
    Lock::take(&root.target().join("course"), "prove the labs")
}

fn of_lab(root: &Root, manifest: &Manifest, lab: &Lab, orderings_only: bool) -> Result<Proof> {
    let began = Instant::now();
    let mut proof = Proof {
        number: lab.number,
        library: lab.library.clone(),
        tasks: lab.tasks.len(),
        mistakes: lab.mistakes.len(),
        ..Proof::default()
    };
    let sites = orderings::sites(root, lab)?;
    proof.orderings = sites.len();
    let progress = Progress::steps(&format!("proving lab {}", lab.number), proof.steps());
    house::check(root, lab, &mut proof);
    let workshop = Workshop { root, manifest, lab, progress: &progress };
    if !orderings_only {
        let mut variants = variants::of(&workshop)?;
        variants.extend(mistakes::of(&workshop, &mut proof));
        workshop.judge(variants, &mut proof)?;
    }
    orderings::check(&workshop, &sites, &mut proof)?;
    proof.seconds = began.elapsed().as_secs();
    Ok(proof)
}

impl Proof {
    fn breach(&mut self, sentence: impl Into<String>) {
        self.breaches.push(sentence.into());
    }

    fn holds(&mut self, holds: bool, sentence: impl FnOnce() -> String) {
        if !holds {
            self.breach(sentence());
        }
    }

    /// How many times the tests are built: the starter, the solution, each task alone and in its order, each mistake, each
    /// ordering weaker.
    fn steps(&self) -> u64 {
        let for_orderings = if self.orderings == 0 { 0 } else { self.orderings + 1 };
        (2 + 2 * self.tasks + self.mistakes + for_orderings) as u64
    }
}

fn print(proof: &Proof, orderings_only: bool) {
    let Proof { number, library, tasks, tests, mistakes, caught, orderings, needed, seconds, breaches } =
        proof;
    let verdict = if breaches.is_empty() { "holds" } else { "BROKEN" };
    let of_tests = format!("{tasks} tasks  {tests:>3} tests  {caught:>2} of {mistakes:>2} mistakes caught  ");
    let of_orderings = format!("{needed:>2} of {orderings:>2} orderings needed  ");
    println!(
        "lab {number:>2}  {library:<12} {}{}{seconds:>3} s  {verdict}",
        if orderings_only { "" } else { &of_tests },
        if *orderings > 0 || orderings_only { &of_orderings } else { "" },
    );
    breaches.iter().for_each(|breach| println!("    {breach}"));
}

/// So many variants are built by one cargo: enough to keep the processors busy to the end, few enough for any disk.
const AT_ONCE: usize = 4;

/// What a proof builds with: copies of the lab's sources that may be changed, in an assembly of reference crates.
struct Workshop<'a> {
    root: &'a Root,
    manifest: &'a Manifest,
    lab: &'a Lab,
    progress: &'a Progress,
}

/// The lab's sources with something changed, and what is then looked at.
struct Variant<'v> {
    /// What was changed, as a sentence begins.
    what: String,
    sources: Files,
    judge: Box<Judge<'v>>,
}

/// Runs the tests of a variant, and says in the proof what they should not have said.
type Judge<'v> = dyn FnOnce(&LabTests, &mut Proof) -> Result<()> + 'v;

impl Workshop<'_> {
    /// Builds the tests with each variant's sources and has it judged; says in `proof` where they do not compile, or with
    /// warnings.
    fn judge(&self, variants: Vec<Variant>, proof: &mut Proof) -> Result<()> {
        let mut variants = variants.into_iter().peekable();
        while variants.peek().is_some() {
            let batch: Vec<Variant> = variants.by_ref().take(AT_ONCE).collect();
            let copies: Vec<&Files> = batch.iter().map(|variant| &variant.sources).collect();
            for (built, Variant { what, judge, .. }) in self.build(&copies)?.into_iter().zip(batch) {
                self.progress.next();
                match built {
                    Ok(tests) => {
                        if let Some(first) = tests.warnings().first() {
                            proof.breach(format!("{what} compiles with warnings:\n{first}"));
                        }
                        judge(&tests, proof)?;
                    }
                    Err(broken) => {
                        let first = broken.errors.first().unwrap_or(&broken.cargo);
                        proof.breach(format!("{what} does not compile:\n{first}"));
                    }
                }
            }
        }
        Ok(())
    }

    /// Builds the tests once with each of these sources.
    fn build(&self, copies: &[&Files]) -> Result<Vec<Result<LabTests, Broken>>> {
        let place = self.root.target().join("course/workshop").join(self.lab.folder());
        let mut folders = Vec::new();
        for (at, sources) in copies.iter().enumerate() {
            let folder = place.join((at + 1).to_string());
            for (inside, text) in *sources {
                write(&folder.join(inside), text)?;
            }
            for path in all_files(&folder.join("src"))? {
                if path.strip_prefix(&folder).is_ok_and(|inside| !sources.contains_key(inside)) {
                    std::fs::remove_file(path)?;
                }
            }
            folders.push(folder.join("src"));
        }
        let subject = Subject { lab: self.lab, with_program: false, copies: folders };
        let assembly =
            Assembly::new(self.root, self.manifest, "workshop-of-proofs", &subject, |_| Whose::Reference)?;
        LabTests::build(self.root, &assembly, &Progress::within())
    }

    /// Runs those of the tests that `wanted` picks.
    fn run(&self, tests: &LabTests, wanted: impl Fn(&str) -> bool) -> Result<BTreeMap<String, Ended>> {
        tests.run(self.root, self.manifest, &Progress::within(), wanted)
    }
}
