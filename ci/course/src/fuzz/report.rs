//! What came of the fuzzing, as a table and as JSON.

use std::path::PathBuf;

use serde_json::{Value, json};

/// An input that a target failed at.
#[derive(Debug)]
pub(super) struct Finding {
    /// The panic's words, or the sanitizer's.
    pub(super) what: String,
    /// Where the input is kept.
    pub(super) file: PathBuf,
}

/// One target, fuzzed.
#[derive(Debug)]
pub(super) struct Fuzzed {
    target: String,
    pub(super) executions: u64,
    pub(super) seconds: f64,
    /// Edges of the program's flow that some input of the corpus takes.
    coverage: u64,
    /// How many inputs that takes.
    corpus: u64,
    pub(super) findings: Vec<Finding>,
}

impl Fuzzed {
    pub(super) fn new(target: &str) -> Fuzzed {
        let target = target.to_owned();
        Fuzzed { target, executions: 0, seconds: 0.0, coverage: 0, corpus: 0, findings: Vec::new() }
    }

    /// Adds what one process did.
    pub(super) fn add(&mut self, executions: u64, coverage: u64, corpus: u64) {
        self.executions += executions;
        self.coverage = self.coverage.max(coverage);
        self.corpus = self.corpus.max(corpus);
    }

    fn per_second(&self) -> u64 {
        if self.seconds > 0.0 { (self.executions as f64 / self.seconds) as u64 } else { 0 }
    }
}

/// A line a target, a sum, and every finding with the file that shows it again.
pub(super) fn table(all: &[Fuzzed]) -> String {
    let mut text = row(["target", "executions", "exec/s", "edges", "inputs", "findings"]);
    for one in all {
        let numbers = [one.executions, one.per_second(), one.coverage, one.corpus, one.findings.len() as u64];
        let [executions, per_second, coverage, corpus, findings] = numbers.map(|number| number.to_string());
        text += &row([&one.target, &executions, &per_second, &coverage, &corpus, &findings]);
    }
    let sum: u64 = all.iter().map(|one| one.executions).sum();
    let seconds: f64 = all.iter().map(|one| one.seconds).sum();
    text += &format!("{sum} executions in {seconds:.0} s\n");
    for one in all {
        for Finding { what, file } in &one.findings {
            text += &format!(
                "\n{}: {what}\n  cargo course fuzz {} --input {}\n",
                one.target,
                one.target,
                file.display()
            );
        }
    }
    text
}

fn row([target, rest @ ..]: [&str; 6]) -> String {
    let numbers: String = rest.iter().map(|number| format!(" {number:>11}")).collect();
    format!("{target:12}{numbers}\n")
}

/// The same for a program.
pub(super) fn json(all: &[Fuzzed]) -> String {
    let finding = |finding: &Finding| json!({ "what": finding.what, "file": finding.file });
    let one = |one: &Fuzzed| {
        json!({
            "target": one.target, "executions": one.executions, "seconds": one.seconds,
            "per_second": one.per_second(), "edges": one.coverage, "inputs": one.corpus,
            "findings": one.findings.iter().map(finding).collect::<Value>(),
        })
    };
    format!("{:#}\n", all.iter().map(one).collect::<Value>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_shown_with_the_command_that_shows_it_again() {
        let mut elf = Fuzzed::new("elf");
        elf.add(2000, 300, 40);
        elf.add(500, 200, 50);
        elf.seconds = 5.0;
        elf.findings.push(Finding { what: "src/x.rs: boom".into(), file: "findings/crash-1".into() });
        let text = table(&[elf]);
        assert!(text.contains("2500         500         300          50           1"), "{text}");
        assert!(
            text.contains("elf: src/x.rs: boom\n  cargo course fuzz elf --input findings/crash-1\n"),
            "{text}"
        );
    }
}
