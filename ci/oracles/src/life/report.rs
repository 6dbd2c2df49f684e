//! Counts, lists, and what stands in the way of most modules.

use std::collections::BTreeMap;
use std::time::Duration;

use super::outcome::{Life, Outcome};

/// So many missing exports are shown.
const SHOWN: usize = 40;

/// Prints the summary, after what was asked to be listed.
pub fn print(lives: &[Life], lists: &[String], took: Duration) {
    for life in lives {
        let is_listed =
            |list: &String| list == life.outcome.kind() || (list == "unclean" && life.is_unclean());
        if lists.iter().any(is_listed) {
            println!("{}: {}", life.name, life.outcome);
            life.unclean.iter().for_each(|unclean| println!("    {unclean}"));
        }
        if let Some(log) = &life.log {
            println!("{log}");
        }
    }
    let missing = |life: &Life| match life.outcome.root() {
        Outcome::Missing { export } => Some(export.clone()),
        _ => None,
    };
    top("missing exports, and how many modules they stop", lives.iter().filter_map(missing));
    let oops = |life: &Life| match life.outcome.root() {
        Outcome::Oops { reason } => Some(reason.clone()),
        _ => None,
    };
    top("oopses", lives.iter().filter_map(oops));
    let refused = |life: &Life| match life.outcome.root() {
        Outcome::Refused { errno } => Some(errno.clone()),
        _ => None,
    };
    top("errors of inits", lives.iter().filter_map(refused));

    let count = |kind: &str| lives.iter().filter(|life| life.outcome.kind() == kind).count();
    let linked = lives.iter().filter(|life| life.linked).count();
    let (explained, unclean): (Vec<&Life>, Vec<&Life>) =
        lives.iter().filter(|life| !life.is_clean()).partition(|life| life.explanation().is_some());
    let permanent = lives.iter().filter(|life| life.permanent.contains(&life.name)).count();
    println!("{linked} of {} modules link, {:.1} s", lives.len(), took.as_secs_f64());
    println!(
        "init: {} returned 0 ({permanent} of them stay for ever), {} an error; {} missing an export, {} oops, {} need one of those; {} crashed, {} hung",
        count("alive"),
        count("refused"),
        count("missing"),
        count("oops"),
        count("dependency"),
        count("crashed"),
        count("hung")
    );
    println!("{} of those that returned 0 left something behind or did not go", unclean.len());
    for life in explained {
        println!("{} besides: {}", life.name, life.explanation().unwrap_or_default());
    }
}

/// The most frequent of some things.
fn top(title: &str, things: impl Iterator<Item = String>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    things.for_each(|thing| *counts.entry(thing).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    if !counts.is_empty() {
        println!("{title}:");
        counts.iter().take(SHOWN).for_each(|(thing, count)| println!("{count:6} {thing}"));
    }
}
