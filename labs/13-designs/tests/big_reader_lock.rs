//! A big reader lock.

use designs::model::{big_reader_lock::BigReaderLock, module::Module};
use explore::Scenario;

use crate::common::{CLOSE, Design, MANNERS, OPEN, Refusal, TIMER, TWO, UNWILLING, open_and_closed, race};

#[test]
fn a_module_that_is_open_stays_and_a_closed_one_goes() {
    assert_eq!(
        open_and_closed::<BigReaderLock>(),
        [Err(Refusal::Busy), Ok(())],
        "EBUSY as long as somebody has it open, and not a moment longer"
    );
}

#[test]
fn nobody_is_in_the_text_when_it_is_freed_beside_an_open() {
    race::rmmod_against_open::<BigReaderLock>().never_fails(OPEN);
}

#[test]
fn the_one_who_closes_last_has_left_before_the_text_is_freed() {
    race::rmmod_against_the_last_close::<BigReaderLock>().never_fails(CLOSE);
}

#[test]
fn of_two_who_open_none_is_overlooked() {
    race::two_opens_and_an_rmmod::<BigReaderLock>().never_fails(TWO);
}

#[test]
fn an_unwilling_module_is_left_alone() {
    race::an_unwilling_module::<BigReaderLock>().never_fails(UNWILLING);
}

#[test]
fn a_timer_that_goes_off_is_waited_for() {
    race::a_callback_in_flight::<BigReaderLock>().never_fails(TIMER);
}

#[test]
fn an_open_beside_a_refusal_succeeds() {
    race::an_open_beside_a_refusal::<BigReaderLock>().never_fails(MANNERS);
}

#[test]
fn a_rival_does_not_get_the_number_of_a_module_that_stays() {
    race::a_rival_beside_a_refusal::<BigReaderLock>().never_fails(MANNERS);
}

#[test]
fn a_call_that_takes_a_reference_is_not_waited_for_with_the_locks_held() {
    let scenario = Scenario::new("a call that takes a reference", BigReaderLock::load);
    let scenario = scenario.cpu("rmmod", |design: &BigReaderLock| {
        let _ = design.unload();
    });
    let scenario = scenario.cpu("timer", |design| {
        let Module { text, service } = design.module();
        if service.call(|| text.run(|| design.enter(0))) == Some(true) {
            design.leave(0);
        }
    });
    scenario
        .preemptions(3)
        .never_fails("exit waits for calls under way; one of them waits for its CPU's lock: nobody moves");
}
