//! try_release_module_ref: nobody is inside, and nobody comes in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI32, Ordering::SeqCst},
    },
    thread,
};

use abi::ModuleState;
use explore::{Scenario, note};
use refcount::{Refcount, model::sync};

use crate::common::World;

#[test]
fn an_idle_module_is_released_and_nobody_can_hold_it_again() {
    let refcount = Refcount::with(ModuleState::Live, 0);
    assert!(refcount.try_release(), "nobody holds it");
    assert_eq!(refcount.count(), -1, "the base is gone");
    assert!(!refcount.try_get(), "and zero is the end, although the state still says LIVE");
}

#[test]
fn a_module_that_is_held_stays_as_it_was() {
    let refcount = Refcount::with(ModuleState::Live, 2);
    assert!(!refcount.try_release(), "two hold it: EWOULDBLOCK");
    assert_eq!(refcount.count(), 2, "the base is back where it was");
    assert!(refcount.try_get(), "so that it can be entered as before");
    for _ in 0..3 {
        refcount.put();
    }
    assert!(refcount.try_release(), "now nobody holds it");
}

#[test]
fn a_module_that_holds_itself_from_init_on_is_never_unloaded() {
    let crc32 = Refcount::new();
    crc32.get(); // MOD_INC_USE_COUNT in init_crc32, so that nobody can remove the library
    crc32.set_state(ModuleState::Live);
    assert!(crc32.put(), "init has returned");
    for _ in 0..3 {
        assert!(!crc32.try_release(), "nobody uses it, and nobody but itself could give that reference back");
    }
    assert_eq!(crc32.count(), 1, "lsmod shows a user that is not there");
}

#[test]
fn a_registration_is_no_reference_because_exit_can_undo_it() {
    // The two kinds: an open file stops the unloader from trying, a registered number only asks for an exit.
    let (refcount, mut is_registered) = (Refcount::with(ModuleState::Live, 0), true);
    assert!(refcount.try_get(), "somebody opens the device");
    assert!(!refcount.try_release(), "no exit can close a file that a program has open: rmmod is refused");
    refcount.put();
    assert!(refcount.try_release(), "the number is still registered, and rmmod goes on");
    refcount.set_state(ModuleState::Going);
    is_registered &= false; // unregister_chrdev in module_exit
    assert!(!is_registered, "for that is what exit is for");
}

#[test]
fn a_base_that_a_put_too_many_has_taken_is_not_taken_again() {
    let refcount = Refcount::with(ModuleState::Live, -1);
    assert!(
        !refcount.try_release(),
        "it was released, and the count was zero before the unloader came: BUG_ON(ret < 0) in the kernel"
    );
    assert_eq!(refcount.count(), -1, "the count was zero, and is zero again: base and holders less one");
    assert!(!refcount.try_get(), "nobody gets in, and the module stays: it has been counted wrongly");
}

#[test]
fn a_module_that_more_hold_than_can_be_counted_stays() {
    let refcount = Refcount::with(ModuleState::Live, i32::MAX);
    let before = refcount.count();
    assert!(
        !refcount.try_release(),
        "memory that is lost is better than memory that is freed under somebody"
    );
    assert_eq!(refcount.count(), before, "it is held for ever");
}

#[test]
fn nobody_is_in_the_text_that_goes() {
    Scenario::new("rmmod against open", || World::held(ModuleState::Live, 0))
        .cpu("rmmod", World::rmmod)
        .cpu("open", World::open)
        .finally(|world| {
            let count = world.refcount.count();
            assert!(
                count == 0 || world.text.is_freed(),
                "it stays with a count of {count}: nobody can enter or unload it"
            );
        })
        .never_fails(
            "A CPU that holds a reference may sleep in the module; its text must be there when it wakes.",
        );
}

#[test]
fn all_that_a_holder_did_is_over_when_the_text_goes() {
    Scenario::new("rmmod against the last close", || World::held(ModuleState::Live, 1))
        .cpu("rmmod", World::rmmod)
        .cpu("close", |world: &World| {
            world.sleep_inside();
            world.refcount.put();
        })
        .never_fails("put is a Release, and whoever takes the base by it an Acquire: the holder's last access comes first.");
}

#[test]
fn whoever_is_refused_leaves_a_module_that_can_be_entered_and_unloaded() {
    Scenario::new("rmmod against one who stays", || World::held(ModuleState::Live, 1))
        .cpu("rmmod", |world: &World| {
            assert!(!world.refcount.try_release(), "somebody holds it all the time")
        })
        .cpu("open", |world| {
            assert!(world.refcount.try_get(), "a module that is held can be held once more, rmmod or not");
            world.refcount.put();
        })
        .finally(|world| assert_eq!(world.refcount.count(), 1, "the count is what it was"))
        .never_fails("Who asks whether a module can go must not be seen by those who come in.");
}

