//! The table of all designs, made by running them.

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
    /// For each scenario how many executions did not fail, or in brackets how many steps it takes to a failure.
    pub fn cells(&self) -> Vec<String> {
        let cell = |came: &Result<Explored, Box<Failure>>| match came {
            Ok(explored) => explored.executions.to_string(),
            Err(failure) => format!("[{}]", failure.length()),
        };
        self.came.iter().map(cell).collect()
    }
}

/// The first five scenarios are about safety, the last two about manners.
pub const SAFETY: usize = 5;

/// What the scenarios are called.
pub const NAMES: [&str; 7] = [
    "rmmod against open",
    "rmmod against the last close",
    "two opens and an rmmod",
    "an unwilling module",
    "a callback in flight",
    "an open beside a refusal",
    "a rival beside a refusal",
];

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
