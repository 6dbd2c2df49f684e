//! strong_try_module_get: only of a module whose init has returned.

use abi::{Errno, ModuleState};
use explore::Scenario;
use refcount::Refcount;

use crate::common::World;

#[test]
fn a_live_module_is_held() {
    let refcount = Refcount::with(ModuleState::Live, 0);
    assert_eq!(refcount.strong_try_get(), Ok(()), "its init has returned");
    assert_eq!(refcount.count(), 1, "what uses its symbols holds it: it cannot be removed before them");
}

#[test]
fn a_module_whose_init_still_runs_is_busy() {
    let refcount = Refcount::new();
    refcount.set_state(ModuleState::Coming);
    assert_eq!(
        refcount.strong_try_get(),
        Err(Errno::EBUSY),
        "what it exports may not be set up yet: come back later"
    );
    assert_eq!(refcount.count(), 1, "nothing was taken: init's reference alone is there");
    assert!(refcount.try_get(), "a plain get would have succeeded: that is the difference");
}

#[test]
fn a_module_on_its_way_out_is_as_good_as_gone() {
    let refcount = Refcount::with(ModuleState::Going, 0);
    assert_eq!(refcount.strong_try_get(), Err(Errno::ENOENT), "its symbols are not found any more");
    let released = Refcount::with(ModuleState::Live, -1);
    assert_eq!(
        released.strong_try_get(),
        Err(Errno::ENOENT),
        "nor those of one whose base is taken, GOING or not yet"
    );
    assert_eq!((refcount.count(), released.count()), (0, -1), "nothing was taken");
}

#[test]
fn a_module_that_is_still_put_together_is_not_there() {
    let refcount = Refcount::new();
    assert_eq!(
        refcount.strong_try_get(),
        Err(Errno::ENOENT),
        "nobody can have found it: BUG_ON in the kernel"
    );
    assert_eq!(refcount.count(), 1, "nothing was taken");
}

#[test]
fn whoever_failed_may_try_again_when_init_has_returned() {
    let refcount = Refcount::new();
    refcount.set_state(ModuleState::Coming);
    assert_eq!(
        refcount.strong_try_get(),
        Err(Errno::EBUSY),
        "resolve_symbol_wait waits up to 30 seconds for this to change"
    );
    refcount.set_state(ModuleState::Live);
    refcount.put();
    assert_eq!(refcount.strong_try_get(), Ok(()), "init has returned");
    assert_eq!(refcount.count(), 1, "its own reference is gone, and one for the user is there");
}

#[test]
fn what_symbol_get_has_found_cannot_be_unloaded() {
    Scenario::new("rmmod against symbol_get", || World::held(ModuleState::Live, 0))
        .cpu("rmmod", World::rmmod)
        .cpu("symbol_get", |world: &World| {
            if world.refcount.strong_try_get().is_ok() {
                world.sleep_inside();
                world.refcount.put(); // symbol_put
            }
        })
        .never_fails(
            "An address that was looked up at run time is used as long as symbol_get's reference is held.",
        );
}

#[test]
fn nobody_is_bound_to_a_module_before_its_init_is_done() {
    Scenario::new("init against symbol_get", || World::held(ModuleState::Coming, 1))
        .cpu("init", |world: &World| {
            world.formed.set(1);
            world.refcount.set_state(ModuleState::Live);
            world.refcount.put();
        })
        .cpu("symbol_get", |world| {
            if world.refcount.strong_try_get().is_ok() {
                assert_eq!(world.formed.get(), 1, "used before init has set it up");
                world.refcount.put();
            }
        })
        .finally(|world| assert_eq!(world.refcount.count(), 0, "everybody has let go"))
        .never_fails("EBUSY until it is LIVE, and all that init did is seen by then.");
}
