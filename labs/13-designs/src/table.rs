//! The table of all designs, made by running them.

use std::fmt::Write;

use explore::{Explored, Failure, Scenario};

use crate::{
    model::{
        Design, Facts, atomic_base::AtomicBase, big_reader_lock::BigReaderLock, broken,
        exit_may_fail::ExitMayFail, no_unload::NoUnload, per_cpu::PerCpu, per_object::PerObject,
        shutdown_call::ShutdownCall, try_deregister::TryDeregister, two_stage::TwoStage,
        two_system_calls::TwoSystemCalls,
    },
    race::{self, World},
};

/// A design, and what came of every scenario.
pub struct Row {
    /// What it says of itself.
    pub facts: Facts,
    /// For each scenario what was explored, or how it fails.
    pub came: Vec<Result<Explored, Box<Failure>>>,
}

impl Row {
    /// For each scenario how many executions did not fail, or in brackets how many steps it takes to
    /// a failure.
    pub fn cells(&self) -> Vec<String> {
        let cell = |came: &Result<Explored, Box<Failure>>| match came {
            Ok(explored) => explored.executions.to_string(),
            Err(failure) => {
                format!("[{}{}]", if failure.needs_weak_memory { "~" } else { "" }, failure.length())
            }
        };
        self.came.iter().map(cell).collect()
    }

    /// For each scenario that fails: which execution was the first to do so, and how many there are, all of which it
    /// takes to know the shortest. Where it takes old values, how many it took loom, which ends there.
    pub fn found(&self) -> Vec<String> {
        let cell = |came: &Result<Explored, Box<Failure>>| match came {
            Ok(_) => String::new(),
            Err(failure) if failure.needs_weak_memory => format!("~{}", failure.first_bad),
            Err(failure) => format!("{}/{}", failure.first_bad, failure.executions),
        };
        self.came.iter().map(cell).collect()
    }
}

/// The first five scenarios are about safety, the last two about manners.
pub const SAFETY: usize = 5;

/// The scenarios, in order.
pub fn scenarios<D: Design>() -> [Scenario<World<D>>; 7] {
    [
        race::rmmod_against_open(),
        race::rmmod_against_the_last_close(),
        race::two_opens_and_an_rmmod(),
        race::an_unwilling_module(),
        race::a_callback_in_flight(),
        race::an_open_beside_a_refusal(),
        race::a_rival_beside_a_refusal(),
    ]
}

/// Runs a design through every scenario.
fn row<D: Design>() -> Row {
    let came = scenarios::<D>().map(|scenario| scenario.check().map_err(Box::new));
    Row { facts: D::FACTS, came: came.into() }
}

/// Every design through every scenario.
pub fn designs() -> Vec<Row> {
    vec![
        row::<TwoSystemCalls>(),
        row::<TwoStage>(),
        row::<ExitMayFail>(),
        row::<ShutdownCall>(),
        row::<TryDeregister>(),
        row::<PerObject>(),
        row::<BigReaderLock>(),
        row::<PerCpu>(),
        row::<AtomicBase>(),
        row::<NoUnload>(),
    ]
}

/// The broken ones through every scenario.
pub fn broken() -> Vec<Row> {
    vec![
        row::<broken::LooksThenStops>(),
        row::<broken::LooksThenUnregisters>(),
        row::<broken::AsPosted>(),
        row::<broken::CarelessService>(),
        row::<broken::PutInRelease>(),
        row::<broken::ReadWithoutStopping>(),
    ]
}

/// The whole table, as it is printed.
pub fn text() -> String {
    let (designs, broken) = (designs(), broken());
    let mut text = format!("{:31}   in use beside a removal       a refusal\n", "");
    text += &format!("{:31}  open close  both sleep timer  open rival\n", "");
    for row in designs.iter().chain(&broken) {
        let cells: String = row.cells().iter().map(|cell| format!("{cell:>6}")).collect();
        let _ = writeln!(text, "{:31}{cells}", row.facts.name);
    }
    text += "\nA number: so many executions, and none fails. [In brackets]: a failure after so many steps.\n";
    text += "~: only where the memory shows old values.\n\n";
    text += "Where it fails: which execution was the first to, and of how many.\n\n";
    let _ = writeln!(text, "{:31}   open  close   both  sleep  timer   open  rival", "");
    for row in designs.iter().chain(&broken).filter(|row| row.came.iter().any(Result::is_err)) {
        let found: String = row.found().iter().map(|cell| format!("{cell:>7}")).collect();
        let _ = writeln!(text, "{:31}{}", row.facts.name, found.trim_end());
    }
    text += "\nThe shortest failure of each, safety first:\n\n";
    for Row { facts, came } in designs.iter().chain(&broken) {
        let shortest = |came: &[Result<Explored, Box<Failure>>]| {
            came.iter().filter_map(|came| came.as_ref().err()).min_by_key(|failure| failure.length()).cloned()
        };
        let (safety, manners) = came.split_at(SAFETY);
        if let Some(failure) = shortest(safety).or_else(|| shortest(manners)) {
            let sentence = failure.sentence.split(" (").next().unwrap_or_default();
            let _ = writeln!(text, "{}: {}\n    {sentence}", facts.name, failure.scenario);
        }
    }
    for Row { facts: Facts { name, whose, author, unwilling }, .. } in &designs {
        let _ = write!(text, "\n{name} ({whose})\n    an author must know: {author}\n");
        let _ = writeln!(text, "    an unwilling module: {unwilling}");
    }
    text
}
