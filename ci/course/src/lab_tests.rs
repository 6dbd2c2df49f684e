//! Builds a lab's tests and runs them, one process a test, so that one that hangs or dies takes no other with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    assembly::Assembly,
    build::{self, Broken},
    files::read_if_there,
    manifest::{Lab, Manifest},
    panic_message,
    patience::{self, PATIENCE},
    progress::Progress,
    root::Root,
    verdict::{Ended, LabVerdict, Outcome, TaskVerdict, TestVerdict},
};
use anyhow::{Context, Result, bail, ensure};

/// So many lines of what the code printed are kept.
const PRINTED: usize = 8;

/// As much of a test's words as is read; bytes.
const HEARD: usize = 256 << 10;

/// A lab's tests, built.
#[derive(Debug)]
pub struct LabTests {
    executable: PathBuf,
    /// The names of the tests, as `TASK::name`.
    names: Vec<String>,
    warnings: Vec<String>,
}

impl LabTests {
    /// Builds the tests of what `assembly` is about, of each of its copies.
    ///
    /// # Errors
    /// cargo cannot be run. That a copy's code does not compile is the inner error.
    pub fn build(
        root: &Root,
        assembly: &Assembly,
        progress: &Progress,
    ) -> Result<Vec<Result<LabTests, Broken>>> {
        let mut command = assembly.cargo(root);
        command.args(["--test", "lab", "--keep-going"]);
        let built = build::run_each(root, command, assembly.packages(), progress)?;
        let listed = built.into_iter().map(|built| {
            let built = match built {
                Ok(built) => built,
                Err(broken) => return Ok(Err(broken)),
            };
            let executable = built.executable("lab")?;
            let names = list(&executable)?;
            Ok(Ok(LabTests { executable, names, warnings: built.warnings }))
        });
        listed.collect()
    }

