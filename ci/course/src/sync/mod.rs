//! `cargo course sync`: writes again what the repository derives from something else, or with `--check` says what
//! is out of step: the starters, the sessions printed in book and README, the races that the book lets the reader
//! explore, the book's list of labs, its pages of claims, of stricter rules and of the kernel's functions, and what its
//! widgets show.

mod pages;
mod races;
mod sessions;
mod starters;
mod widgets;
mod written;

pub use pages::table as table_of_labs;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;

use crate::{
    difference::difference,
    files::{read_if_there, write},
    keep::Kept,
    manifest::Manifest,
    originals,
    root::Root,
};

use written::Written;

/// The options of `cargo course sync`.
#[derive(Debug, Args)]
pub struct Options {
    /// Change nothing; fail where something is out of step
    #[arg(long)]
    check: bool,
    /// Only the starters and the pages that are derived as a whole, which takes no building
    #[arg(long)]
    starters: bool,
    /// Only what the book's widgets show, races apart
    #[arg(long, conflicts_with_all = ["starters", "sessions"])]
    widgets: bool,
    /// Only the races that a page lets the reader explore
    #[arg(long, conflicts_with_all = ["starters", "widgets"])]
    races: bool,
    /// Only these sessions of the book, and the pages that show one: `06-relocate`, `debian/zstd`
    #[arg(value_name = "SESSION", conflicts_with_all = ["starters", "races"])]
    sessions: Vec<String>,
}

/// A file and what it should hold.
struct Derived {
    path: PathBuf,
    /// Nothing where it is not there.
    now: Option<String>,
    /// Nothing where it should not be there.
    should: Option<String>,
    /// What must be equal of the two: a session's times and addresses never are.
    same: fn(&str) -> String,
}

/// Derives everything, and writes or checks it.
///
/// # Errors
/// A session fails, a file cannot be written, or with `--check` something is out of step.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    originals::need_solutions(root)?;
    let manifest = Manifest::read(root)?;
    let mut stale = Vec::new();
    let mut kept = Kept::new(root, "sync");
    let mut written = Written::read(root)?;
    let mut settle = |derived: Vec<Derived>| -> Result<()> {
        for file in derived {
            match (file.is_stale(), options.check) {
                (false, _) => file.now.iter().for_each(|now| written.add(&file.path, now)),
                (true, true) => stale.push(file),
                (true, false) => file.write(root, &mut kept, &mut written)?,
            }
        }
        Ok(())
    };
    let mut failed = 0;
    let all = !options.starters && !options.widgets && !options.races && options.sessions.is_empty();
    if all || options.widgets {
        settle(widgets::all(root)?)?;
    }
    if all || options.starters {
        let (starters, failures) = starters::all(root, &manifest);
        failed += failures;
        settle(starters)?;
        settle(vec![
            pages::claims(root, &manifest)?,
            pages::stricter(root)?,
            pages::kernel_functions(root)?,
        ])?;
    }
    if all || options.races {
        settle(races::all(root, &manifest)?)?;
    }
    if all || !options.sessions.is_empty() {
        let (sessions, failures) = sessions::all(root, &manifest, &options.sessions)?;
        failed += failures;
        settle(sessions)?;
        // The README shows a session: it is derived from the transcript that was just written.
        settle(pages::all(root, &manifest)?)?;
    }
    if !options.check {
        written.save()?;
    }
    kept.say();
    for file in &stale {
        file.show(root);
    }
    ensure!(failed == 0, "{failed} starters or sessions could not be made: the reasons are above");
    ensure!(stale.is_empty(), "{} files are out of step: `cargo course sync` writes them again", stale.len());
    if options.check {
        println!("Everything that is derived is in step.");
    }
    Ok(())
}

impl Derived {
    fn is_stale(&self) -> bool {
        self.now.as_deref().map(self.same) != self.should.as_deref().map(self.same)
    }

    /// Writes or removes the file. What is not the tool's own is kept.
    fn write(&self, root: &Root, kept: &mut Kept, written: &mut Written) -> Result<()> {
        if self.now.as_ref().is_some_and(|now| !written.is_own(&self.path, now)) {
            kept.keep(&self.path)?;
        }
        let short = root.short(&self.path);
        match &self.should {
            Some(text) => {
                write(&self.path, text)?;
                written.add(&self.path, text);
                println!("wrote {short}");
            }
            None => {
                std::fs::remove_file(&self.path)?;
                println!("removed {short}");
            }
        }
        Ok(())
    }

    fn show(&self, root: &Root) {
        println!("{} is out of step:", root.short(&self.path));
        let text = |text: &Option<String>| text.as_deref().map(self.same).unwrap_or_default();
        for line in difference(&text(&self.now), &text(&self.should)) {
            println!("  {line}");
        }
    }
}

/// A file as it is, that should hold `should`.
fn derived(path: PathBuf, should: Option<String>, same: fn(&str) -> String) -> Result<Derived> {
    Ok(Derived { now: read_if_there(&path)?, path, should, same })
}
