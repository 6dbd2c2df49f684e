//! A service that counts for its clients.

use std::sync::{Mutex, PoisonError};

use designs::model::{sync::Ordering, try_deregister::TryDeregister};
use explore::Scenario;

use crate::common::{CLOSE, Design, MANNERS, OPEN, Refusal, TIMER, TWO, UNWILLING, open_and_closed, race};

#[test]
fn a_module_that_is_open_stays_and_a_closed_one_goes() {
    assert_eq!(
        open_and_closed::<TryDeregister>(),
        [Err(Refusal::Busy), Ok(())],
        "EBUSY as long as somebody has it open, and not a moment longer"
    );
}

#[test]
fn nobody_is_in_the_text_when_it_is_freed_beside_an_open() {
    race::rmmod_against_open::<TryDeregister>().never_fails(OPEN);
}

#[test]
fn the_one_who_closes_last_has_left_before_the_text_is_freed() {
    race::rmmod_against_the_last_close::<TryDeregister>().never_fails(CLOSE);
}

#[test]
fn of_two_who_open_none_is_overlooked() {
    race::two_opens_and_an_rmmod::<TryDeregister>().never_fails(TWO);
}

#[test]
fn an_unwilling_module_is_left_alone() {
    race::an_unwilling_module::<TryDeregister>().never_fails(UNWILLING);
}

#[test]
fn a_timer_that_goes_off_is_waited_for() {
    race::a_callback_in_flight::<TryDeregister>().never_fails(TIMER);
}

#[test]
fn an_open_beside_a_refusal_succeeds() {
    race::an_open_beside_a_refusal::<TryDeregister>().never_fails(MANNERS);
}

#[test]
fn a_rival_does_not_get_the_number_of_a_module_that_stays() {
    race::a_rival_beside_a_refusal::<TryDeregister>().never_fails(MANNERS);
}

#[test]
fn a_refusal_leaves_the_count_as_it_was() {
    let design = TryDeregister::load();
    let count = || design.service.users.load(Ordering::Relaxed);
    assert!(design.enter(0), "nobody is about to remove it");
    let before = count();
    assert_eq!(design.service.try_deregister(), Err(Refusal::Busy), "somebody has it open");
    assert_eq!(count(), before, "else the next one who leaves would free a module that others are in");
}

#[test]
fn nobody_comes_back_from_zero() {
    let design = TryDeregister::load();
    assert_eq!(design.service.try_deregister(), Ok(()), "nobody has it open");
    assert_eq!(
        (design.service.get(), design.service.users.load(Ordering::Relaxed)),
        (false, 0),
        "zero is the end"
    );
}

#[test]
fn who_closes_and_opens_again_is_not_turned_away_by_a_refusal() {
    /// With unit 0 open; what rmmod was told, and whether it could be opened again.
    struct World(TryDeregister, Mutex<(Option<Refusal>, bool)>);
    let world = || {
        let design = TryDeregister::load();
        assert!(design.enter(0), "nobody is about to remove it");
        World(design, Mutex::new((None, true)))
    };
    let scenario = Scenario::new("rmmod against a close and an open", world);
    let scenario = scenario.cpu("rmmod", |world: &World| {
        let came = world.0.unload().err();
        world.1.lock().unwrap_or_else(PoisonError::into_inner).0 = came;
    });
    let scenario = scenario.cpu("open again", |world| {
        world.0.leave(0);
        let opened = world.0.enter(0);
        world.1.lock().unwrap_or_else(PoisonError::into_inner).1 = opened;
    });
    let scenario = scenario.finally(|world| {
        let (refused, opened) = *world.1.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(refused.is_none() || opened, "rmmod was refused, and an open was turned away all the same");
    });
    scenario.preemptions(3).never_fails(MANNERS);
}
