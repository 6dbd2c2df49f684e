//! `cargo course mutants`: cargo-mutants over the solutions. Where the tests do not notice a change to the code, they
//! say less than the code does.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::{
    cargo::cargo,
    files::read,
    manifest::{Lab, Manifest},
    originals,
    root::Root,
};

/// The options of `cargo course mutants`.
#[derive(Debug, Args)]
pub struct Options {
    /// The lab; without it, all of them
    number: Option<u8>,
    /// Only the files that hold a task
    #[arg(long)]
    tasks_only: bool,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// What became of a lab's mutants.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize)]
struct Figures {
    #[serde(rename = "crate")]
    library: String,
    /// A test failed.
    caught: usize,
    /// A test hung, and was ended.
    timed_out: usize,
    /// Every test passed.
    missed: usize,
    /// It did not compile.
    unviable: usize,
    /// Those that were missed, each as its place and what was changed.
    survivors: Vec<String>,
}

/// Runs cargo-mutants over the solutions, lab by lab, and prints the figures.
///
/// # Errors
/// cargo-mutants is not installed, or ends without a result.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    originals::need_solutions(root)?;
    let manifest = Manifest::read(root)?;
    let labs = manifest.chosen(options.number)?;
    let there =
        cargo(root).args(["mutants", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    ensure!(
        there.is_ok_and(|status| status.success()),
        "cargo-mutants is needed: `cargo install --locked cargo-mutants`"
    );
    let mut all = Vec::new();
    for lab in labs {
        let figures = of_lab(root, lab, options.tasks_only)?;
        if !options.json {
            print(lab, &figures);
        }
        all.push(figures);
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    }
    Ok(())
}

fn of_lab(root: &Root, lab: &Lab, tasks_only: bool) -> Result<Figures> {
    let out = root.target().join("mutants").join(lab.folder());
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut command = cargo(root);
    command.args([
        "mutants",
        "--package",
        &format!("{}-solution", lab.library),
        "--no-shuffle",
        "--timeout",
        "30",
    ]);
    command.args(["--jobs", "2", "--output"]).arg(&out);
    if tasks_only {
        for file in with_tasks(root, lab)? {
            command.arg("--file").arg(file);
        }
    }
    let status = command.stdout(std::io::stderr()).status().context("cannot run cargo-mutants")?;
    // 2: some were missed; 3: some timed out. Anything else is no result.
    ensure!(
        matches!(status.code(), Some(0 | 2 | 3)),
        "cargo-mutants ended with {status}: its words are above"
    );
    figures(lab, &out.join("mutants.out/outcomes.json"))
}

/// The lab's files that hold a task, from the root.
fn with_tasks(root: &Root, lab: &Lab) -> Result<Vec<PathBuf>> {
    let src = root.join(lab.solution()).join("src");
    let mut files = crate::files::rust_files(&src)?;
    files.retain(|path| read(path).is_ok_and(|text| !crate::region::tasks(&text).is_empty()));
    Ok(files.into_iter().map(|path| PathBuf::from(root.short(&path).to_string())).collect())
}

fn figures(lab: &Lab, path: &Path) -> Result<Figures> {
    let outcomes: Value = serde_json::from_str(&read(path)?).with_context(|| path.display().to_string())?;
    let mut figures = Figures { library: lab.library.clone(), ..Figures::default() };
    let Some(outcomes) = outcomes["outcomes"].as_array() else {
        bail!("{} lists no outcomes", path.display())
    };
    for outcome in outcomes {
        let name = outcome["scenario"]["Mutant"]["name"].as_str();
        match (outcome["summary"].as_str(), name) {
            (Some("CaughtMutant"), _) => figures.caught += 1,
            (Some("Timeout"), _) => figures.timed_out += 1,
            (Some("Unviable"), _) => figures.unviable += 1,
            (Some("MissedMutant"), name) => {
                figures.missed += 1;
                figures.survivors.push(name.unwrap_or("one without a name").to_string());
            }
            _ => {}
        }
    }
    Ok(figures)
}

fn print(lab: &Lab, figures: &Figures) {
    let Figures { caught, timed_out, missed, unviable, survivors, .. } = figures;
    let viable = caught + timed_out + missed;
    println!(
        "lab {:>2}  {:<12} {} of {viable} mutants caught ({timed_out} by hanging), {unviable} did not compile",
        lab.number,
        lab.library,
        caught + timed_out
    );
    survivors.iter().for_each(|survivor| println!("    {survivor}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_read_from_cargo_mutants_own_record() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outcomes.json");
        let outcome = |summary: &str| {
            format!(
                "{{\"scenario\":{{\"Mutant\":{{\"name\":\"a.rs:1: replace f\"}}}},\"summary\":\"{summary}\"}}"
            )
        };
        let all = ["CaughtMutant", "MissedMutant", "Unviable", "Timeout"].map(outcome).join(",");
        crate::files::write(
            &path,
            &format!("{{\"outcomes\":[{{\"scenario\":\"Baseline\",\"summary\":\"Success\"}},{all}]}}"),
        )
        .unwrap();
        let text = "[[lab]]\nnumber = 1\ncrate = \"elf\"\ntitle = \"t\"\nbuilds = \"b\"\nminutes = 1\n";
        let lab = Manifest::parse(text).unwrap().labs.remove(0);
        let figures = figures(&lab, &path).unwrap();
        assert_eq!((figures.caught, figures.timed_out, figures.missed, figures.unviable), (1, 1, 1, 1));
        assert_eq!(figures.survivors, ["a.rs:1: replace f"]);
    }
}
