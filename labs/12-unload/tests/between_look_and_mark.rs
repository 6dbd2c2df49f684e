//! The attack: a removal that looks first and marks afterwards.

use explore::Scenario;
use unload::attack::{between_look_and_mark, scenario};

use crate::common::Kernel;

#[test]
fn it_breaks_the_removal_in_two_steps() {
    let replay = scenario().replay(&between_look_and_mark());
    assert!(replay.failure.is_some(), "with this schedule all goes well:\n{}", replay.table());
}

#[test]
fn it_ends_in_text_that_was_freed_before() {
    let replay = scenario().replay(&between_look_and_mark());
    let sentence = replay.failure.map(|failure| failure.sentence).unwrap_or_default();
    assert_eq!(
        sentence, "CPU 1 runs in the text of disk, which CPU 0 freed.",
        "not the other way about: that CPU 0 frees what CPU 1 is in, is another race"
    );
}

#[test]
fn every_step_of_it_is_taken() {
    let replay = scenario().replay(&between_look_and_mark());
    assert_eq!(replay.ignored, 0, "a step of a CPU that has come to its end, or waits, is none");
}

#[test]
fn it_says_no_more_than_is_needed() {
    let steps = between_look_and_mark().len();
    assert!(
        (1..=3).contains(&steps),
        "{steps} steps; when the schedule ends, CPU 0 goes on to its end by itself"
    );
}

#[test]
fn the_right_removal_stands_it() {
    let safe =
        Scenario::new("rmmod against open", Kernel::live).cpu("rmmod", Kernel::rmmod).cpu("open", |kernel| {
            kernel.open();
        });
    let replay = safe.replay(&between_look_and_mark());
    assert_eq!(replay.failure, None, "taking the base away is the look and the mark in one step");
}
