//! All or nothing.

use abi::{Errno, LoadError};
use lifecycle::{Step, bring_up};

use crate::common::{Diary, outcome, silent};

/// A module whose init has four steps, as `labs/modules/c/halfway.c` has; the one with this number fails, 0: none.
struct Halfway {
    fail_at: u32,
    diary: Diary,
}

impl Halfway {
    fn step(&self, number: u32, what: &str) -> Result<(), LoadError> {
        if number == self.fail_at {
            self.diary.write(format!("{number} {what}: fails"));
            // Each step has an errno of its own, so that nobody takes one for another.
            let errnos = [Errno::ENOMEM, Errno::EBUSY, Errno::EEXIST, Errno::EIO];
            return Err(LoadError::silent(errnos[number as usize - 1]));
        }
        self.diary.write(format!("{number} {what}"));
        Ok(())
    }
}

const STEPS: [Step<Halfway, LoadError>; 4] = [
    Step { run: |it| it.step(1, "buffer"), undo: Some(|it| it.diary.write("undo 1")) },
    Step { run: |it| it.step(2, "device"), undo: Some(|it| it.diary.write("undo 2")) },
    Step { run: |it| it.step(3, "notifier"), undo: Some(|it| it.diary.write("undo 3")) },
    Step { run: |it| it.step(4, "last check"), undo: None },
];

/// What comes of bringing it up, and what was done.
fn brought_up(fail_at: u32) -> (String, Vec<String>) {
    let it = Halfway { fail_at, diary: Diary::default() };
    let said = outcome(bring_up(&STEPS, &it));
    (said, it.diary.read())
}

#[test]
fn where_nothing_fails_nothing_is_undone() {
    assert_eq!(
        brought_up(0),
        (
            "done".to_owned(),
            ["1 buffer", "2 device", "3 notifier", "4 last check"].map(str::to_owned).to_vec()
        ),
        "every step once, in its order"
    );
}

#[test]
fn the_first_step_that_fails_leaves_nothing_to_undo() {
    assert_eq!(
        brought_up(1),
        (silent(Errno::ENOMEM), vec!["1 buffer: fails".to_owned()]),
        "a step that fails has undone its own part: kfree of what kmalloc did not give would be the next bug"
    );
}

#[test]
fn what_was_done_is_undone_in_reverse() {
    let (said, done) = brought_up(4);
    assert_eq!(said, silent(Errno::EIO), "the error of the step that failed");
    assert_eq!(
        done,
        ["1 buffer", "2 device", "3 notifier", "4 last check: fails", "undo 3", "undo 2", "undo 1"],
        "what came last may use what came before it, so it goes first: the kernel's column of labels"
    );
}

#[test]
fn only_what_was_done_is_undone() {
    for (fail_at, errno, undone) in
        [(2, Errno::EBUSY, &["undo 1"][..]), (3, Errno::EEXIST, &["undo 2", "undo 1"])]
    {
        let (said, done) = brought_up(fail_at);
        assert_eq!(said, silent(errno), "step {fail_at} fails");
        assert_eq!(
            done[fail_at as usize..],
            *undone,
            "a jump to the wrong label takes down what was never there, or leaves behind what was"
        );
    }
}

#[test]
fn no_step_is_taken_after_the_one_that_failed() {
    let (_, done) = brought_up(2);
    assert_eq!(
        done.iter().filter(|line| line.starts_with(['3', '4'])).count(),
        0,
        "step 3 relies on step 2, which is not there: {done:?}"
    );
}

#[test]
fn a_step_without_an_undo_is_passed_over_and_the_others_are_not() {
    let steps: [Step<Halfway, LoadError>; 3] = [
        Step { run: |it| it.step(1, "buffer"), undo: Some(|it| it.diary.write("undo 1")) },
        Step { run: |it| it.step(2, "look"), undo: None },
        Step { run: |it| it.step(3, "notifier"), undo: Some(|it| it.diary.write("undo 3")) },
    ];
    let it = Halfway { fail_at: 3, diary: Diary::default() };
    assert_eq!(outcome(bring_up(&steps, &it)), silent(Errno::EEXIST), "step 3 fails");
    assert_eq!(
        it.diary.read(),
        ["1 buffer", "2 look", "3 notifier: fails", "undo 1"],
        "looking leaves nothing behind; the walk back does not end there"
    );
}

#[test]
fn without_steps_all_is_up() {
    let it = Halfway { fail_at: 1, diary: Diary::default() };
    let none: [Step<Halfway, LoadError>; 0] = [];
    assert_eq!(outcome(bring_up(&none, &it)), "done", "a module without init is LIVE all the same");
    assert_eq!(it.diary.read(), [""; 0], "and nothing has happened");
}
