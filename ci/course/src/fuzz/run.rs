//! One target under libFuzzer: the process, what it prints, and what it leaves behind.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use super::report::{Finding, Fuzzed};
use crate::{progress::Progress, root::Root};

/// After so many findings a target has said enough.
const ENOUGH: usize = 5;

/// Lines of libFuzzer that are kept to show what a finding was.
const LAST_LINES: usize = 60;

/// The fuzzer's program and its folders.
pub(super) struct Fuzzer {
    program: PathBuf,
    /// `corpus/TARGET` and `findings/TARGET` are in it.
    folder: PathBuf,
    /// `TARGET.dict`, where a target has words that no change of a byte would come upon.
    dictionaries: PathBuf,
}

/// What one process of libFuzzer came to.
#[derive(Debug, Default)]
struct Outcome {
    executions: u64,
    coverage: u64,
    corpus: u64,
    /// What it printed last, where it found something.
    last: Vec<String>,
    failed: bool,
}

impl Fuzzer {
    pub(super) fn new(root: &Root, program: PathBuf) -> Fuzzer {
        Fuzzer {
            program,
            folder: root.target().join("fuzz"),
            dictionaries: root.join("ci/fuzz/dictionaries"),
        }
    }

    /// Fuzzes `target` for so long; after a finding it goes on.
    ///
    /// # Errors
    /// libFuzzer cannot be run, or ends without having fuzzed and without a finding.
    pub(super) fn fuzz(&self, target: &str, share: Duration, progress: &Progress) -> Result<Fuzzed> {
        let began = Instant::now();
        let mut all = Fuzzed::new(target);
        while all.findings.len() < ENOUGH {
            let left = share.saturating_sub(began.elapsed()).as_secs();
            if left == 0 && all.executions > 0 {
                break;
            }
            let kept = self.kept(target)?;
            let outcome = self.run(target, left.max(1), progress)?;
            all.add(outcome.executions, outcome.coverage, outcome.corpus);
            if !outcome.failed {
                ensure!(outcome.executions > 0, "{target} was not fuzzed:\n{}", outcome.last.join("\n"));
                continue;
            }
            let new = self.kept(target)?.into_iter().find(|path| !kept.contains(path));
            let file = new.with_context(|| {
                format!("the fuzzer failed and kept no input of {target}:\n{}", outcome.last.join("\n"))
            })?;
            all.findings.push(Finding { what: what_of(&outcome.last), file });
        }
        all.seconds = began.elapsed().as_secs_f64();
        Ok(all)
    }

    /// Gives `target` one input, and shows what comes of it.
    ///
    /// # Errors
    /// The input fails.
    pub(super) fn give(&self, target: &str, input: &Path) -> Result<()> {
        ensure!(input.is_file(), "{} is no file", input.display());
        let status = self.command(target).arg(input).status();
        let status = status.with_context(|| format!("cannot run {}", self.program.display()))?;
        ensure!(status.success(), "{target} fails at {}", input.display());
        Ok(())
    }

    fn command(&self, target: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.env("FUZZ_TARGET", target).env("RUST_BACKTRACE", "1").stdin(Stdio::null());
        command
    }

    /// The inputs that are kept for having failed.
    fn kept(&self, target: &str) -> Result<Vec<PathBuf>> {
        let folder = made(self.folder.join("findings").join(target))?;
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        Ok(entries.flatten().map(|entry| entry.path()).collect())
    }

    fn run(&self, target: &str, seconds: u64, progress: &Progress) -> Result<Outcome> {
        let corpus = made(self.folder.join("corpus").join(target))?;
        let findings = made(self.folder.join("findings").join(target))?;
        let mut command = self.command(target);
        command.env("FUZZ_SEEDS", &corpus).arg(&corpus);
        command.arg(format!("-artifact_prefix={}/", findings.display()));
        command.arg(format!("-max_total_time={seconds}"));
        command.args(["-print_final_stats=1", "-timeout=20", "-rss_limit_mb=3000", "-max_len=20000"]);
        let dictionary = self.dictionaries.join(target).with_extension("dict");
        command.args(dictionary.is_file().then(|| format!("-dict={}", dictionary.display())));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let child = child.as_mut().map_err(|error| anyhow::anyhow!("{}: {error}", self.program.display()))?;
        let mut outcome = Outcome::default();
        let lines = child.stderr.take().map(BufReader::new);
        for line in lines.into_iter().flat_map(|lines| lines.split(b'\n')) {
            let line = line.context("the fuzzer's words cannot be read")?;
            outcome.hear(&String::from_utf8_lossy(&line));
            progress.note(&format!("fuzzing {target}: {} executions", outcome.executions));
        }
        outcome.failed = !child.wait().context("the fuzzer cannot be waited for")?.success();
        Ok(outcome)
    }
}

fn made(folder: PathBuf) -> Result<PathBuf> {
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

impl Outcome {
    /// Takes in one line of libFuzzer's: `#2048 pulse cov: 512 ft: 900 corp: 3/12b exec/s: 1024 …` while it runs,
    /// `stat::number_of_executed_units: 2048` at its end.
    fn hear(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = number.trim().parse().unwrap_or(self.executions);
        } else if let Some(number) = words.next().and_then(|word| word.strip_prefix('#')?.parse().ok()) {
            self.executions = number;
            let value_of = |name: &str| words.clone().skip_while(|word| *word != name).nth(1);
            let number = |text: &str| text.split('/').next()?.parse().ok();
            self.coverage = value_of("cov:").and_then(number).unwrap_or(self.coverage);
            self.corpus = value_of("corp:").and_then(number).unwrap_or(self.corpus);
            return;
        }
        self.last.push(line.to_owned());
        if self.last.len() > LAST_LINES {
            self.last.remove(0);
        }
    }
}

/// What a finding is: the panic, or AddressSanitizer's or libFuzzer's own line.
fn what_of(last: &[String]) -> String {
    let panicked = last.iter().position(|line| line.contains("panicked at "));
    let message = panicked.map(|at| {
        let place = last.get(at).and_then(|line| line.split("panicked at ").nth(1)).unwrap_or_default();
        format!("{place} {}", last.get(at + 1).map_or("", String::as_str))
    });
    let error = || last.iter().find_map(|line| Some(line.split_once("ERROR: ")?.1.to_owned()));
    message.or_else(error).unwrap_or_else(|| "the fuzzer does not say what it was".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_prints_is_understood() {
        let mut outcome = Outcome::default();
        for line in [
            "INFO: Seed: 1",
            "#2\tINITED cov: 30 ft: 31 corp: 1/1b exec/s: 0 rss: 40Mb",
            "#4096\tpulse  cov: 512 ft: 900 corp: 33/12Kb lim: 43 exec/s: 2048 rss: 44Mb",
            "stat::number_of_executed_units: 5000",
        ] {
            outcome.hear(line);
        }
        assert_eq!((outcome.executions, outcome.coverage, outcome.corpus), (5000, 512, 33));
    }

    #[test]
    fn a_finding_is_said_in_the_panics_or_the_sanitizers_words() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let panic = "thread '<unnamed>' panicked at src/x.rs:3:4:\nindex out of bounds\n==1== ERROR: libFuzzer: deadly";
        assert_eq!(what_of(&lines(panic)), "src/x.rs:3:4: index out of bounds");
        let sanitizer =
            "=================\n==77==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6";
        assert_eq!(what_of(&lines(sanitizer)), "AddressSanitizer: heap-buffer-overflow on address 0x6");
    }
}
