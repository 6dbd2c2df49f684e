//! Counts, and the differences in groups.

use std::collections::BTreeMap;
use std::time::Duration;

use referee::{Agreement, Answer, Order, Ours, Said, comparable, compare};
use serde::Serialize;

use super::known;

/// So many examples of a group are shown.
const SHOWN: usize = 3;

/// One file, and both answers.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    pub name: String,
    pub file: String,
    pub agreement: Agreement,
    pub said: Said,
    pub our_errno: Option<i32>,
    pub our_lines: Vec<String>,
    pub our_taints: u64,
    /// Why they may differ.
    pub reason: Option<&'static str>,
}

impl Case {
    pub fn new(order: &Order, said: Said, ours: Ours) -> Case {
        let agreement = compare(&said, &ours);
        let reason = if agreement.is_agreement() { None } else { known::reason(&said, &ours, agreement) };
        Case {
            name: order.name.clone(),
            file: order.file.display().to_string(),
            agreement,
            our_errno: ours.errno,
            our_lines: ours.lines,
            our_taints: ours.taints,
            said,
            reason,
        }
    }

    /// Whether they agree, or why not is known.
    pub fn is_settled(&self) -> bool {
        self.agreement.is_agreement() || self.reason.is_some()
    }

    fn errnos_are_equal(&self) -> bool {
        match self.said.answer {
            Answer::Loaded => self.our_errno.is_none(),
            Answer::Refused(errno) => self.our_errno == Some(errno),
            Answer::Crashed | Answer::Hung => self.our_errno.is_some(),
        }
    }

    /// What this difference has in common with others.
    fn group(&self) -> String {
        let theirs = comparable(&self.said.lines, &self.said);
        let ours = comparable(&self.our_lines, &self.said);
        let only = |these: &[String], those: &[String]| {
            let line = these.iter().find(|line| !those.contains(line));
            line.map_or("(nothing)".into(), |line| general(line))
        };
        format!(
            "{:?}: Linux {:?}, init {:?}, {} / the loader {:?}, {}{}",
            self.agreement,
            self.said.answer,
            self.said.init,
            only(&theirs, &ours),
            self.our_errno,
            only(&ours, &theirs),
            if self.agreement == Agreement::Taints { " (taints)" } else { "" },
        )
    }
}

/// A line without what is one module's own.
fn general(line: &str) -> String {
    let line = line.split_once(": ").map_or(line, |(_, rest)| rest);
    let words = line.split(' ').map(|word| {
        let is_own = word.chars().any(|c| c.is_ascii_digit()) || word.contains('_');
        if is_own { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Everything that was asked.
pub struct Report {
    pub cases: Vec<Case>,
    pub asked: Duration,
    /// How many were asked about once more, alone.
    pub again: usize,
}

impl Report {
    pub fn print(&self) {
        let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
        for case in self.cases.iter().filter(|case| !case.is_settled()) {
            groups.entry(case.group()).or_default().push(case);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(_, cases)| std::cmp::Reverse(cases.len()));
        for (group, cases) in &groups {
            println!("{:5} {group}", cases.len());
            cases.iter().take(SHOWN).for_each(|case| println!("        {}", case.name));
        }
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        self.cases
            .iter()
            .filter_map(|case| case.reason)
            .for_each(|why| *reasons.entry(why).or_default() += 1);
        reasons.iter().for_each(|(why, count)| println!("{count:5} known: {why}"));

        let all = self.cases.len();
        let count = |is: &dyn Fn(&Case) -> bool| self.cases.iter().filter(|case| is(case)).count();
        let of = |agreement| count(&|case| case.agreement == agreement);
        println!(
            "{all} files: {} loaded, {} refused, {} crashed, {} hung; of the inits, {} did not return",
            count(&|case| case.said.answer == Answer::Loaded),
            count(&|case| matches!(case.said.answer, Answer::Refused(_))),
            count(&|case| case.said.answer == Answer::Crashed),
            count(&|case| case.said.answer == Answer::Hung),
            count(&|case| !case.said.is_survived() && case.said.answer == Answer::Loaded),
        );
        println!(
            "errnos equal {} of {all}; errno, messages and taints equal {}; {} stricter by rule, {} spared a crash; \
             {} known to differ, {} unexplained",
            count(&|case| case.errnos_are_equal()),
            of(Agreement::Same),
            of(Agreement::Stricter),
            of(Agreement::Spared),
            count(&|case| case.reason.is_some()),
            count(&|case| !case.is_settled()),
        );
        println!(
            "{:.1} s, {:.1} s per 100 files; {} asked again alone",
            self.asked.as_secs_f64(),
            self.asked.as_secs_f64() * 100.0 / all.max(1) as f64,
            self.again
        );
    }
}
