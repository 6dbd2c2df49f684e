//! A module is opened while its init runs. Who is let in because of that is the next task's.

use abi::Errno;
use lifecycle::{
    Entrance, Fate,
    ModuleState::{Coming, Going, Live, Unformed},
    Visibility,
};

/// Whether it is noted that the module was made live: in the third loader, one that fails is stuck then.
fn is_noted(entrance: &Entrance) -> bool {
    entrance.init_failed() == Fate::Stuck
}

#[test]
fn a_module_that_comes_is_opened() {
    let entrance = Entrance::new(Visibility::MadeLive);
    assert_eq!(entrance.module_make_live(Coming), Ok(()), "add_disk calls it from within init");
    assert!(
        is_noted(&entrance),
        "and reads the first sector at once, through a module that must be open for that"
    );
}

#[test]
fn a_module_that_goes_is_not_opened_again() {
    let entrance = Entrance::new(Visibility::MadeLive);
    assert_eq!(
        entrance.module_make_live(Going),
        Err(Errno::EINVAL),
        "Russell's patch set the state to LIVE whatever it was, which would bring a module back from GOING"
    );
    assert!(
        !is_noted(&entrance),
        "it was noted, and a call that is refused changes nothing: nobody was let in, and it can be freed"
    );
}

#[test]
fn a_module_that_is_not_linked_is_not_opened() {
    let entrance = Entrance::new(Visibility::MadeLive);
    assert_eq!(entrance.module_make_live(Unformed), Err(Errno::EINVAL), "there is nothing to enter yet");
    assert!(!is_noted(&entrance), "it was noted, and when the module comes, nobody has asked for it");
}

#[test]
fn a_live_module_is_open_already() {
    let entrance = Entrance::new(Visibility::MadeLive);
    assert_eq!(
        entrance.module_make_live(Live),
        Ok(()),
        "a driver adds its second disk when the first one has long been in use: add_disk is called all the same"
    );
    assert!(!is_noted(&entrance), "it was noted, and nothing had to be: who is LIVE may be entered anyway");
}

#[test]
fn twice_is_once() {
    let entrance = Entrance::new(Visibility::MadeLive);
    for _ in 0..2 {
        assert_eq!(entrance.module_make_live(Coming), Ok(()), "a driver with two disks calls add_disk twice");
    }
    assert!(is_noted(&entrance), "it stays open");
}

#[test]
fn who_was_opened_and_fails_all_the_same_is_stuck() {
    for (visibility, fate) in [
        (Visibility::Hidden, Fate::Freed),
        (Visibility::FromTheStart, Fate::Freed),
        (Visibility::MadeLive, Fate::Stuck),
    ] {
        let entrance = Entrance::new(visibility);
        assert_eq!(entrance.init_failed(), Fate::Freed, "{visibility}: nobody has opened it");
        assert_eq!(
            entrance.module_make_live(Coming),
            Ok(()),
            "{visibility}: every loader's add_disk calls it"
        );
        assert_eq!(
            entrance.init_failed(),
            fate,
            "{visibility}: `Your init function MUST NOT FAIL after this`, says the patch at add_disk, and the loader \
             can tell who did"
        );
    }
}
