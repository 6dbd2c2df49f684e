//! What keeps a module from being removed, in the kernel's order.

use std::sync::Arc;

use loader::{Kernel, LoadedModule};
use symbols::ModuleState;
use vermagic::Taint;

use crate::common::{boot, coming, file, find, in_time, list, live, log, outcome, without_exit};

const ENOENT: &str = "ENOENT: No such file or directory (the kernel prints nothing)";
const EAGAIN: &str = "EAGAIN: Resource temporarily unavailable (the kernel prints nothing)";
const EBUSY: &str = "EBUSY: Device or resource busy (the kernel prints nothing)";

fn rmmod(kernel: &Arc<Kernel>, name: &'static str) -> String {
    delete(kernel, name, false)
}

fn rmmod_force(kernel: &Arc<Kernel>, name: &'static str) -> String {
    delete(kernel, name, true)
}

fn delete(kernel: &Arc<Kernel>, name: &'static str, force: bool) -> String {
    let kernel = kernel.clone();
    in_time(move || outcome(kernel.delete_module(name.into(), force)))
}

fn is_forced(kernel: &Kernel) -> bool {
    kernel.registry().taints().has(Taint::ForcedRmmod)
}

/// `hello` without an exit, LIVE.
fn permanent(kernel: &Kernel) -> Arc<LoadedModule> {
    let file = without_exit(file("hello"));
    kernel.init_module(&file, "").expect("a module need not have an exit");
    find(kernel, "hello").expect("it was inserted just now")
}

#[test]
fn an_idle_module_goes_and_nobody_can_enter_it_any_more() {
    let kernel = boot();
    let hello = live(&kernel, "hello", "");
    assert_eq!(rmmod(&kernel, "hello"), "done", "nobody uses it, nobody holds it, and it has an exit");
    assert_eq!(hello.state(), ModuleState::Going, "GOING is the last state there is");
    assert!(
        !hello.refcount.try_get(),
        "try_module_get fails from the moment it is GOING, before exit is called"
    );
    assert_eq!(log(&kernel), ["hello: Hello, kernel.", "hello: Goodbye, kernel."], "then exit runs");
    assert_eq!(list(&kernel), [""; 0], "and it is gone");
}

#[test]
fn what_is_not_there_cannot_be_removed() {
    let kernel = boot();
    assert_eq!(rmmod(&kernel, "nobody"), ENOENT, "find_module finds nobody");
    let hello = coming(&kernel, &file("hello"));
    hello.set_state(ModuleState::Unformed);
    assert_eq!(rmmod(&kernel, "hello"), ENOENT, "what is UNFORMED is not there, not for rmmod either");
}

#[test]
fn a_module_that_others_use_stays_even_by_force() {
    let kernel = boot();
    let abacus = live(&kernel, "abacus", "");
    live(&kernel, "merchant", "");
    assert_eq!(rmmod(&kernel, "abacus"), EAGAIN, "other modules depend on us: get rid of them first");
    assert_eq!(rmmod_force(&kernel, "abacus"), EAGAIN, "merchant's text jumps into abacus's: no force helps");
    assert_eq!(abacus.state(), ModuleState::Live, "nothing has changed for it");
    assert!(!is_forced(&kernel), "and nothing was done by force");
}

#[test]
fn whether_others_use_it_is_asked_before_its_state() {
    let kernel = boot();
    let abacus = live(&kernel, "abacus", "");
    live(&kernel, "merchant", "");
    abacus.set_state(ModuleState::Going);
    assert_eq!(rmmod(&kernel, "abacus"), EAGAIN, "source_list is looked at first, then mod->state");
}

#[test]
fn a_module_that_is_not_live_is_busy_even_by_force() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    for state in [ModuleState::Coming, ModuleState::Going] {
        hello.set_state(state);
        assert_eq!(
            rmmod(&kernel, "hello"),
            EBUSY,
            "it is {state:?}: its init or its exit runs, and must not be run into"
        );
        assert_eq!(
            rmmod_force(&kernel, "hello"),
            EBUSY,
            "who runs its init would return into freed text: {state:?}"
        );
    }
    assert_eq!(hello.refcount.count(), 1, "init's reference is where it was");
    assert!(!is_forced(&kernel), "and nothing was done by force");
}

#[test]
fn a_module_with_an_init_and_no_exit_stays() {
    let kernel = boot();
    let hello = permanent(&kernel);
    assert_eq!(rmmod(&kernel, "hello"), EBUSY, "what its init has set up, nobody can take down");
    assert_eq!(hello.state(), ModuleState::Live, "it lives on");
    assert!(hello.refcount.try_get(), "and can be entered: the count was not touched");
    assert_eq!(rmmod(&kernel, "hello"), EBUSY, "that it is permanent is seen before that somebody holds it");
}

#[test]
fn a_module_with_neither_init_nor_exit_may_go() {
    let kernel = boot();
    live(&kernel, "abacus", "");
    assert_eq!(
        rmmod(&kernel, "abacus"),
        "done",
        "without an init there is nothing that an exit would have to undo"
    );
}

#[test]
fn a_module_that_somebody_holds_stays_until_it_is_let_go() {
    let kernel = boot();
    let hello = live(&kernel, "hello", "");
    hello.refcount.try_get();
    assert_eq!(rmmod(&kernel, "hello"), EAGAIN, "EWOULDBLOCK: somebody may be in its text");
    assert_eq!(hello.state(), ModuleState::Live, "try_release_module_ref has put the base back");
    assert_eq!(hello.refcount.count(), 1, "so the count is what it was");
    hello.refcount.put();
    assert_eq!(rmmod(&kernel, "hello"), "done", "nobody holds it now");
}

#[test]
fn force_removes_what_is_permanent_and_what_is_held_and_the_kernel_remembers() {
    let kernel = boot();
    let hello = permanent(&kernel);
    hello.refcount.try_get();
    assert_eq!(rmmod_force(&kernel, "hello"), "done", "O_TRUNC, and CONFIG_MODULE_FORCE_UNLOAD");
    assert!(is_forced(&kernel), "TAINT_FORCED_RMMOD: every oops from now on says R");
    assert_eq!(list(&kernel), [""; 0], "it is gone, and whoever held it holds nothing");
}

#[test]
fn force_that_was_not_needed_leaves_no_mark() {
    let kernel = boot();
    live(&kernel, "hello", "");
    assert_eq!(rmmod_force(&kernel, "hello"), "done", "it would have gone anyway");
    assert!(!is_forced(&kernel), "try_force_unload is asked only where the answer would have been no");
}
