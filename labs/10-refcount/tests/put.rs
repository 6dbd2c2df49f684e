//! What module_put does to the count.

use abi::ModuleState;
use explore::Scenario;
use refcount::{Refcount, module_put};

use crate::common::World;

#[test]
fn a_reference_is_given_back() {
    let refcount = Refcount::with(ModuleState::Live, 2);
    assert!(refcount.put(), "there were two");
    assert_eq!(refcount.count(), 1, "one less holds it");
    assert!(refcount.put(), "there was one");
    assert_eq!(refcount.count(), 0, "nobody holds it, and it may be entered: the base is still there");
}

#[test]
fn a_module_is_born_with_inits_reference_and_loses_it_when_init_has_returned() {
    let refcount = Refcount::new();
    assert_eq!(refcount.count(), 1, "init runs in the module's text: module_unload_init counts it");
    refcount.set_state(ModuleState::Live);
    assert!(refcount.put(), "do_init_module gives it back");
    assert_eq!(refcount.count(), 0, "the module is idle");
}

#[test]
fn a_put_without_a_get_takes_the_base_and_the_next_one_is_refused() {
    let refcount = Refcount::with(ModuleState::Live, 0);
    assert!(refcount.put(), "atomic_dec_if_positive cannot tell the base from a reference");
    assert_eq!(
        refcount.count(),
        -1,
        "so the module can never be entered again, and it is not the unloader who did it"
    );
    for _ in 0..2 {
        assert!(!refcount.put(), "from zero on there is nothing to give: WARN_ON(ret < 0)");
        assert_eq!(refcount.count(), -1, "a count below zero would let the next get bring it back to zero");
    }
}

#[test]
fn a_state_does_not_keep_anybody_from_letting_go() {
    for state in [ModuleState::Coming, ModuleState::Live, ModuleState::Going, ModuleState::Unformed] {
        let refcount = Refcount::with(state, 1);
        assert!(refcount.put(), "{state:?}: who has come in goes out, whatever has happened since");
        assert_eq!(refcount.count(), 0, "{state:?}");
    }
}

#[test]
fn a_module_that_more_hold_than_can_be_counted_is_held_for_ever() {
    let refcount = Refcount::with(ModuleState::Live, i32::MAX);
    let before = refcount.count();
    for _ in 0..3 {
        assert!(refcount.put(), "it was a holder that let go");
    }
    assert_eq!(
        refcount.count(),
        before,
        "nobody knows how many there are: counting down would free it under one of them"
    );
}

#[test]
fn putting_what_has_no_owner_is_fine() {
    assert!(module_put(None), "code that is built in is nobody's, and never goes");
    let refcount = Refcount::with(ModuleState::Live, 1);
    assert!(module_put(Some(&refcount)), "an owner that is there is put");
    assert_eq!(refcount.count(), 0, "one less holds it");
}

#[test]
fn two_cpus_that_let_go_at_once_are_both_counted() {
    Scenario::new("two puts", || World::held(ModuleState::Live, 2))
        .cpu("close", |world: &World| assert!(world.refcount.put(), "it held"))
        .cpu("close", |world| assert!(world.refcount.put(), "it held"))
        .finally(|world| assert_eq!(world.refcount.count(), 0, "both are gone"))
        .never_fails("A put that is lost leaves a module that can never be unloaded.");
}

#[test]
fn of_two_puts_for_one_reference_too_many_one_is_refused() {
    Scenario::new("a put too many, twice", || World::held(ModuleState::Live, 0))
        .cpu("bug", |world: &World| _ = world.refcount.put())
        .cpu("bug", |world| _ = world.refcount.put())
        .finally(|world| assert_eq!(world.refcount.count(), -1, "zero is the end: nothing goes below it"))
        .never_fails("Looking whether there is something to give and giving it are one step.");
}
