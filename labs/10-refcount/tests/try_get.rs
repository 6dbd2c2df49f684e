//! When try_module_get gives a reference, and when it fails.

use abi::ModuleState;
use explore::Scenario;
use refcount::{Refcount, try_module_get};

use crate::common::World;

#[test]
fn a_live_module_can_be_held_by_many() {
    let refcount = Refcount::with(ModuleState::Live, 0);
    for holders in 1..=3 {
        assert!(refcount.try_get(), "it is LIVE");
        assert_eq!(refcount.count(), holders, "lsmod shows how many hold it");
    }
}

#[test]
fn a_module_on_its_way_out_is_not_entered() {
    let refcount = Refcount::with(ModuleState::Going, 0);
    assert!(!refcount.try_get(), "GOING: its exit runs, or its init has failed, and the base is still there");
    assert_eq!(refcount.count(), 0, "who was refused holds nothing");
    let forced = Refcount::with(ModuleState::Going, 2);
    assert!(!forced.try_get(), "removed by force, with two holders left: no third comes in");
    assert_eq!(forced.count(), 2, "they are as many as before");
}

#[test]
fn a_count_of_zero_is_the_end_whatever_the_state_says() {
    let refcount = Refcount::with(ModuleState::Live, -1);
    assert!(!refcount.try_get(), "the unloader has taken the base, and comes to setting GOING next");
    assert_eq!(refcount.count(), -1, "atomic_inc_not_zero: nothing leads back from zero");
}

#[test]
fn a_count_below_zero_is_no_less_the_end() {
    let refcount = Refcount::with(ModuleState::Live, -2);
    assert!(
        !refcount.try_get(),
        "a put too many had taken the base, and an unloader takes one away for a moment"
    );
    assert_eq!(refcount.count(), -2, "who was refused leaves no trace");
}

#[test]
fn who_is_called_from_init_may_call_back_because_somebody_holds_the_module() {
    let refcount = Refcount::new();
    refcount.set_state(ModuleState::Coming);
    assert_eq!(refcount.count(), 1, "init's own reference: a register function needs none besides it");
    assert!(refcount.try_get(), "and may take one: since 2.6 only GOING is refused (in 2002 it failed here)");
    assert_eq!(refcount.count(), 2, "init's, and that of who was called");
    assert!(refcount.put(), "it lets go again");
    assert_eq!(refcount.count(), 1, "init's is left");
}

#[test]
fn what_has_no_owner_can_always_be_entered() {
    assert!(try_module_get(None), "the code is built in: nobody need check for NULL before");
    assert!(try_module_get(Some(&Refcount::with(ModuleState::Live, 0))), "an owner is asked");
    assert!(!try_module_get(Some(&Refcount::with(ModuleState::Going, 0))), "and may say no");
}

#[test]
fn a_count_that_would_overflow_holds_the_module_for_ever() {
    let refcount = Refcount::with(ModuleState::Live, (1 << 30) - 2);
    assert!(refcount.try_get(), "so many have a reference, and one more");
    let pinned = refcount.count();
    assert!(pinned > 1 << 30, "the count has left the range in which it counts: {pinned}");
    assert!(refcount.try_get(), "the module stays for ever, so it may be entered");
    assert!(refcount.put(), "and left");
    assert_eq!(
        refcount.count(),
        pinned,
        "but nobody counts any more: wrapped around, it would be freed under 2³⁰ holders"
    );
}

#[test]
fn two_cpus_that_come_in_at_once_are_both_counted() {
    Scenario::new("two opens", || World::held(ModuleState::Live, 0))
        .cpu("open", |world: &World| assert!(world.refcount.try_get(), "it is LIVE"))
        .cpu("open", |world| assert!(world.refcount.try_get(), "it is LIVE"))
        .finally(|world| assert_eq!(world.refcount.count(), 2, "one of two references is lost"))
        .never_fails("A reference that nobody has counted is given back by somebody else's put.");
}

#[test]
fn coming_in_while_another_goes_out_is_counted() {
    Scenario::new("open against close", || World::held(ModuleState::Live, 1))
        .cpu("open", |world: &World| assert!(world.refcount.try_get(), "it is LIVE"))
        .cpu("close", |world| assert!(world.refcount.put(), "it held"))
        .finally(|world| assert_eq!(world.refcount.count(), 1, "one came, one went"))
        .never_fails("Looking at the count and counting must be one step.");
}

#[test]
fn an_interrupt_may_take_and_give_back_a_reference_in_the_middle_of_a_get() {
    Scenario::new("an interrupt in try_module_get", || World::held(ModuleState::Live, 0))
        .cpu("task", |world: &World| assert!(world.refcount.try_get(), "it is LIVE"))
        .beside(0, "interrupt", |world| {
            assert!(world.refcount.try_get(), "it is LIVE, and nothing is locked that it would wait for");
            assert!(world.refcount.put(), "it held");
        })
        .preemptions(2)
        .finally(|world| assert_eq!(world.refcount.count(), 1, "the task's"))
        .never_fails("try_module_get and module_put may be called from interrupts and softirqs.");
}

#[test]
fn whoever_gets_in_sees_all_that_was_formed() {
    Scenario::new("a module comes to life", || World::held(ModuleState::Going, 1))
        .cpu("insmod", |world: &World| {
            world.formed.set(1);
            world.refcount.set_state(ModuleState::Live);
        })
        .cpu("open", |world| {
            // Here GOING stands for all that keeps callers out before.
            if world.refcount.try_get() {
                assert_eq!(world.formed.get(), 1, "the module's own data is not there yet");
                world.refcount.put();
            }
        })
        .never_fails("The state is what says that the module is complete: Release when it is set, Acquire when it is read.");
}