    /// Runs the tests that `wanted` picks, as many at once as there are processors. Once a test of a task hangs, the
    /// others of that task are not begun: they would hang too, each in its turn.
    ///
    /// # Errors
    /// A test's process cannot be started.
    pub fn run(
        &self,
        root: &Root,
        manifest: &Manifest,
        progress: &Progress,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<BTreeMap<String, Ended>> {
        let names: Vec<&String> = self.names.iter().filter(|name| wanted(name)).collect();
        let next = AtomicUsize::new(0);
        let (ended, hanging) = (Mutex::new(BTreeMap::new()), Mutex::new(BTreeSet::new()));
        let work = || -> Result<()> {
            // Relaxed: the number is all that is shared; the names were there before the threads were.
            while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                let task = name.split("::").next().unwrap_or_default();
                let one = match held(&hanging).contains(task) {
                    true => Ended { outcome: Outcome::NotRun, printed: String::new() },
                    false => self.run_one(root, manifest, name)?,
                };
                if matches!(one.outcome, Outcome::TimedOut { .. }) {
                    held(&hanging).insert(task.to_string());
                }
                held(&ended).insert(name.to_string(), one);
                progress.next();
            }
            Ok(())
        };
        thread::scope(|scope| {
            let workers = thread::available_parallelism().map_or(1, |count| count.get());
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| match worker.join() {
                Ok(result) => result,
                Err(_) => bail!("a thread that ran tests died"),
            })
        })?;
        Ok(ended.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// rustc's warnings about the course's own crates.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// How many tests there are.
    pub fn count(&self) -> u64 {
        self.names.len() as u64
    }

    fn run_one(&self, root: &Root, manifest: &Manifest, name: &str) -> Result<Ended> {
        let mut command = Command::new(&self.executable);
        command.args(["--exact", name, "--nocapture", "--test-threads=1"]);
        command.current_dir(root.path()).env("RUST_BACKTRACE", "0");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().with_context(|| format!("cannot run {}", self.executable.display()))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = (thread::spawn(|| hear(stdout)), thread::spawn(|| hear(stderr)));
        let status = patience::wait(&mut child).context("cannot wait for a test")?;
        let Some(status) = status else {
            let outcome = Outcome::TimedOut { seconds: PATIENCE.as_secs() };
            return Ok(Ended { outcome, printed: String::new() });
        };
        let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
        // The harness's own last line: whoever leaves through `exit` does not get that far.
        if status.success() && stdout.contains("test result: ok. 1 passed") {
            return Ok(Ended { outcome: Outcome::Passed, printed: String::new() });
        }
        let outcome = match status.success() {
            true => None,
            false => panic_message::outcome(root, manifest, &stderr),
        };
        let outcome = outcome.unwrap_or_else(|| Outcome::Died { how: how_it_died(status, &stderr) });
        Ok(Ended { outcome, printed: printed(name, &stdout, &stderr) })
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn how_it_died(status: ExitStatus, stderr: &str) -> String {
    const WITHOUT_END: &str = "does something call itself without end?";
    match status.success() {
        true => "its process left through exit, before the test was done".to_string(),
        false if stderr.contains("has overflowed its stack") => {
            format!("its stack overflowed: {WITHOUT_END}")
        }
        // What Rust's harness ends with where a panic did not reach the test.
        false if status.code() == Some(101) => {
            "a panic ended its process, before the test could say more".to_string()
        }
        false => format!("its process ended with {status}: did its stack overflow, {WITHOUT_END}"),
    }
}

/// What the code itself printed, without what the harness and panics say around it.
fn printed(name: &str, stdout: &str, stderr: &str) -> String {
    let began = format!("test {name} ... ");
    let stdout = stdout.split_once(&began).map_or("", |(_, rest)| rest);
    let stdout = stdout.rsplit_once("FAILED\n").map_or(stdout, |(own, _)| own);
    let stderr = stderr.find("thread '").map_or(stderr, |at| &stderr[..at]);
    let lines: Vec<&str> =
        stdout.lines().chain(stderr.lines()).filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(PRINTED)..].join("\n")
}

/// The verdict on every task of a lab: `tests` by task, in the order in which the tests are written, which begins
/// with the plain case.
pub fn verdict(root: &Root, lab: &Lab, with_reference: bool, tests: &BTreeMap<String, Ended>) -> LabVerdict {
    let of_task = |name: &str| {
        let tests = tests.iter().filter_map(|(test, Ended { outcome, printed })| {
            let name = test.strip_prefix(name)?.strip_prefix("::")?.to_string();
            Some(TestVerdict { name, outcome: outcome.clone(), printed: printed.clone() })
        });
        let mut tests: Vec<TestVerdict> = tests.collect();
        let source = read_if_there(&root.join(lab.starter()).join(format!("tests/{name}.rs")));
        let source = source.ok().flatten().unwrap_or_default();
        tests.sort_by_key(|test| source.find(&format!("fn {}(", test.name)));
        tests
    };
    let tasks = lab
        .tasks
        .iter()
        .map(|task| TaskVerdict::new(lab.number, &task.name, task.points, of_task(&task.name)));
    LabVerdict { number: lab.number, library: lab.library.clone(), with_reference, tasks: tasks.collect() }
}

/// The names of the tests in a test program.
fn list(executable: &Path) -> Result<Vec<String>> {
    let output = Command::new(executable).args(["--list", "--format", "terse"]).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run {}", executable.display()))?;
    ensure!(output.status.success(), "{} does not list its tests", executable.display());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_string).collect())
}

/// Reads what a test says to its end, and keeps the end of it.
fn hear(pipe: Option<impl Read>) -> String {
    let Some(mut pipe) = pipe else { return String::new() };
    let mut kept: Vec<u8> = Vec::new();
    let mut buffer = [0; 16 << 10];
    while let Ok(count @ 1..) = pipe.read(&mut buffer) {
        kept.extend(&buffer[..count]);
        if kept.len() > 2 * HEARD {
            kept.drain(..kept.len() - HEARD);
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_code_printed_is_told_from_what_the_harness_says() {
        let stdout =
            "\nrunning 1 test\ntest apply::x ... one\ntwo\nFAILED\n\nfailures:\n\nfailures:\n    apply::x\n";
        let stderr = "[labs/x/src/lib.rs:3:5] at = 7\n\nthread 'apply::x' (1) panicked at a.rs:1:1:\nno\n";
        assert_eq!(printed("apply::x", stdout, stderr), "one\ntwo\n[labs/x/src/lib.rs:3:5] at = 7");
    }
}
