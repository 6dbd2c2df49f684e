//! In the stopped machine: nobody holds it, so it goes.

use explore::{Scenario, Text, model};
use stop_machine::{
    ModuleState,
    model::{multi_stop::MultiStop, refcount::PerCpuRefcount},
};

use crate::common::{World, live, model_live, on_cpu, rmmod_against_open};

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
    assert!(!refcount.try_release(false), "the sum is -1: somebody counts wrong, and perhaps somebody is inside");
}

#[test]
fn rmmod_and_open_never_meet() {
    rmmod_against_open()
        .preemptions(3)
        .never_fails("in the stopped machine nobody is between the look at the state and the counting");
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
    Scenario::new("rmmod --wait against close", held)
        .cpu("rmmod", |world| {
            world.stop.multi_cpu_stop(true, || assert!(world.refcount.try_release(true), "it waits"));
            model::spin_until(|| world.refcount.parts().sum_decs_first() == 0);
            world.text.free();
        })
        .cpu("close", |world| {
            world.text.run(|| ());
            world.refcount.put();
        })
        .beside(1, "migration/1", |world| world.stop.multi_cpu_stop(false, || ()))
        .preemptions(2)
        .never_fails("after GOING the sum only falls, and 0 is the end");
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
