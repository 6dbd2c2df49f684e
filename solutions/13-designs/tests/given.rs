//! The designs that are given, and those that are broken on purpose.

use designs::{
    model::{
        Design, Refusal,
        atomic_base::AtomicBase,
        big_reader_lock::BigReaderLock,
        broken::{
            AsPosted, CarelessService, LooksThenStops, LooksThenUnregisters, PutInRelease,
            ReadWithoutStopping,
        },
        exit_may_fail::ExitMayFail,
        no_unload::NoUnload,
        per_cpu::PerCpu,
        per_object::PerObject,
        shutdown_call::ShutdownCall,
        try_deregister::TryDeregister,
        two_stage::TwoStage,
        two_system_calls::TwoSystemCalls,
    },
    race,
    table::{self, scenarios},
};
use explore::{Failure, Scenario, Schedule};

const RUNS_FREED: &str = "CPU 1 runs in the text of disk, which CPU 0 freed.";
const FREES_RUNNING: &str = "CPU 1 runs in the text of disk, which CPU 0 frees.";

/// The shortest way to the end, where somebody is in freed text.
fn breaks<W: Send + Sync + 'static>(scenario: Scenario<W>) -> Failure {
    let failure = scenario.fails("it is broken");
    let sentence = failure.sentence.as_str();
    assert!([RUNS_FREED, FREES_RUNNING].contains(&sentence), "this is another failure: {sentence}");
    failure
}

#[test]
fn one_count_with_a_base_passes_everything() {
    for scenario in scenarios::<AtomicBase>() {
        scenario.never_fails("zero is the end, and nobody is in the module then");
    }
}

#[test]
fn without_unloading_getting_a_module_only_looks_whether_it_is_live() {
    for scenario in scenarios::<NoUnload>() {
        scenario.never_fails("what is never freed cannot be freed under anybody");
    }
    let design = NoUnload::load();
    assert_eq!((design.enter(0), design.unload()), (true, Err(Refusal::NotSupported)), "ENOSYS");
    let replay = race::rmmod_against_open::<NoUnload>().replay(&Schedule::of(&[]));
    let atomics: Vec<&str> = replay.steps.iter().map(|step| step.text.as_str()).collect();
    let atomics: Vec<&&str> = atomics.iter().filter(|text| text.contains('(')).collect();
    assert_eq!(atomics, [&"live.load(Relaxed) → true"], "one look, and no count");
}

#[test]
fn the_table_says_how_many_executions_it_takes_to_a_failure() {
    let rows = table::broken();
    let rows: Vec<_> = rows.iter().map(|row| (row.cells(), row.found())).collect();
    for (cells, found) in &rows {
        for (cell, found) in cells.iter().zip(found) {
            assert_eq!(cell.starts_with('['), !found.is_empty(), "{cell} beside '{found}'");
            assert_eq!(cell.contains('~'), found.contains('~'), "{cell} beside '{found}'");
        }
        let numbers = found.iter().filter_map(|found| found.split_once('/'));
        for (first, all) in numbers {
            let number = |text: &str| text.parse::<usize>().expect("it is a number");
            assert!((1..=number(all)).contains(&number(first)), "execution {first} of {all}");
        }
    }
    assert!(rows.iter().all(|(cells, _)| cells.iter().any(|cell| cell.starts_with('['))), "each is broken");
}

#[test]
fn looking_before_stopping_frees_the_text_under_an_open() {
    breaks(race::rmmod_against_open::<LooksThenStops>());
}

#[test]
fn an_author_who_looks_before_he_unregisters_frees_the_text_under_an_open() {
    breaks(race::rmmod_against_open::<LooksThenUnregisters>());
}

#[test]
fn the_shutdown_call_as_posted_fails_only_where_a_load_overtakes_a_store() {
    let scenario = race::rmmod_against_open::<AsPosted>();
    assert_eq!(scenario.explore().bad(), 0, "step by step nothing is wrong with it");
    let failure = scenario.fails("each side can miss the other's store");
    assert!(failure.needs_weak_memory, "and only there: {failure}");
}

#[test]
fn a_service_that_calls_after_it_has_deregistered_breaks_the_shutdown_call() {
    breaks(race::a_callback_in_flight::<CarelessService>());
}

#[test]
fn an_objects_last_put_in_the_modules_own_release_frees_the_text_under_it() {
    let failure = breaks(race::rmmod_against_the_last_close::<PutInRelease>());
    assert_eq!(
        failure.sentence, FREES_RUNNING,
        "the count is zero, and the one who made it so has not returned"
    );
}

#[test]
fn per_cpu_counts_that_are_read_while_the_machine_runs_overlook_an_open() {
    breaks(race::rmmod_against_open::<ReadWithoutStopping>());
}

#[test]
fn two_system_calls_are_safe_once_the_module_runs() {
    for scenario in scenarios::<TwoSystemCalls>() {
        scenario.never_fails("its count and its name are looked at under one lock");
    }
    let design = TwoSystemCalls::load();
    assert!(design.enter(0));
    assert_eq!(design.unload(), Err(Refusal::Busy), "somebody has it open");
    design.leave(0);
    assert_eq!((design.unload(), design.enter(0)), (Ok(()), false), "it has gone");
}

/// Something that somebody does with a module.
type Does<D> = fn(&D);

/// Whether it runs in the module's own text.
fn runs_in_text<D: Design>(does: Does<D>) -> bool {
    let alone = Scenario::new("alone", D::load).cpu("does", does);
    alone.replay(&Schedule::default()).steps.iter().any(|step| step.text.contains("the text of disk"))
}

/// Of open, read, close and a timer, what never gets into the module.
fn misses<D: Design>() -> Vec<&'static str> {
    let all: [(&str, Does<D>); 4] = [
        ("open", |design| assert!(design.enter(0))),
        ("read", |design| design.read()),
        ("close", |design| design.leave(0)),
        ("timer", |design| design.callback()),
    ];
    all.into_iter().filter(|(_, does)| !runs_in_text(*does)).map(|(name, _)| name).collect()
}

#[test]
fn whatever_somebody_does_with_a_module_is_done_in_its_text() {
    assert_eq!(misses::<TwoSystemCalls>(), [""; 0]);
    assert_eq!(misses::<TwoStage>(), [""; 0]);
    assert_eq!(misses::<ExitMayFail>(), [""; 0]);
    assert_eq!(misses::<ShutdownCall>(), [""; 0]);
    assert_eq!(misses::<TryDeregister>(), [""; 0]);
    assert_eq!(misses::<PerObject>(), [""; 0]);
    assert_eq!(misses::<BigReaderLock>(), [""; 0]);
    assert_eq!(misses::<PerCpu>(), [""; 0]);
    assert_eq!(misses::<AtomicBase>(), [""; 0]);
    assert_eq!(misses::<NoUnload>(), [""; 0]);
}

#[test]
fn each_design_and_each_broken_one_has_a_name_of_its_own() {
    let rows: Vec<_> = table::designs().into_iter().chain(table::broken()).collect();
    let names: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.facts.name).collect();
    assert_eq!(names.len(), 16, "{names:?}");
}
