//! rmmod --wait: sleeping until everybody has let go.

use std::cell::RefCell;

use abi::ModuleState;
use explore::{Scenario, step};
use unload::{
    parts::Refcount,
    wait::{Waiter, wait_for_zero},
};

use crate::common::Kernel;

/// A waiter who notes what is done to it; while it sleeps, somebody lets go.
struct Notes<'r> {
    refcount: &'r Refcount,
    said: RefCell<Vec<&'static str>>,
    /// Woken for nothing so often.
    for_nothing: RefCell<u32>,
}

impl Notes<'_> {
    fn on(refcount: &Refcount) -> Notes<'_> {
        Notes { refcount, said: RefCell::default(), for_nothing: RefCell::new(0) }
    }

    fn said(self) -> Vec<&'static str> {
        self.said.into_inner()
    }
}

impl Waiter for Notes<'_> {
    fn prepare(&self) {
        self.said.borrow_mut().push("prepare");
    }
    fn schedule(&self) {
        self.said.borrow_mut().push("schedule");
        assert!(self.said.borrow().len() < 50, "it is woken again and again, and goes on sleeping");
        let mut for_nothing = self.for_nothing.borrow_mut();
        if *for_nothing > 0 {
            *for_nothing -= 1;
        } else {
            assert!(self.refcount.put(), "nobody holds it, and yet somebody sleeps and waits: for whom?");
        }
    }
    fn finish(&self) {
        self.said.borrow_mut().push("finish");
    }
    fn wake(&self) {}
}

/// `rmmod --wait` of a module that is LIVE.
fn rmmod_wait(kernel: &Kernel) {
    kernel.module.refcount.set_state(ModuleState::Going);
    unload::model::wait::wait_for_zero(&kernel.module.refcount, &kernel.module.waiter);
    kernel.module.end();
}

/// A module that is GOING and held by so many.
fn going(holders: u32) -> Refcount {
    let refcount = Refcount::new();
    refcount.put(); // what init held
    (0..holders).for_each(|_| refcount.get());
    refcount.set_state(ModuleState::Going);
    refcount
}

#[test]
fn who_need_not_wait_does_not_sleep() {
    let refcount = going(0);
    let notes = Notes::on(&refcount);
    wait_for_zero(&refcount, &notes);
    assert!(!notes.said().contains(&"schedule"), "nobody is left who would wake it");
    assert_eq!(refcount.count(), -1, "the base is gone, and nobody can hold it again");
}

#[test]
fn it_sleeps_until_the_last_has_let_go() {
    let refcount = going(2);
    let notes = Notes::on(&refcount);
    wait_for_zero(&refcount, &notes);
    let slept = notes.said().iter().filter(|&&said| said == "schedule").count();
    assert_eq!(slept, 2, "each module_put wakes it, and it looks at the count itself");
    assert_eq!(refcount.count(), -1, "the base is gone");
}

#[test]
fn who_is_woken_for_nothing_sleeps_again() {
    let refcount = going(1);
    let notes = Notes::on(&refcount);
    *notes.for_nothing.borrow_mut() = 3;
    wait_for_zero(&refcount, &notes);
    assert_eq!(refcount.count(), -1, "a waking says that it is worth looking, and nothing more");
}

#[test]
fn it_gets_ready_to_sleep_before_each_look_and_is_running_at_the_end() {
    let refcount = going(1);
    let notes = Notes::on(&refcount);
    wait_for_zero(&refcount, &notes);
    assert_eq!(
        notes.said(),
        ["prepare", "schedule", "prepare", "finish"],
        "set_current_state before the look; a task that goes on must not look asleep"
    );
}

#[test]
fn the_last_close_wakes_it_in_every_interleaving() {
    Scenario::new("rmmod --wait against the last close", || Kernel::with(ModuleState::Live, 1))
        .cpu("rmmod --wait", rmmod_wait)
        .cpu("close", Kernel::read_and_close)
        .finally(|kernel| assert!(kernel.module.text.is_freed(), "nobody holds it, so it has gone"))
        .never_fails("a waking between the look and the sleep must not be lost, or rmmod sleeps for ever");
}

#[test]
fn who_opens_it_meanwhile_is_waited_for_or_refused() {
    Scenario::new("rmmod --wait against open", Kernel::live)
        .cpu("rmmod --wait", rmmod_wait)
        .cpu("open", |kernel| {
            if kernel.module.refcount.try_get() {
                kernel.read_and_close();
            }
        })
        .finally(|kernel| assert!(kernel.module.text.is_freed(), "nobody holds it, so it has gone"))
        .never_fails("GOING stops those who come; those who were in already are waited for");
}

#[test]
fn init_that_ends_meanwhile_wakes_it_too() {
    Scenario::new("rmmod --wait against the end of init", || Kernel::with(ModuleState::Coming, 0))
        .cpu("rmmod --wait", |kernel| {
            if kernel.module.refcount.state() == ModuleState::Live {
                rmmod_wait(kernel);
            }
        })
        .cpu("insmod", |kernel| {
            kernel.module.text.run(|| step("init"));
            kernel.module.refcount.set_state(ModuleState::Live);
            // Init's own reference, the first there is, is given back like any other.
            unload::model::put::module_put(&kernel.module.refcount, &kernel.module.waiter);
        })
        .finally(|kernel| {
            let idle = kernel.module.refcount.count() == 0;
            assert!(idle || kernel.module.text.is_freed(), "it stays, idle, or it has gone");
        })
        .never_fails(
            "between LIVE and the end of init somebody may begin to wait, and init holds the module",
        );
}
