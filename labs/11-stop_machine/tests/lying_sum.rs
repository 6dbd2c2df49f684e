//! The attack: the decrement seen, the increment missed.

use explore::Replay;
use stop_machine::model::{
    attack::{lying_sum, scenario},
    percpu::PerCpuCount,
};

fn attacked() -> Replay {
    scenario(PerCpuCount::sum).replay(&lying_sum())
}

#[test]
fn your_schedule_makes_the_plain_sum_lie() {
    let replay = attacked();
    let Some(failure) = &replay.failure else {
        panic!(
            "nobody ran in freed text: rmmod's sum was not 0, or open had left the module\n\n{}",
            replay.table()
        );
    };
    assert!(
        failure.sentence.contains("text of disk"),
        "a held module was freed; what came was another failure: {failure}"
    );
}

#[test]
fn every_step_that_you_wrote_could_be_taken() {
    let replay = attacked();
    assert_eq!(
        replay.ignored,
        0,
        "a CPU cannot go on that has come to its end, or waits for another one\n\n{}",
        replay.table()
    );
}

#[test]
fn sixteen_steps_are_enough() {
    let steps = lying_sum().len();
    assert!(steps <= 16, "the shortest attack takes twelve steps, and yours {steps}");
}

#[test]
fn the_decrement_is_seen_and_the_increment_missed() {
    let replay = attacked();
    let seen: Vec<&str> =
        replay.steps.iter().filter(|step| step.actor == 2).map(|step| step.text.as_str()).collect();
    let loaded = |what: &str, value: &str| {
        seen.iter().any(|step| step.starts_with(what) && step.ends_with(value) && step.contains("load"))
    };
    assert!(
        loaded("incs[0]", "→ 1"),
        "rmmod reads what CPU 0 has taken before open takes one more: {seen:?}"
    );
    assert!(loaded("decs[1]", "→ 1"), "and what CPU 1 has given back after close: {seen:?}");
}

#[test]
fn the_same_schedule_cannot_break_the_sum_that_reads_decs_first() {
    let replay = scenario(PerCpuCount::sum_decs_first).replay(&lying_sum());
    assert_eq!(
        replay.failure,
        None,
        "it is less than one only where nobody holds the module\n\n{}",
        replay.table()
    );
}

#[test]
fn the_explorer_finds_it_too_and_yours_is_hardly_longer() {
    let yours = lying_sum().len();
    let failure = scenario(PerCpuCount::sum).fails("the plain sum of a module that is held");
    let shortest = failure.length();
    assert!(
        yours <= shortest + 4,
        "the explorer needs {shortest} steps, and you {yours}\n\n{}",
        failure.table()
    );
}
