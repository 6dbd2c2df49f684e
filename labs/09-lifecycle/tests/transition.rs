//! Which state may follow which.

use abi::Errno;
use lifecycle::{
    ModuleState::{self, Coming, Going, Live, Unformed},
    name, transition,
};

use crate::common::{outcome, silent};

const ALL: [ModuleState; 4] = [Unformed, Coming, Live, Going];

#[track_caller]
fn may(from: ModuleState, to: ModuleState, why: &str) {
    assert_eq!(outcome(transition(from, to)), "done", "{} to {}: {why}", name(from), name(to));
}

#[track_caller]
fn is_a_bug(from: ModuleState, to: ModuleState, why: &str) {
    let (from, to) = (name(from), name(to));
    let expected = format!("EINVAL: BUG: a module cannot go from {from} to {to}");
    let state =
        |name| ALL.into_iter().find(|&state| lifecycle::name(state) == name).expect("one of the four");
    assert_eq!(outcome(transition(state(from), state(to))), expected, "{why}");
}

#[test]
fn a_linked_module_comes_and_then_lives() {
    may(Unformed, Coming, "complete_formation is the last step of linking");
    may(Coming, Live, "do_init_module: init has returned 0");
}

#[test]
fn a_module_whose_init_fails_goes_without_having_lived() {
    may(Coming, Going, "nobody may enter it any more while it is undone");
}

#[test]
fn a_module_that_lives_can_only_go() {
    may(Live, Going, "delete_module");
    is_a_bug(Live, Coming, "init runs once; there is no second youth");
    is_a_bug(Live, Unformed, "it would vanish from the list while people are in it");
}

#[test]
fn what_goes_never_comes_back() {
    is_a_bug(Going, Live, "who was told that it goes has thrown away what belonged to it");
    is_a_bug(Going, Coming, "its exit has run, or its init has failed");
    may(
        Going,
        Unformed,
        "free_module hides what it takes apart, and keeps its name in the list until it is done",
    );
}

#[test]
fn a_module_is_removed_once() {
    assert_eq!(
        outcome(transition(Going, Going)),
        silent(Errno::EBUSY),
        "two rmmods of one module: the second finds it on its way already, which is no bug of anybody's"
    );
}

#[test]
fn nobody_lives_without_having_come() {
    is_a_bug(Unformed, Live, "it has not been linked to its end, and its init has not run");
    is_a_bug(Unformed, Going, "it cannot be found yet, so nobody can ask for its removal");
}

#[test]
fn of_sixteen_ways_five_are_open() {
    let ways = ALL.into_iter().flat_map(|from| ALL.map(|to| (from, to)));
    let open: Vec<_> = ways
        .filter(|&(from, to)| transition(from, to).is_ok())
        .map(|(from, to)| format!("{} to {}", name(from), name(to)))
        .collect();
    assert_eq!(
        open,
        ["UNFORMED to COMING", "COMING to LIVE", "COMING to GOING", "LIVE to GOING", "GOING to UNFORMED"],
        "a state that follows itself is not a way either: somebody has done something twice"
    );
}
