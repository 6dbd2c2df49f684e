//! Who is in a module's text.

use std::ops::Range;

use unload::inside::{Task, User, text_users};

/// The core part and the init part of a module.
const TEXT: [Range<u64>; 2] = [0x1000..0x1800, 0x9000..0x9100];

/// A task that has called the module function at 0x5000, of another module, and sleeps in the kernel.
fn task() -> Task {
    let (comm, calls) = ("cat".to_owned(), vec![0x5000]);
    Task { comm, pid: 7, pc: 0xffff_0000, calls, stack: vec![0xffff_0010, 0x5010, 42] }
}

/// What is found: where, and whether for certain.
fn found(task: Task) -> Option<(u64, bool)> {
    let users = text_users(&[task], &TEXT);
    assert!(users.len() <= 1, "one task is one user: {users:?}");
    users.first().map(|user| (user.at, user.certain))
}

#[test]
fn who_has_nothing_to_do_with_the_module_is_not_in_it() {
    assert_eq!(found(task()), None, "it is in another module");
    assert_eq!(text_users(&[], &TEXT), [], "nobody is nowhere");
}

#[test]
fn who_was_called_and_has_not_returned_is_inside_for_certain() {
    let sleeper = Task { calls: vec![0x1100], stack: vec![0xffff_0010, 0x1134, 42], ..task() };
    assert_eq!(found(sleeper), Some((0x1134, true)), "it will come back to where its stack says");
    let tail = Task { calls: vec![0x1100], stack: vec![0xffff_0010], ..task() };
    assert_eq!(found(tail), Some((0x1100, true)), "no word says where: then the function that was called");
}

#[test]
fn who_goes_on_there_is_inside_for_certain() {
    let running = Task { pc: 0x1200, calls: vec![0x1100], stack: vec![0x1134], ..task() };
    assert_eq!(found(running), Some((0x1200, true)), "its next instruction lies in the text");
    let just_at_the_end = Task { pc: 0x1800, ..task() };
    assert_eq!(found(just_at_the_end), None, "the text ends before its end");
}

#[test]
fn a_return_address_alone_is_a_doubt() {
    let perhaps = Task { stack: vec![0xffff_0010, 0x1134, 0x1234], ..task() };
    assert_eq!(
        found(perhaps),
        Some((0x1134, false)),
        "it may be left over from a call that is long over; or a module has called the other one directly"
    );
}

#[test]
fn the_innermost_place_is_the_one_it_comes_to_first() {
    let nested = Task { calls: vec![0x1100, 0x5000, 0x1300], stack: vec![0x1334, 0x5010, 0x1134], ..task() };
    assert_eq!(found(nested), Some((0x1334, true)), "the stack begins with the innermost word");
    let unnamed = Task { calls: vec![0x1100, 0x1300, 0x5000], stack: vec![], ..task() };
    assert_eq!(found(unnamed), Some((0x1300, true)), "and the calls end with it");
}

#[test]
fn a_return_address_is_behind_its_call() {
    let at_the_end = Task { stack: vec![0x1800], ..task() };
    assert_eq!(
        found(at_the_end),
        Some((0x1800, false)),
        "a call that never returns may be the last instruction"
    );
    let at_the_beginning = Task { stack: vec![0x1000], ..task() };
    assert_eq!(
        found(at_the_beginning),
        None,
        "before the first instruction there is no call: a mere pointer"
    );
    let zero = Task { stack: vec![0, u64::MAX], ..task() };
    assert_eq!(found(zero), None, "every stack is full of zeroes");
}

#[test]
fn the_init_part_is_text_as_well() {
    let in_init = Task { calls: vec![0x9000], stack: vec![0x9020], ..task() };
    assert_eq!(found(in_init), Some((0x9020, true)), "init, too, may sleep");
}

#[test]
fn who_has_called_no_module_is_in_none_whatever_lies_on_its_stack() {
    let idle = Task { calls: vec![], stack: vec![0x1134, 0x1234], ..task() };
    assert_eq!(
        found(idle),
        None,
        "these calls have returned, or their words would not be all that is left of them"
    );
}

#[test]
fn every_task_is_asked_and_keeps_its_name() {
    let named = |comm: &str, pid, calls| Task { comm: comm.to_owned(), pid, calls, stack: vec![], ..task() };
    let tasks = [named("cat", 1, vec![0x1100]), named("sh", 2, vec![0x5000]), named("dd", 3, vec![0x1200])];
    let user = |comm: &str, pid, at| User { comm: comm.to_owned(), pid, at, certain: true };
    assert_eq!(
        text_users(&tasks, &TEXT),
        [user("cat", 1, 0x1100), user("dd", 3, 0x1200)],
        "a warning that names them tells people whom to stop"
    );
}
