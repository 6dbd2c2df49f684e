//! A reference is given back, on whatever CPU its holder is by then.

use explore::{Scenario, model};
use stop_machine::ModuleState;

use crate::common::{live, model_live, on_cpu, parts, rmmod_wait};

#[test]
fn what_is_given_back_is_counted_apart_from_what_is_taken() {
    let refcount = live(1);
    refcount.get();
    refcount.put();
    assert_eq!(
        parts(&refcount, 1),
        [(1, 1)],
        "two numbers that only grow: their sums can be read one after the other"
    );
}

#[test]
fn a_reference_may_be_given_back_on_another_cpu() {
    let refcount = live(2);
    refcount.get();
    on_cpu(1, || refcount.put());
    assert_eq!(
        parts(&refcount, 2),
        [(1, 0), (0, 1)],
        "the CPU that the holder runs on by now counts, and no other"
    );
    assert_eq!(refcount.parts().sum(), 0, "each part alone says nothing, the sum does");
}

#[test]
fn nobody_is_woken_while_the_module_lives() {
    let refcount = live(1);
    refcount.get();
    assert!(!refcount.put(), "only a module that goes has somebody who waits for its last holder");
}

#[test]
fn who_waits_for_a_module_that_goes_is_woken_by_every_put() {
    let refcount = live(1);
    refcount.get();
    refcount.get();
    refcount.set_state(ModuleState::Going);
    assert!(refcount.put(), "rmmod --wait looks at the sum again, although one is still held");
    assert!(refcount.put(), "and again");
}

#[test]
fn preemption_is_on_again_afterwards() {
    let refcount = live(1);
    refcount.get();
    refcount.put();
    assert!(!explore::native::in_atomic(), "this CPU would never run another task");
}

#[test]
fn the_number_of_those_given_back_wraps_around() {
    let refcount = live(1);
    let part = refcount.parts().this_cpu();
    part.incs.store(u32::MAX, std::sync::atomic::Ordering::Relaxed);
    part.decs.store(u32::MAX, std::sync::atomic::Ordering::Relaxed);
    refcount.get();
    assert_eq!(refcount.parts().sum(), 1, "one is held");
    refcount.put();
    assert_eq!(
        (parts(&refcount, 1), refcount.parts().sum()),
        (vec![(0, 0)], 0),
        "only the difference means anything"
    );
}

#[test]
fn interrupts_may_give_references_back_too() {
    let held_twice = || {
        let refcount = model_live(1);
        refcount.get();
        refcount.get();
        refcount
    };
    Scenario::new("close, and an interrupt that closes", held_twice)
        .cpu("close", |refcount| _ = refcount.put())
        .beside(0, "interrupt", |refcount| _ = refcount.put())
        .finally(|refcount| assert_eq!(refcount.parts().sum(), 0, "both have given theirs back"))
        .never_fails("a put that is lost between a load and a store pins the module for ever");
}

#[test]
fn who_sees_the_last_put_may_free_what_its_holder_used() {
    rmmod_wait(|refcount| {
        model::spin_until(|| refcount.parts().sum() == 0);
        // Pairs with what `put` says with its store.
        model::fence(model::Ordering::Acquire);
    })
    .never_fails("the number may be seen before what came before it, unless the store says otherwise");
}

#[test]
fn nobody_sleeps_through_the_last_put() {
    let held = || {
        let refcount = model_live(1);
        refcount.get();
        (refcount, model::AtomicBool::new(false), model::AtomicBool::new(false))
    };
    Scenario::new("the last put, and rmmod --wait", held)
        .cpu("close", |(refcount, awaited, _)| awaited.store(refcount.put(), model::Ordering::Relaxed))
        .beside(0, "rmmod", |(refcount, _, sleeps)| {
            model::preempt_disable();
            refcount.set_state(ModuleState::Going);
            let is_held = refcount.parts().sum() != 0;
            model::preempt_enable();
            sleeps.store(is_held, model::Ordering::Relaxed);
        })
        .finally(|(_, awaited, sleeps)| {
            let (awaited, sleeps) =
                (awaited.load(model::Ordering::Relaxed), sleeps.load(model::Ordering::Relaxed));
            assert!(
                awaited || !sleeps,
                "rmmod saw the module held and sleeps, and the last put wakes nobody"
            );
        })
        .never_fails("a waiting that nobody ends");
}
