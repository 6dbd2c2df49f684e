//! What came of the checks: one line a module, and the count.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;

use super::check::Check;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Every answer was right.
    Right,
    /// There was none, or not enough.
    Silent,
    /// One was wrong.
    Wrong,
}

impl Outcome {
    /// The one of that name.
    pub fn named(name: &str) -> Outcome {
        match name {
            "right" => Outcome::Right,
            "wrong" => Outcome::Wrong,
            _ => Outcome::Silent,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Outcome::Right => "right",
            Outcome::Silent => "silent",
            Outcome::Wrong => "wrong",
        }
    }
}

/// What came of one check.
#[derive(Debug, Clone)]
pub struct Result {
    /// Which check.
    pub number: usize,
    /// How many answers were compared.
    pub compared: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong.
    pub text: String,
}

/// What is known of a module.
struct Line<'a> {
    outcome: Outcome,
    compared: usize,
    what: Vec<&'a str>,
    against: Vec<&'a str>,
    troubles: Vec<&'a str>,
}

/// All modules.
pub struct Report<'a> {
    modules: BTreeMap<&'a str, Line<'a>>,
    answers: usize,
    elapsed: Duration,
}

impl<'a> Report<'a> {
    /// Puts together what the checks say of each module.
    pub fn new(checks: &'a [Check], results: &'a [Result], elapsed: Duration) -> Report<'a> {
        let mut modules: BTreeMap<&str, Line<'_>> = BTreeMap::new();
        for result in results {
            let Some(check) = checks.get(result.number) else { continue };
            for module in &check.modules {
                modules.entry(module).or_insert_with(Line::new).add(module, check, result);
            }
        }
        Report { modules, answers: results.iter().map(|result| result.compared).sum(), elapsed }
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.modules.values().filter(|line| line.outcome() == outcome).count()
    }

    /// Whether no answer was wrong and enough modules were verified.
    pub fn is_well(&self, at_least: usize) -> bool {
        self.count(Outcome::Wrong) == 0 && self.count(Outcome::Right) >= at_least
    }

    /// Prints it, as a table or as JSON.
    pub fn print(&self, as_json: bool) -> anyhow::Result<()> {
        if as_json {
            println!("{}", serde_json::to_string_pretty(&self.json())?);
            return Ok(());
        }
        for (module, line) in &self.modules {
            let (what, against) = (line.what.join("; "), line.against.join("; "));
            println!(
                "{:<7}{module}: {what}, against {against}; {} answers",
                line.outcome().name(),
                line.compared
            );
            line.troubles.iter().for_each(|trouble| println!("       {trouble}"));
        }
        println!(
            "{} modules verified with {} answers, {} without an answer, {} wrong; {:.1} s",
            self.count(Outcome::Right),
            self.answers,
            self.count(Outcome::Silent),
            self.count(Outcome::Wrong),
            self.elapsed.as_secs_f64()
        );
        Ok(())
    }

    fn json(&self) -> serde_json::Value {
        let module = |(module, line): (&&str, &Line<'_>)| {
            json!({
                "module": module, "outcome": line.outcome().name(), "answers": line.compared,
                "what": line.what, "against": line.against, "troubles": line.troubles,
            })
        };
        json!({
            "verified": self.count(Outcome::Right), "silent": self.count(Outcome::Silent),
            "wrong": self.count(Outcome::Wrong), "answers": self.answers, "seconds": self.elapsed.as_secs_f64(),
            "modules": self.modules.iter().map(module).collect::<Vec<_>>(),
        })
    }
}

impl<'a> Line<'a> {
    fn new() -> Line<'a> {
        let (what, against, troubles) = (Vec::new(), Vec::new(), Vec::new());
        Line { outcome: Outcome::Right, compared: 0, what, against, troubles }
    }

    /// How its checks ended. A module that was only to help others, none of which answered, gave no answer either.
    fn outcome(&self) -> Outcome {
        if self.compared == 0 { self.outcome.max(Outcome::Silent) } else { self.outcome }
    }

    /// A module is as good as the worst of its own checks; where it only helps another one, silence says nothing.
    fn add(&mut self, module: &str, check: &'a Check, result: &'a Result) {
        let is_helper = check.modules.first() != Some(&module);
        if is_helper && result.outcome == Outcome::Silent {
            return;
        }
        self.outcome = self.outcome.max(result.outcome);
        self.compared += result.compared;
        self.what.push(&check.what);
        if !self.against.contains(&check.against) {
            self.against.push(check.against);
        }
        if result.outcome != Outcome::Right {
            self.troubles.push(&result.text);
        }
    }
}
