//! The named mistakes: each is a patch to the solution, and must fail the tests that are named for it.

use anyhow::{Context, Result, bail};
use diffy::Patch;

use super::{Proof, Variant, Workshop};
use crate::{
    files::read,
    lab_tests::{self, LabTests},
    manifest::Mistake,
    starter::{self, Files},
    verdict::{LabVerdict, Outcome},
};

/// The solution with each mistake in turn; says in `proof` which of the patches fit no longer.
pub fn of<'v>(workshop: &'v Workshop, proof: &mut Proof) -> Vec<Variant<'v>> {
    let mut variants = Vec::new();
    for mistake in &workshop.lab.mistakes {
        let what = format!("the mistake {}", mistake.name);
        match patched(workshop, mistake) {
            Ok(sources) => {
                let judge =
                    Box::new(|tests: &LabTests, proof: &mut Proof| judge(workshop, mistake, tests, proof));
                variants.push(Variant { what, sources, judge });
            }
            Err(error) => proof.breach(format!("{what}: {error:#}")),
        }
    }
    variants
}

/// Looks whether those notice who are named for it.
fn judge(workshop: &Workshop, mistake: &Mistake, tests: &LabTests, proof: &mut Proof) -> Result<()> {
    let name = format!("the mistake {}", mistake.name);
    let outcomes = workshop.run(tests, |test| mistake.caught_by.iter().any(|by| by == test))?;
    let mut caught = true;
    for test in &mistake.caught_by {
        caught &= match outcomes.get(test).map(|ended| &ended.outcome) {
            Some(Outcome::Failed(_) | Outcome::TimedOut { .. } | Outcome::NotRun | Outcome::Died { .. }) => {
                true
            }
            Some(outcome) => {
                proof.breach(format!("{name} is not caught by {test}: {outcome:?}"));
                false
            }
            None => {
                proof.breach(format!("{name}: there is no test {test}"));
                false
            }
        };
    }
    proof.caught += usize::from(caught);
    Ok(())
}

/// The verdict on the solution with one mistake in it.
pub fn verdict(workshop: &Workshop, name: &str) -> Result<LabVerdict> {
    let lab = workshop.lab;
    let mistake = lab.mistakes.iter().find(|mistake| mistake.name == name);
    let mistake = mistake.with_context(|| format!("lab {} has no mistake {name}", lab.number))?;
    let built = workshop.build(&[&patched(workshop, mistake)?])?.pop().context("nothing was built")?;
    match built {
        Ok(tests) => Ok(lab_tests::verdict(workshop.root, lab, false, &workshop.run(&tests, |_| true)?)),
        Err(broken) => {
            bail!("the mistake {name} does not compile:\n{}", broken.errors.first().unwrap_or(&broken.cargo))
        }
    }
}

/// The solution's sources with the mistake in them.
fn patched(workshop: &Workshop, mistake: &Mistake) -> Result<Files> {
    let path =
        workshop.root.join(workshop.lab.solution()).join("mistakes").join(format!("{}.patch", mistake.name));
    let text = read(&path)?;
    let mut sources = starter::sources(workshop.root, workshop.lab, |_| false)?;
    for (file, patch) in patches(&text)? {
        let original = read(&workshop.root.join(workshop.lab.solution()).join(file))?;
        let patch =
            Patch::from_str(patch).with_context(|| format!("its patch to {file} is no unified diff"))?;
        let changed =
            diffy::apply(&original, &patch).with_context(|| format!("its patch no longer fits {file}"))?;
        // The markers go; a mistake leaves no task open.
        let changed = crate::region::starter(&changed, |_| Ok(None))?;
        sources.insert(file.into(), changed);
    }
    Ok(sources)
}

/// The parts of a patch, one for each file that it changes.
fn patches(text: &str) -> Result<Vec<(&str, &str)>> {
    let starts: Vec<usize> = text
        .match_indices("--- a/")
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || text[..*at].ends_with('\n'))
        .collect();
    if starts.is_empty() {
        bail!("it changes no file: `--- a/src/…` is missing");
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let mut parts = Vec::new();
    for (start, end) in starts.iter().copied().zip(ends) {
        let part = &text[start..end];
        // What git writes before the next file is no part of this one.
        let part = part.split_once("\ndiff ").map_or(part, |(part, _)| &text[start..start + part.len() + 1]);
        let file = part.lines().next().unwrap_or_default().trim_start_matches("--- a/");
        parts.push((file.split('\t').next().unwrap_or(file).trim_end(), part));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_may_change_several_files_and_may_come_from_git() {
        let text = "It forgets.\n\ndiff --git a/src/a.rs b/src/a.rs\n--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1 +1 @@\n-a\n+b\n\
                    diff --git a/src/b.rs b/src/b.rs\n--- a/src/b.rs\t2026\n+++ b/src/b.rs\n@@ -1 +1 @@\n-c\n+d\n";
        let parts = patches(text).unwrap();
        let names: Vec<&str> = parts.iter().map(|(file, _)| *file).collect();
        assert_eq!(names, ["src/a.rs", "src/b.rs"]);
        for ((_, patch), (from, to)) in parts.into_iter().zip([("a\n", "b\n"), ("c\n", "d\n")]) {
            assert_eq!(diffy::apply(from, &Patch::from_str(patch).unwrap()).unwrap(), to);
        }
        assert!(patches("nothing").is_err());
    }
}
