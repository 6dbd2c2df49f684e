//! Your schedules against the broken designs, and against the right one.

use explore::{Failure, Replay};
use refcount::model::{
    attacks::{Attack, attack},
    broken::{CountsItself, Design, FlagAndCountApart, NoCount},
    races::{Held, rmmod_against_open},
};

const FREED_LATER: &str = "CPU 1 runs in the text of disk, which CPU 0 frees.";
const FREED_BEFORE: &str = "CPU 1 runs in the text of disk, which CPU 0 freed.";

/// Replays it against the design it is meant for: what came, and how it failed.
fn replay<D: Design>(which: Attack, most: usize) -> (Replay, Failure) {
    let schedule = attack(which);
    assert!(
        schedule.len() <= most,
        "{which:?}: {} steps, and {most} are enough: an interleaving is shown with no more than it needs",
        schedule.len()
    );
    let replay = rmmod_against_open::<D>().replay(&schedule);
    assert_eq!(
        replay.ignored,
        0,
        "{which:?}: a CPU that has come to its end, or is none, cannot take a step\n\n{}",
        replay.table()
    );
    let failure = replay.failure.clone();
    let failure = failure.unwrap_or_else(|| {
        panic!("{which:?}: nothing goes wrong in this order of steps\n\n{}", replay.table())
    });
    (replay, failure)
}

/// How often a step that begins so was taken before the failure.
fn taken(replay: &Replay, cpu: usize, begins: &str) -> usize {
    replay.steps.iter().filter(|step| step.actor == cpu && step.text.starts_with(begins)).count()
}

#[test]
fn without_a_count_the_text_goes_under_whoever_is_in_it() {
    let (_, failure) = replay::<NoCount>(Attack::NoCount, 2);
    assert_eq!(failure.sentence, FREED_LATER, "it was in the text when it went\n\n{failure}");
}

#[test]
fn a_module_that_counts_itself_is_entered_before_it_counts() {
    let (replay, failure) = replay::<CountsItself>(Attack::EnteredBeforeTheCount, 3);
    assert_eq!(failure.sentence, FREED_LATER, "it was in the text when it went\n\n{failure}");
    let counted = taken(&replay, 1, "count.fetch_add");
    assert_eq!(counted, 0, "it is to be in the text and not to have counted yet\n\n{failure}");
}

#[test]
fn a_module_that_counts_itself_returns_after_it_has_counted() {
    let (replay, failure) = replay::<CountsItself>(Attack::ReturningAfterTheCount, 5);
    assert_eq!(failure.sentence, FREED_LATER, "it was in the text when it went\n\n{failure}");
    let (up, down) = (taken(&replay, 1, "count.fetch_add"), taken(&replay, 1, "count.fetch_sub"));
    assert_eq!((up, down), (1, 1), "it is to have counted up, and down again\n\n{failure}");
}

#[test]
fn a_flag_and_a_count_that_are_looked_at_apart_are_both_old() {
    let (replay, failure) = replay::<FlagAndCountApart>(Attack::FlagAndCountApart, 6);
    let sentence = failure.sentence.as_str();
    assert!(sentence == FREED_LATER || sentence == FREED_BEFORE, "it is in freed text\n\n{failure}");
    let (flag, count) = (taken(&replay, 1, "live.load"), taken(&replay, 0, "count.load"));
    assert_eq!((flag, count), (1, 1), "each has looked at what the other says\n\n{failure}");
}

#[test]
fn none_of_these_schedules_breaks_a_count_that_can_fail_to_be_taken() {
    let all = [
        Attack::NoCount,
        Attack::EnteredBeforeTheCount,
        Attack::ReturningAfterTheCount,
        Attack::FlagAndCountApart,
    ];
    for which in all {
        let replay = rmmod_against_open::<Held>().replay(&attack(which));
        assert!(
            replay.failure.is_none(),
            "{which:?} breaks your own Refcount: is try_get or try_release more than one step?\n\n{}",
            replay.table()
        );
    }
}
