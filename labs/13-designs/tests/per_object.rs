//! Counts on objects only.

use designs::model::{per_object::PerObject, sync::Ordering};

use crate::common::{
    CLOSE, Design, MANNERS, OPEN, Refusal, TIMER, TWO, UNWILLING, ends_with, open_and_closed, race,
};

#[test]
fn a_module_that_is_open_stays_and_a_closed_one_goes() {
    assert_eq!(
        open_and_closed::<PerObject>(),
        [Err(Refusal::Busy), Ok(())],
        "EBUSY as long as somebody has it open, and not a moment longer"
    );
}

#[test]
fn nobody_is_in_the_text_when_it_is_freed_beside_an_open() {
    race::rmmod_against_open::<PerObject>().never_fails(OPEN);
}

#[test]
fn the_one_who_closes_last_has_left_before_the_text_is_freed() {
    race::rmmod_against_the_last_close::<PerObject>().never_fails(CLOSE);
}

#[test]
fn of_two_who_open_none_is_overlooked() {
    race::two_opens_and_an_rmmod::<PerObject>().never_fails(TWO);
}

#[test]
fn an_unwilling_module_is_left_alone() {
    race::an_unwilling_module::<PerObject>().never_fails(UNWILLING);
}

#[test]
fn a_timer_that_goes_off_is_waited_for() {
    race::a_callback_in_flight::<PerObject>().never_fails(TIMER);
}

#[test]
fn its_flaw_is_that_an_attempt_which_is_refused_turns_others_away() {
    assert_eq!(
        ends_with(race::an_open_beside_a_refusal::<PerObject>()),
        "CPU 1: the module stays, and still this open failed",
        "it must shut the door before it can see who is in"
    );
}

#[test]
fn a_rival_does_not_get_the_number_of_a_module_that_stays() {
    race::a_rival_beside_a_refusal::<PerObject>().never_fails(MANNERS);
}

#[test]
fn an_object_that_died_in_vain_comes_alive_again() {
    let design = PerObject::load();
    assert!(design.enter(1), "nobody is about to remove it");
    assert_eq!(design.unload(), Err(Refusal::Busy), "the second object is held");
    let counts = design.objects.each_ref().map(|object| object.load(Ordering::Relaxed));
    assert_eq!(counts, [1, 2], "what was undone for nothing is redone, and what is held keeps its holder");
}

#[test]
fn one_held_object_is_enough() {
    let design = PerObject::load();
    assert!(design.enter(0), "nobody is about to remove it");
    assert_eq!(design.unload(), Err(Refusal::Busy), "each object leads into the same text");
    let counts = design.objects.each_ref().map(|object| object.load(Ordering::Relaxed));
    assert_eq!(counts, [2, 1], "nothing was changed before it was seen");
}
