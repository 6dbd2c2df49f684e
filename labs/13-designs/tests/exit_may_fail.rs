//! An exit that may fail.

use designs::model::{
    exit_may_fail::ExitMayFail,
    module::{OURS, RIVAL},
    sync::Ordering,
};
use explore::Scenario;

use crate::common::{CLOSE, Design, OPEN, Refusal, TIMER, TWO, UNWILLING, ends_with, open_and_closed, race};

#[test]
fn a_module_that_is_open_stays_and_a_closed_one_goes() {
    assert_eq!(
        open_and_closed::<ExitMayFail>(),
        [Err(Refusal::Busy), Ok(())],
        "EBUSY as long as somebody has it open, and not a moment longer"
    );
}

#[test]
fn nobody_is_in_the_text_when_it_is_freed_beside_an_open() {
    race::rmmod_against_open::<ExitMayFail>().never_fails(OPEN);
}

#[test]
fn the_one_who_closes_last_has_left_before_the_text_is_freed() {
    race::rmmod_against_the_last_close::<ExitMayFail>().never_fails(CLOSE);
}

#[test]
fn of_two_who_open_none_is_overlooked() {
    race::two_opens_and_an_rmmod::<ExitMayFail>().never_fails(TWO);
}

#[test]
fn an_unwilling_module_is_left_alone() {
    race::an_unwilling_module::<ExitMayFail>().never_fails(UNWILLING);
}

#[test]
fn a_timer_that_goes_off_is_waited_for() {
    race::a_callback_in_flight::<ExitMayFail>().never_fails(TIMER);
}

#[test]
fn its_flaw_is_that_an_attempt_which_is_refused_turns_others_away() {
    assert_eq!(
        ends_with(race::an_open_beside_a_refusal::<ExitMayFail>()),
        "CPU 1: the module stays, and still this open failed",
        "it must shut the door before it can see who is in"
    );
}

#[test]
fn its_other_flaw_is_that_a_rival_can_take_the_number_of_a_module_that_stays() {
    assert_eq!(
        ends_with(race::a_rival_beside_a_refusal::<ExitMayFail>()),
        "At the end: rmmod has refused, and the module cannot be opened any more",
        "what was unregistered is anybody's, and registering may fail"
    );
}

#[test]
fn a_module_that_has_lost_its_number_says_so() {
    let scenario = Scenario::new("a rival", || {
        let design = ExitMayFail::load();
        assert!(design.enter(0), "nobody is about to remove it");
        design
    });
    let scenario = scenario.cpu("rmmod", |design: &ExitMayFail| {
        let came = design.unload();
        let is_ours = design.module().service.owner.load(Ordering::Relaxed) == OURS;
        let expected = if is_ours { Refusal::Busy } else { Refusal::Stranded };
        assert_eq!(came, Err(expected), "it is Stranded exactly if a rival has its number now");
    });
    let scenario = scenario.cpu("rival", |design| {
        design.module().service.register(RIVAL);
    });
    scenario.preemptions(3).never_fails("whoever asks must learn that the module is neither gone nor there");
}
