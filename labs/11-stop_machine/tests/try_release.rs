//! In the stopped machine: nobody holds it, so it goes.

use explore::{Scenario, Text, model};
use stop_machine::{
    ModuleState,
    model::{multi_stop::MultiStop, refcount::PerCpuRefcount},
};

use crate::common::{World, live, model_live, no_interleaving_fails, on_cpu, rmmod_against_open};

#[test]
fn a_module_that_nobody_holds_is_going() {
    let refcount = live(2);
    assert!(refcount.try_release(false), "the sum is 0");
    assert_eq!(refcount.state(), ModuleState::Going, "in the same moment in which the sum was 0");
    assert!(!refcount.try_get(), "nobody enters it any more");
}

#[test]
fn a_module_that_is_held_stays_as_it_is() {
    let refcount = live(2);
    on_cpu(1, || refcount.get());
    assert!(!refcount.try_release(false), "rmmod: module is in use");
    assert_eq!(refcount.state(), ModuleState::Live, "nothing has changed");
    assert!(refcount.try_get(), "others enter it as before");
}

#[test]
fn a_reference_that_has_moved_is_none_once_it_is_given_back() {
    let refcount = live(2);
    on_cpu(0, || refcount.get());
    on_cpu(1, || refcount.put());
    assert!(refcount.try_release(false), "CPU 0's part says 1 and CPU 1's says -1: only the sum counts");
}

#[test]
fn rmmod_with_wait_makes_a_held_module_go() {
    let refcount = live(1);
    refcount.get();
    assert!(refcount.try_release(true), "the remover is ready to wait for the holders");
    assert_eq!(refcount.state(), ModuleState::Going, "new ones are turned away meanwhile");
    assert_eq!(refcount.count(), 1, "the holder is still there");
}

#[test]
fn a_put_too_many_is_no_reason_to_free_the_module() {
    let refcount = live(1);
    refcount.put();
    assert!(
        !refcount.try_release(false),
        "the sum is -1: somebody counts wrong, and perhaps somebody is inside"
    );
}

#[test]
fn rmmod_and_open_never_meet() {
    no_interleaving_fails(
        &rmmod_against_open(),
        "in the stopped machine nobody is between the look at the state and the counting",
    );
}

#[test]
fn what_each_cpu_counted_before_it_came_is_summed_and_what_it_finds_afterwards_is_the_outcome() {
    // The stopper comes before open, in the middle of it, and behind it.
    let before = |world: &World| {
        world.migration();
        world.open();
    };
    let within = |world: &World| {
        let is_open = world.refcount.try_get();
        world.migration();
        if is_open {
            world.text.run(|| ());
            world.refcount.put();
        }
    };
    let behind = |world: &World| {
        world.open();
        world.migration();
    };
    let opens: [fn(&World); 3] = [before, within, behind];
    for (place, open) in ["before", "within", "behind"].into_iter().zip(opens) {
        Scenario::new(&format!("rmmod, and open with the stopper {place} it"), World::new)
            .cpu("rmmod", World::rmmod)
            .cpu("open", open)
            .preemptions(2)
            .never_fails("the rendezvous alone carries the counts to who sums, and GOING to everybody");
    }
}

struct Waited {
    text: Text,
    refcount: PerCpuRefcount,
    stop: MultiStop,
}

#[test]
fn rmmod_with_wait_frees_the_module_after_its_last_holder() {
    let held = || {
        let refcount = model_live(2);
        refcount.get();
        Waited { text: Text::new("disk"), refcount, stop: MultiStop::new(2) }
    };
    let scenario = Scenario::new("rmmod --wait against close", held)
        .cpu("rmmod", |world| {
            world.stop.multi_cpu_stop(true, || assert!(world.refcount.try_release(true), "it waits"));
            model::spin_until(|| world.refcount.parts().sum_decs_first() == 0);
            world.text.free();
        })
        .cpu("close", |world| {
            world.text.run(|| ());
            world.refcount.put();
        })
        .beside(1, "migration/1", |world| world.stop.multi_cpu_stop(false, || ()));
    no_interleaving_fails(&scenario, "after GOING the sum only falls, and 0 is the end");
}

#[test]
fn a_rendezvous_that_forgets_a_cpu_frees_a_module_in_use() {
    let failure = Scenario::new("a stop_machine that stops CPU 0 only", || World {
        stop: MultiStop::new(1),
        ..World::new()
    })
    .cpu("rmmod", World::rmmod)
    .cpu("open", World::open)
    .fails("a CPU that goes on may be between the look at the state and the counting");
    assert!(failure.sentence.contains("text of disk"), "{failure}");
}