#[test]
fn who_lets_go_in_the_middle_decides_it() {
    Scenario::new("rmmod against put", || World::held(ModuleState::Live, 1))
        .cpu("rmmod", |world: &World| {
            let released = world.refcount.try_release();
            let count = world.refcount.count();
            assert!(!released || count == -1, "released, and the count is {count}");
        })
        .cpu("close", |world| assert!(world.refcount.put(), "it held"))
        .finally(|world| {
            let count = world.refcount.count();
            let entered = world.refcount.try_get();
            assert!(
                entered == (count == 0),
                "the count is {count}: it can be entered, or it is gone for good"
            );
        })
        .never_fails(
            "If the base comes back to a count of zero, a module would live again that somebody frees.",
        );
}

#[test]
fn who_lets_go_after_a_refusal_sees_what_was_said_before_it() {
    struct Note(World, sync::AtomicBool, AtomicBool, AtomicBool);
    let world = || {
        let said = sync::AtomicBool::new(false);
        Note(World::held(ModuleState::Live, 1), said, AtomicBool::new(false), AtomicBool::new(false))
    };
    Scenario::new("a note for the last one out", world)
        .cpu("rmmod", |Note(world, said, refused, _): &Note| {
            said.store(true, sync::Ordering::Relaxed);
            refused.store(!world.refcount.try_release(), SeqCst);
        })
        .cpu("close", |Note(world, said, _, seen)| {
            world.refcount.put();
            sync::fence(sync::Ordering::Acquire);
            seen.store(said.load(sync::Ordering::Relaxed), SeqCst);
        })
        .finally(|Note(_, _, refused, seen)| {
            assert!(seen.load(SeqCst) || !refused.load(SeqCst), "rmmod was refused, and the last one out has not seen that it waits");
        })
        .never_fails("rmmod --wait sleeps until the last put wakes it (lab 12): that put must see that somebody waits.");
}

#[test]
fn the_last_of_two_holders_is_waited_for() {
    Scenario::new("rmmod against two closes", || World::held(ModuleState::Live, 2))
        .cpu("rmmod", World::rmmod)
        .cpu("close", |world: &World| {
            world.sleep_inside();
            world.refcount.put();
        })
        .cpu("close", |world| {
            world.sleep_inside();
            world.refcount.put();
        })
        .preemptions(2)
        .never_fails("One who lets go says nothing about the other.");
}

#[test]
fn a_number_read_with_get_use_count_says_nothing_about_the_next_moment() {
    let scenario = Scenario::new("GET_USE_COUNT against open", || World::held(ModuleState::Live, 0))
        .cpu("rmmod", |world: &World| {
            if world.refcount.count() == 0 {
                note("nobody uses it");
                world.rmmod_regardless();
            }
        })
        .cpu("open", World::open);
    let failure = scenario.fails("Between reading a count and acting on it anybody may come in.");
    assert_eq!(
        failure.sentence, "CPU 1 runs in the text of disk, which CPU 0 freed.",
        "the count was 0, and nothing kept the next one out: {failure}"
    );
    Scenario::new("try_release_module_ref against open", || World::held(ModuleState::Live, 0))
        .cpu("rmmod", World::rmmod)
        .cpu("open", World::open)
        .never_fails("Asking and acting in one step is what try_release is for.");
}

#[test]
fn on_real_cpus_nobody_ever_meets_freed_text() {
    for round in 0..200 {
        let shared =
            Arc::new((Refcount::with(ModuleState::Live, 0), AtomicBool::new(false), AtomicI32::new(0)));
        let holders: Vec<_> = (0..3)
            .map(|_| {
                let shared = shared.clone();
                thread::spawn(move || {
                    let (refcount, is_freed, entered) = &*shared;
                    for _ in 0..50 {
                        if refcount.try_get() {
                            entered.fetch_add(1, SeqCst);
                            assert!(!is_freed.load(SeqCst), "round {round}: in freed text");
                            refcount.put();
                        }
                    }
                })
            })
            .collect();
        while !shared.0.try_release() {
            thread::yield_now();
        }
        shared.1.store(true, SeqCst);
        for holder in holders {
            assert!(holder.join().is_ok(), "round {round}: somebody was in the text that was freed");
        }
        assert_eq!(
            shared.0.count(),
            -1,
            "round {round}: the base is gone, and every reference was given back"
        );
    }
}
