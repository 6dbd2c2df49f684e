//! The count in a life without races.

use abi::{Errno, ModuleState};
use explore::Schedule;
use refcount::{
    Refcount,
    model::{
        broken::{CountsItself, FlagAndCountApart, NoCount},
        races::rmmod_against_open,
    },
};

#[test]
fn a_module_is_held_by_its_init_until_that_has_returned() {
    let refcount = Refcount::default();
    assert_eq!(refcount.count(), 1);
    assert!(refcount.put());
    assert_eq!(refcount.count(), 0);
}

#[test]
fn a_held_module_cannot_be_released_and_an_idle_one_can_never_be_held_again() {
    let refcount = Refcount::default();
    assert!(!refcount.try_release(), "init holds it");
    assert_eq!(refcount.count(), 1, "the base was put back");
    refcount.put();
    assert!(refcount.try_release());
    assert!(!refcount.try_get());
    assert!(!refcount.put(), "a put without a get changes nothing");
}

#[test]
fn a_strong_get_refuses_a_module_that_is_not_ready() {
    let refcount = Refcount::default();
    refcount.set_state(ModuleState::Coming);
    assert_eq!(refcount.strong_try_get(), Err(Errno::EBUSY));
    assert!(refcount.try_get(), "a plain get succeeds while it is coming");
    refcount.set_state(ModuleState::Live);
    assert_eq!(refcount.strong_try_get(), Ok(()));
    refcount.set_state(ModuleState::Going);
    assert_eq!(refcount.strong_try_get(), Err(Errno::ENOENT));
}

#[test]
fn whoever_opens_a_module_sleeps_in_its_read() {
    let open_first = Schedule::of(&[1; 9]);
    for steps in [
        rmmod_against_open::<NoCount>().replay(&open_first).steps,
        rmmod_against_open::<CountsItself>().replay(&open_first).steps,
        rmmod_against_open::<FlagAndCountApart>().replay(&open_first).steps,
    ] {
        assert!(steps.iter().any(|step| step.is_note && step.text == "sleeps in read"), "{steps:?}");
    }
}
