//! `cargo course fuzz`: every parser of the course under libFuzzer and AddressSanitizer, for as long as you like.

mod build;
mod report;
mod run;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::{files::read, lock::Lock, originals, progress::Progress, root::Root};
use report::Fuzzed;
use run::Fuzzer;

/// The options of `cargo course fuzz`.
#[derive(Debug, Args)]
pub struct Options {
    /// What to fuzz; without any, everything
    targets: Vec<String>,
    /// For how long, everything together; each target gets the same share, and two seconds at the least
    #[arg(short, long, default_value_t = 10.0, value_parser = minutes)]
    minutes: f64,
    /// Give a target this input once, as it was kept where it was found
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Name what can be fuzzed, and fuzz nothing
    #[arg(long, conflicts_with_all = ["targets", "input"])]
    list: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

/// The shortest time that a target gets.
const SHORTEST: Duration = Duration::from_secs(2);

fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse().ok().filter(|minutes| (0.0..=100_000.0).contains(minutes));
    minutes.ok_or_else(|| format!("'{text}' is no number of minutes, 0 to 100000"))
}

/// Fuzzes, and says what came of it.
///
/// # Errors
/// The fuzzer cannot be built or run, a target is none, or there are findings.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    originals::need_solutions(root)?;
    let names = targets(root)?;
    if options.list {
        names.iter().for_each(|name| println!("{name}"));
        return Ok(());
    }
    for name in &options.targets {
        ensure!(names.contains(name), "nothing called '{name}' is fuzzed: there are {}", names.join(", "));
    }
    let chosen = if options.targets.is_empty() { &names } else { &options.targets };
    let _lock = Lock::take(&root.target(), "fuzz")?;
    let fuzzer = Fuzzer::new(root, build::build(root)?);
    if let Some(input) = &options.input {
        let [target] = chosen.as_slice() else { bail!("which target shall read {}?", input.display()) };
        return fuzzer.give(target, input);
    }
    let share = Duration::from_secs_f64(60.0 * options.minutes / chosen.len() as f64).max(SHORTEST);
    let progress = Progress::steps("fuzzing", chosen.len() as u64);
    let mut all = Vec::new();
    for target in chosen {
        progress.say(&format!("fuzzing {target} for {} s", share.as_secs()));
        all.push(fuzzer.fuzz(target, share, &progress)?);
        progress.next();
    }
    drop(progress);
    print!("{}", if options.json { report::json(&all) } else { report::table(&all) });
    let findings: usize = all.iter().map(|fuzzed: &Fuzzed| fuzzed.findings.len()).sum();
    ensure!(findings == 0, "{findings} findings: each is kept in the file that is named above");
    Ok(())
}

/// The names of the targets: the files of ci/fuzz/src/targets.
fn targets(root: &Root) -> Result<Vec<String>> {
    const LIST: &str = "ci/fuzz/src/targets/mod.rs";
    let text = read(&root.join(LIST))?;
    let lines = text.lines().filter_map(|line| line.trim().strip_suffix("::TARGET,"));
    let names: Vec<String> = lines.map(|name| name.replace('_', "-")).collect();
    (!names.is_empty()).then_some(names).with_context(|| format!("{LIST} lists no targets"))
}
