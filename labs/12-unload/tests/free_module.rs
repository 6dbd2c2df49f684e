//! In which order a module is taken down.

use std::cell::{Cell, RefCell};

use explore::Scenario;
use unload::{
    free::{Ending, free_module},
    inside::User,
    stop::{O_NONBLOCK, Stopped},
};

use crate::common::Kernel;

/// A module that notes what is done to it, with somebody inside for so many looks.
struct Notes {
    done: RefCell<Vec<&'static str>>,
    inside: Cell<u32>,
    patience: Cell<u32>,
    /// Those inside are there for certain.
    certain: bool,
}

impl Notes {
    fn new(inside: u32, patience: u32) -> Notes {
        let (inside, patience) = (Cell::new(inside), Cell::new(patience));
        Notes { done: RefCell::default(), inside, patience, certain: true }
    }

    fn note(&self, what: &'static str) {
        self.done.borrow_mut().push(what);
        assert!(self.done.borrow().len() < 50, "this goes on for ever");
    }
}

impl Ending for Notes {
    fn call_exit(&self) {
        self.note("exit");
    }
    fn notify_going(&self) {
        self.note("notify");
    }
    fn async_synchronize(&self) {
        self.note("async");
    }
    fn unlink(&self) {
        self.note("unlink");
    }
    fn synchronize(&self) {
        self.note("synchronize");
    }
    fn text_users(&self) -> Vec<User> {
        self.note("look");
        let inside = self.inside.get();
        self.inside.set(inside.saturating_sub(1));
        let user = User { comm: "cat".to_owned(), pid: 7, at: 0x1134, certain: self.certain };
        if inside > 0 { vec![user] } else { Vec::new() }
    }
    fn wait_for(&self, users: &[User]) -> bool {
        assert!(!users.is_empty(), "for whom?");
        self.note("wait");
        let patience = self.patience.get();
        self.patience.set(patience.saturating_sub(1));
        patience > 0
    }
    fn free(&self) {
        self.note("free");
    }
}

/// What was done to a module with somebody inside for so many looks, and whether it was freed.
fn freed(inside: u32, patience: u32, stopped: Stopped) -> (bool, Vec<&'static str>) {
    let notes = Notes::new(inside, patience);
    (free_module(&notes, stopped), notes.done.into_inner())
}

/// Where in the order something was done.
fn at(done: &[&str], what: &str) -> usize {
    done.iter()
        .position(|&it| it == what)
        .unwrap_or_else(|| panic!("it was never done: {what}; done: {done:?}"))
}

#[test]
fn everything_is_done_once_and_in_this_order() {
    assert_eq!(
        freed(0, 9, Stopped::Idle),
        (true, vec!["exit", "notify", "async", "unlink", "synchronize", "look", "free"]),
        "delete_module, free_module"
    );
}

#[test]
fn notifiers_hear_of_it_after_exit_and_while_it_can_be_found() {
    let (_, done) = freed(0, 9, Stopped::Idle);
    assert!(
        at(&done, "exit") < at(&done, "notify"),
        "a tracer wants to see exit, too, and drops its hooks then"
    );
    assert!(
        at(&done, "notify") < at(&done, "unlink"),
        "it looks the module up to learn what it is to forget"
    );
}

#[test]
fn nobody_can_find_it_when_its_memory_goes() {
    let (_, done) = freed(0, 9, Stopped::Idle);
    assert!(
        at(&done, "unlink") < at(&done, "synchronize"),
        "who comes after the grace period must not find it"
    );
    assert!(at(&done, "synchronize") < at(&done, "free"), "who had found it before has gone");
}

#[test]
fn who_is_inside_is_waited_for_and_looked_for_again() {
    let (freed, done) = freed(2, 9, Stopped::Idle);
    assert!(freed, "they have left");
    assert_eq!(
        done[5..],
        ["look", "wait", "look", "wait", "look", "free"],
        "the last look before free finds nobody: that is the proof"
    );
}

#[test]
fn who_is_perhaps_inside_is_waited_for_too() {
    let notes = Notes { certain: false, ..Notes::new(1, 9) };
    assert!(free_module(&notes, Stopped::Idle), "he has left");
    assert_eq!(
        notes.done.into_inner()[5..],
        ["look", "wait", "look", "free"],
        "a doubt is no proof that nobody is there; klp_check_stack, too, says no where it cannot tell"
    );
}

#[test]
fn what_cannot_be_waited_for_is_never_freed() {
    let (freed, done) = freed(99, 2, Stopped::Idle);
    assert!(!freed, "its memory is kept for ever, which is better than a CPU in freed text");
    assert!(!done.contains(&"free"), "{done:?}");
}

#[test]
fn by_force_nobody_is_waited_for() {
    let (freed, done) = freed(99, 9, Stopped::Forced);
    assert!(freed, "that is what force means");
    assert_eq!(
        done,
        ["exit", "notify", "async", "unlink", "synchronize", "free"],
        "the rest is done all the same"
    );
}

#[test]
fn who_was_waited_for_is_looked_at_like_anybody_else() {
    let (freed, done) = freed(1, 9, Stopped::Held);
    assert!(
        freed && at(&done, "look") < at(&done, "free"),
        "that nobody holds it says nothing of who is inside"
    );
}

#[test]
fn an_open_a_look_up_and_an_oops_at_the_same_time_end_well() {
    for (what, other) in [
        (
            "open",
            (|kernel: &Kernel| {
                kernel.open();
            }) as fn(&Kernel),
        ),
        ("insmod", |kernel| {
            let _ = kernel.use_symbol();
        }),
        ("oops", |kernel| kernel.symbolize(1)),
    ] {
        Scenario::new(&format!("rmmod against {what}"), Kernel::live)
            .cpu("rmmod", |kernel| kernel.delete_module(O_NONBLOCK))
            .cpu(what, other)
            .preemptions(3)
            .never_fails("out of the lists, a grace period, and only then poison");
    }
}

#[test]
fn two_who_wait_for_the_same_module_do_not_free_it_twice() {
    Scenario::new("rmmod --wait against rmmod", Kernel::live)
        .cpu("rmmod --wait", |kernel| kernel.delete_module(0))
        .cpu("rmmod", |kernel| kernel.delete_module(O_NONBLOCK))
        .preemptions(3)
        .finally(|kernel| assert!(kernel.module.text.is_freed(), "one of them has removed it"))
        .never_fails("GOING is asked and set with module_mutex held");
}
