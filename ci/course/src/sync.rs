//! `cargo course sync`: writes again what the repository derives from something else, or with `--check` says what
//! is out of step: the sessions printed in book and README, and the book's list of labs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use course_modules::found::Found;

use crate::{
    cargo::LOADER,
    demo,
    manifest::Manifest,
    root::Root,
    session::{Session, canonical},
};

/// The options of `cargo course sync`.
#[derive(Debug, Args)]
pub struct Options {
    /// Change nothing; fail where something is out of step
    #[arg(long)]
    check: bool,
}

/// A file and what it should hold.
struct Derived {
    path: PathBuf,
    now: String,
    should: String,
}

/// Derives everything, and writes or checks it.
///
/// # Errors
/// A session fails, a file cannot be written, or with `--check` something is out of step.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    let (sessions, failed) = sessions(root)?;
    let mut stale: Vec<Derived> = sessions.into_iter().filter(|file| file.is_stale()).collect();
    if !options.check {
        // The README shows a session: it is derived from the transcript that is written here.
        stale.drain(..).try_for_each(|file| file.write(root))?;
    }
    stale.extend(pages(root)?.into_iter().filter(|file| file.now != file.should));
    ensure!(failed == 0, "{failed} sessions failed");
    if !options.check {
        return stale.iter().try_for_each(|file| file.write(root));
    }
    for file in &stale {
        println!("{} is out of step:", root.short(&file.path));
        for line in difference(&canonical(&file.now), &canonical(&file.should)) {
            println!("  {line}");
        }
    }
    ensure!(stale.is_empty(), "{} files are out of step: `cargo course sync` writes them again", stale.len());
    println!("Everything that is derived is in step.");
    Ok(())
}

impl Derived {
    /// Whether more than times and addresses differ.
    fn is_stale(&self) -> bool {
        canonical(&self.now) != canonical(&self.should)
    }

    fn write(&self, root: &Root) -> Result<()> {
        std::fs::write(&self.path, &self.should)
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        println!("wrote {}", root.short(&self.path));
        Ok(())
    }
}

/// The transcripts, every session run again, and how many failed.
fn sessions(root: &Root) -> Result<(Vec<Derived>, usize)> {
    let loader = LOADER.build(root)?;
    let modules = demo::own_modules(root)?;
    let real = Found::read_above(root.path())?.is_some_and(|found| found.course.is_some());
    let (mut derived, mut failed) = (Vec::new(), 0);
    for session in Session::all(root)? {
        if session.real && !real {
            eprintln!(
                "skipped {}: `cargo course modules` has not fetched Debian's modules",
                root.short(&session.script)
            );
            continue;
        }
        let path = session.transcript();
        let now = std::fs::read_to_string(&path).unwrap_or_default();
        match session.run(&loader, &modules) {
            Ok(should) => derived.push(Derived { now, should, path }),
            Err(error) => {
                eprintln!("{error:#}");
                failed += 1;
            }
        }
    }
    Ok((derived, failed))
}

/// The pages that show something derived between `<!-- derived: WHAT -->` and `<!-- end -->`.
fn pages(root: &Root) -> Result<Vec<Derived>> {
    let manifest = Manifest::read(root)?;
    let page = |name: &str| {
        let path = root.join(name);
        let now = read(&path)?;
        let should = derive(&now, |what| match what.split_once(' ') {
            None if what == "labs" => Ok(table(&manifest)),
            Some(("session", name)) => {
                let transcript = root.join("book/sessions").join(name).with_extension("out");
                Ok(format!("```text\n{}\n```\n", read(&transcript)?.trim_end()))
            }
            _ => bail!("nothing is called `{what}`"),
        });
        Ok(Derived { now: now.clone(), should: should.with_context(|| name.to_string())?, path })
    };
    ["README.md", "book/the-road-ahead.md"].into_iter().map(page).collect()
}

/// `text` with each marked part replaced by what `make` makes of its name.
fn derive(text: &str, make: impl Fn(&str) -> Result<String>) -> Result<String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("<!-- derived: ") {
        let (what, after) = after.split_once(" -->\n").context("a `derived` mark without an end")?;
        let (_, after) =
            after.split_once("<!-- end -->").with_context(|| format!("`{what}` has no end mark"))?;
        out += &format!("{before}<!-- derived: {what} -->\n\n{}\n<!-- end -->", make(what)?);
        rest = after;
    }
    Ok(out + rest)
}

/// The manifest as a table for the book.
fn table(manifest: &Manifest) -> String {
    let mut text = String::from("| | crate | you build | minutes | solution |\n|--:|---|---|--:|---|\n");
    for lab in &manifest.labs {
        let state = if lab.planned { "to come" } else { "here" };
        text += &format!(
            "| {} | `{}` | **{}**: {} | {} | {state} |\n",
            lab.number, lab.library, lab.title, lab.builds, lab.minutes
        );
    }
    text
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The lines of two texts between their common beginning and their common end.
fn difference(now: &str, should: &str) -> Vec<String> {
    let (now, should): (Vec<_>, Vec<_>) = (now.lines().collect(), should.lines().collect());
    let same = now.iter().zip(&should).take_while(|(a, b)| a == b).count();
    let (now, should) = (&now[same..], &should[same..]);
    let tail = now.iter().rev().zip(should.iter().rev()).take_while(|(a, b)| a == b).count();
    let lost = now[..now.len() - tail].iter().map(|line| format!("- {line}"));
    lost.chain(should[..should.len() - tail].iter().map(|line| format!("+ {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_the_marks_is_made_again_and_the_rest_stays() {
        let text = "a\n<!-- derived: labs -->\n\nold\n\n<!-- end -->\nb\n";
        let made = derive(text, |what| Ok(format!("new {what}\n"))).unwrap();
        assert_eq!(made, "a\n<!-- derived: labs -->\n\nnew labs\n\n<!-- end -->\nb\n");
        assert_eq!(derive(&made, |what| Ok(format!("new {what}\n"))).unwrap(), made);
    }

    #[test]
    fn a_mark_that_is_not_closed_is_refused() {
        assert!(derive("<!-- derived: labs -->\n", |_| Ok(String::new())).is_err());
    }

    #[test]
    fn the_difference_shows_what_changed_and_nothing_else() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), ["- b", "+ x"]);
        assert_eq!(difference("a\nc\n", "a\nb\nc\n"), ["+ b"]);
        assert!(difference("a\n", "a\n").is_empty());
    }

    #[test]
    fn the_road_ahead_lists_the_labs_as_the_manifest_does() {
        let root = Root::above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let page = read(&root.join("book/the-road-ahead.md")).unwrap();
        let table = table(&Manifest::read(&root).unwrap());
        assert!(
            page.contains(&table),
            "the-road-ahead.md is out of step with labs.toml: run `cargo course sync`"
        );
    }
}
