//! Letting a module go that somebody may be waiting for.

use std::cell::Cell;

use abi::ModuleState;
use explore::{Scenario, Text};
use unload::{
    model::{
        self,
        sync::{AtomicBool, Ordering},
    },
    parts::Refcount,
    put::module_put,
    wait::Waiter,
};

/// Counts the wakings, and what the count was then.
#[derive(Default)]
struct Wakings<'r>(Cell<u32>, Cell<i32>, Option<&'r Refcount>);

impl Waiter for Wakings<'_> {
    fn prepare(&self) {}
    fn schedule(&self) {}
    fn finish(&self) {}
    fn wake(&self) {
        self.0.set(self.0.get() + 1);
        self.1.set(self.2.map_or(0, Refcount::count));
    }
}

/// A module in this state, held by so many.
fn module(state: ModuleState, holders: u32) -> Refcount {
    let refcount = Refcount::new();
    refcount.put(); // what init held
    (0..holders).for_each(|_| refcount.get());
    refcount.set_state(state);
    refcount
}

#[test]
fn a_module_that_is_live_has_one_holder_less_and_nobody_is_woken() {
    let (refcount, waiter) = (module(ModuleState::Live, 2), Wakings::default());
    assert!(module_put(&refcount, &waiter), "there was a reference to give back");
    assert_eq!(refcount.count(), 1, "one holder less");
    assert_eq!(waiter.0.get(), 0, "while it is LIVE nobody waits for it; close is called often");
}

#[test]
fn a_module_that_comes_has_no_waiter_either() {
    let (refcount, waiter) = (module(ModuleState::Coming, 2), Wakings::default());
    assert!(module_put(&refcount, &waiter), "there was a reference to give back");
    assert_eq!(waiter.0.get(), 0, "rmmod refuses what is not LIVE: nobody can be waiting for it yet");
}

#[test]
fn the_waiter_of_a_module_that_goes_is_woken_when_the_reference_is_back() {
    let refcount = module(ModuleState::Going, 1);
    let waiter = Wakings(Cell::default(), Cell::new(99), Some(&refcount));
    assert!(module_put(&refcount, &waiter), "there was a reference to give back");
    assert_eq!(waiter.0.get(), 1, "wake_up_process(module->waiter)");
    assert_eq!(waiter.1.get(), 0, "who is woken before finds the old count, and sleeps for ever");
}

#[test]
fn every_put_wakes_it_not_the_last_one_only() {
    let (refcount, waiter) = (module(ModuleState::Going, 3), Wakings::default());
    (0..3).for_each(|_| assert!(module_put(&refcount, &waiter), "there was a reference to give back"));
    assert_eq!(waiter.0.get(), 3, "the waiter looks itself: who puts does not know whether it was the last");
}

#[test]
fn a_put_without_a_get_changes_nothing_and_says_so() {
    let (refcount, waiter) = (module(ModuleState::Live, 0), Wakings::default());
    assert!(refcount.try_release(), "nobody holds it: the base is gone");
    assert!(
        !module_put(&refcount, &waiter),
        "atomic_dec_if_positive: the kernel warns where it is not positive"
    );
    assert_eq!(refcount.count(), -1, "and leaves the count at zero");
}

#[test]
fn a_waking_is_not_lost_between_the_count_and_the_state() {
    struct World(model::parts::Refcount, Bell, AtomicBool);
    /// Whether somebody was woken since he got ready to sleep.
    struct Bell(AtomicBool);
    impl model::wait::Waiter for Bell {
        fn prepare(&self) {}
        fn schedule(&self) {}
        fn finish(&self) {}
        fn wake(&self) {
            // Relaxed: looked at when all is over.
            self.0.store(true, Ordering::Relaxed);
        }
    }
    Scenario::new("the last put against a waiter's look", || {
        let refcount = model::parts::Refcount::new(); // init's reference is the holder
        refcount.set_state(ModuleState::Live);
        let woken = AtomicBool::new(false);
        let seen_zero = AtomicBool::new(false);
        World(refcount, Bell(woken), seen_zero)
    })
    .cpu("rmmod --wait", |world: &World| {
        world.0.set_state(ModuleState::Going);
        // Relaxed: looked at when all is over.
        world.2.store(world.0.try_release(), Ordering::Relaxed);
    })
    .cpu("close", |world| {
        model::put::module_put(&world.0, &world.1);
    })
    .finally(|world| {
        let (woken, seen) = (world.1.0.load(Ordering::Relaxed), world.2.load(Ordering::Relaxed));
        assert!(
            woken || seen,
            "the waiter has seen the old count, and nobody has woken it: it sleeps for ever"
        );
    })
    .never_fails("the look at the state must come after the count has gone down, on every CPU");
}

#[test]
fn what_the_holder_did_is_over_before_the_text_is_freed() {
    struct World(model::parts::Refcount, model::wait::Sleeper, Text);
    Scenario::new("put against a release", || {
        let refcount = model::parts::Refcount::new(); // init's reference is the holder
        refcount.set_state(ModuleState::Going);
        World(refcount, model::wait::Sleeper::new(), Text::new("disk"))
    })
    .cpu("rmmod", |world: &World| {
        if world.0.try_release() {
            world.2.free();
        }
    })
    .cpu("close", |world| {
        world.2.run(|| ());
        model::put::module_put(&world.0, &world.1);
    })
    .never_fails("module_put is the last thing that a holder does");
}
