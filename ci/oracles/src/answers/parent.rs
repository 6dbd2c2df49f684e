//! Runs the checks in child processes, two or more at once, and survives theirs dying.

use std::{
    env,
    io::{BufRead, BufReader},
    ops::Range,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        mpsc::{self, Receiver},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use indicatif::ProgressBar;
use serde_json::Value;

use super::{
    Options,
    check::Check,
    report::{Outcome, Report, Result},
};

/// How many checks one child is asked to do.
const BATCH: usize = 8;
/// How long a child may say nothing.
const PATIENCE: Duration = Duration::from_secs(180);

/// Runs all, prints the report, and says whether all is well.
pub fn run(options: &Options, checks: &[Check]) -> anyhow::Result<bool> {
    let started = Instant::now();
    let bar = ProgressBar::new(checks.len() as u64);
    let batches = (0..checks.len()).step_by(BATCH).map(|from| from..checks.len().min(from + BATCH));
    let (queue, results) = (Mutex::new(batches), Mutex::new(Vec::new()));
    let helpers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| -> anyhow::Result<()> {
        let work = || -> anyhow::Result<()> {
            while let Some(batch) = queue.lock().ok().and_then(|mut queue| queue.next()) {
                let done = batch_of(options, batch, &bar)?;
                results.lock().map_err(|_| anyhow::anyhow!("a helper panicked"))?.extend(done);
            }
            Ok(())
        };
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        helpers.into_iter().try_for_each(|helper| helper.join().unwrap_or_else(|_| Ok(())))
    })?;
    bar.finish_and_clear();
    let results = results.into_inner().unwrap_or_default();
    let report = Report::new(checks, &results, started.elapsed());
    report.print(options.json)?;
    Ok(report.is_well(options.at_least))
}

/// Runs a batch; where the child dies, the check it was at is recorded, and another child does the rest.
fn batch_of(options: &Options, mut batch: Range<usize>, bar: &ProgressBar) -> anyhow::Result<Vec<Result>> {
    let mut results = Vec::new();
    while !batch.is_empty() {
        let mut child = spawn(options, &batch)?;
        let lines = lines_of(&mut child);
        let mut at = batch.start;
        let mut hangs = false;
        while at < batch.end {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let Some(result) = ended(&line) else { continue };
                    results.push(result);
                    at += 1;
                    bar.inc(1);
                }
                Err(error) => {
                    hangs = error == mpsc::RecvTimeoutError::Timeout;
                    break;
                }
            }
        }
        if hangs {
            child.kill()?;
        }
        let status = child.wait()?;
        if at < batch.end {
            let text = if hangs { "did not end".to_owned() } else { format!("the process died: {status}") };
            results.push(Result { number: at, compared: 0, outcome: Outcome::Silent, text });
            bar.inc(1);
            at += 1;
        }
        batch.start = at;
    }
    Ok(results)
}

fn spawn(options: &Options, batch: &Range<usize>) -> anyhow::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("answers").arg(&options.directory).arg("--symvers").arg(&options.symvers);
    command.args(["--only", &options.only, "--worker", &format!("{}-{}", batch.start, batch.end)]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start a child process")
}

/// The child's lines as they come; the channel closes with its output.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(std::io::Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    receiver
}

/// What a line says of the end of a check.
fn ended(line: &str) -> Option<Result> {
    let value: Value = serde_json::from_str(line).ok()?;
    Some(Result {
        number: value.get("ends")?.as_u64()? as usize,
        compared: value.get("compared")?.as_u64()? as usize,
        outcome: Outcome::named(value.get("outcome")?.as_str()?),
        text: value.get("text")?.as_str()?.to_owned(),
    })
}
