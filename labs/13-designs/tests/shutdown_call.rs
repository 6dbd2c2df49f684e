//! The shutdown call, with `busy` and `shutting_down`.

use designs::model::{
    module::{NOBODY, OURS},
    shutdown_call::ShutdownCall,
    sync::Ordering,
};

use crate::common::{
    CLOSE, Design, MANNERS, OPEN, Refusal, TIMER, TWO, UNWILLING, ends_with, open_and_closed, race,
};

#[test]
fn a_module_that_is_open_stays_and_a_closed_one_goes() {
    assert_eq!(
        open_and_closed::<ShutdownCall>(),
        [Err(Refusal::Busy), Ok(())],
        "EBUSY as long as somebody has it open, and not a moment longer"
    );
}

#[test]
fn nobody_is_in_the_text_when_it_is_freed_beside_an_open() {
    race::rmmod_against_open::<ShutdownCall>().never_fails(OPEN);
}

#[test]
fn the_one_who_closes_last_has_left_before_the_text_is_freed() {
    race::rmmod_against_the_last_close::<ShutdownCall>().never_fails(CLOSE);
}

#[test]
fn of_two_who_open_none_is_overlooked() {
    race::two_opens_and_an_rmmod::<ShutdownCall>().never_fails(TWO);
}

#[test]
fn an_unwilling_module_is_left_alone() {
    race::an_unwilling_module::<ShutdownCall>().never_fails(UNWILLING);
}

#[test]
fn a_timer_that_goes_off_is_waited_for() {
    race::a_callback_in_flight::<ShutdownCall>().never_fails(TIMER);
}

#[test]
fn its_flaw_is_that_an_attempt_which_is_refused_turns_others_away() {
    assert_eq!(
        ends_with(race::an_open_beside_a_refusal::<ShutdownCall>()),
        "CPU 1: the module stays, and still this open failed",
        "it must shut the door before it can see who is in"
    );
}

#[test]
fn a_rival_does_not_get_the_number_of_a_module_that_stays() {
    race::a_rival_beside_a_refusal::<ShutdownCall>().never_fails(MANNERS);
}

#[test]
fn a_shutdown_that_fails_has_done_nothing() {
    let design = ShutdownCall::load();
    assert!(design.enter(0), "nobody is about to remove it");
    assert_eq!(design.unload(), Err(Refusal::Busy), "somebody has it open");
    let left = (
        design.busy.load(Ordering::Relaxed),
        design.shutting_down.load(Ordering::Relaxed),
        design.module().service.owner.load(Ordering::Relaxed),
    );
    assert_eq!(left, (1, false, OURS), "one rule: it does nothing and fails, or takes back everything");
}

#[test]
fn a_shutdown_that_succeeds_has_taken_everything_back() {
    let design = ShutdownCall::load();
    assert_eq!(design.unload(), Ok(()), "nobody has it open");
    let owner = design.module().service.owner.load(Ordering::Relaxed);
    assert_eq!(
        (owner, design.enter(0)),
        (NOBODY, false),
        "one rule: it does nothing and fails, or takes back everything"
    );
}
