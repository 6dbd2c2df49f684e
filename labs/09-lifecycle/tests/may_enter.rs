//! Who may enter a module, and when: the three loaders, and what each of them does to one disk.

use explore::{Plain, Scenario};
use lifecycle::{
    Entrance,
    ModuleState::{Coming, Going, Live, Unformed},
    Visibility,
    model::{
        self,
        disk::{Ending, Opens, scenario},
    },
};

/// The way into a module that somebody has made live while it was COMING.
fn made_live(visibility: Visibility) -> Entrance {
    let entrance = Entrance::new(visibility);
    assert_eq!(entrance.module_make_live(Coming), Ok(()), "a module that is COMING can be made live");
    entrance
}

#[test]
fn a_live_module_may_be_entered_whatever_the_loader() {
    for visibility in Visibility::ALL {
        assert!(
            Entrance::new(visibility).may_enter(Live),
            "{visibility}: who is LIVE was refused, although init has returned 0 and cannot fail any more"
        );
    }
}

#[test]
fn nobody_enters_what_is_not_linked_or_goes() {
    for visibility in Visibility::ALL {
        for state in [Unformed, Going] {
            assert!(
                !made_live(visibility).may_enter(state),
                "{visibility}, {state:?}: somebody was let in. That it was made live once does not help: there is no \
                 text, or soon none"
            );
        }
    }
}

#[test]
fn the_first_loader_hides_a_module_until_its_init_has_returned() {
    assert!(
        !made_live(Visibility::Hidden).may_enter(Coming),
        "somebody was let in while it was COMING, and 2.5.48 had no module_make_live: LIVE and nothing else"
    );
}

#[test]
fn the_second_loader_hides_nothing() {
    assert!(
        Entrance::new(Visibility::FromTheStart).may_enter(Coming),
        "who is COMING was refused, and all that is asked is state != MODULE_STATE_GOING: so it was in January \
         2003, and so it is in 6.1"
    );
}

#[test]
fn the_third_loader_opens_on_request() {
    let entrance = Entrance::new(Visibility::MadeLive);
    assert!(
        !entrance.may_enter(Coming),
        "somebody was let in before module_make_live: as long as nobody asks for it, init may fail and nobody has \
         been inside"
    );
    assert_eq!(entrance.module_make_live(Coming), Ok(()), "add_disk asks for it");
    assert!(
        entrance.may_enter(Coming),
        "it was refused after module_make_live: from then on the partitions can be read"
    );
}

#[test]
fn a_hidden_disk_has_no_partitions() {
    let failure = scenario(Visibility::Hidden, Opens::Disk, Ending::Succeeds)
        .fails("add_disk reads through a module that may not be entered yet, and so it finds nothing");
    assert!(failure.sentence.contains("its partitions are not found"), "what went wrong instead: {failure}");
}

#[test]
fn a_hidden_module_may_fail_as_it_likes() {
    for opens in [Opens::Disk, Opens::Control] {
        for ending in [Ending::FailsBefore, Ending::FailsAfter] {
            scenario(Visibility::Hidden, opens, ending)
                .never_fails("nobody has been let in, so the text can be freed whenever init fails");
        }
    }
}

#[test]
fn a_module_that_is_visible_is_entered_and_then_its_init_fails() {
    let failure = scenario(Visibility::FromTheStart, Opens::Disk, Ending::FailsAfter)
        .fails("who opens the disk while init runs is in a text that init's failure frees");
    assert!(
        failure.sentence.contains("the text of disk, which CPU 0 free"),
        "what went wrong instead: {failure}"
    );
}

#[test]
fn a_module_that_is_visible_is_entered_before_it_is_set_up() {
    let failure = scenario(Visibility::FromTheStart, Opens::Control, Ending::Succeeds)
        .fails("a device that is registered first can be opened first, and init need not fail for that");
    assert!(failure.sentence.contains("before its init has set it up"), "what went wrong instead: {failure}");
}

#[test]
fn a_visible_disk_has_its_partitions() {
    scenario(Visibility::FromTheStart, Opens::Disk, Ending::Succeeds).never_fails(
        "that is why the loader was changed: where init succeeds, a disk that is registered last is right",
    );
}

#[test]
fn a_disk_that_is_made_live_has_its_partitions_and_nobody_is_in_freed_text() {
    for opens in [Opens::Disk, Opens::Control] {
        for ending in [Ending::Succeeds, Ending::FailsBefore, Ending::FailsAfter] {
            scenario(Visibility::MadeLive, opens, ending).never_fails(
                "closed until add_disk, open from then on; whoever is let in sees what init has set up",
            );
        }
    }
}

#[test]
fn who_enters_sees_what_init_has_set_up() {
    struct World {
        entrance: model::entrance::Entrance,
        table: Plain<u32>,
    }
    let new =
        || World { entrance: model::entrance::Entrance::new(Visibility::MadeLive), table: Plain::new(0) };
    Scenario::new("init sets its table up and opens; somebody enters and reads it", new)
        .cpu("init", |world: &World| {
            world.table.set(2);
            let _ = world.entrance.module_make_live(Coming);
        })
        .cpu("open", |world: &World| {
            if world.entrance.may_enter(Coming) {
                assert_eq!(world.table.get(), 2, "who is let in finds the table written");
            }
        })
        .never_fails(
            "what is written before module_make_live must be there for whom it lets in: Release and Acquire",
        );
}

#[test]
fn the_partitions_of_a_disk_are_found_while_its_init_still_runs() {
    scenario(Visibility::MadeLive, Opens::Disk, Ending::Succeeds)
        .never_fails("add_disk opens the module first, and then reads through it");
}
