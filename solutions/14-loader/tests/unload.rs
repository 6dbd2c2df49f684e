//! Lab 12 in the loader: what keeps a module from being removed, waiting, force, and the proof that nobody is inside.

#[path = "../../../labs/14-loader/tests/common.rs"]
#[allow(dead_code, reason = "the lab uses all of it")]
mod common;

use std::{sync::Arc, time::Duration};

use abi::ModuleState;
use loader::{Kernel, LoadedModule, O_NONBLOCK, O_TRUNC};
use vermagic::Taint;

use common::{Started, boot, coming, file, find, in_time, list, live, log, memory, outcome, without_exit};

const ENOENT: &str = "ENOENT: No such file or directory (the kernel prints nothing)";
const EAGAIN: &str = "EAGAIN: Resource temporarily unavailable (the kernel prints nothing)";
const EBUSY: &str = "EBUSY: Device or resource busy (the kernel prints nothing)";

fn rmmod(kernel: &Arc<Kernel>, name: &'static str) -> String {
    delete(kernel, name, O_NONBLOCK)
}

fn rmmod_force(kernel: &Arc<Kernel>, name: &'static str) -> String {
    delete(kernel, name, O_NONBLOCK | O_TRUNC)
}

fn delete(kernel: &Arc<Kernel>, name: &'static str, flags: u32) -> String {
    let kernel = kernel.clone();
    in_time(move || outcome(kernel.delete_module(name.into(), flags)))
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

#[test]
fn a_put_without_a_get_is_complained_about_and_changes_nothing() {
    let kernel = boot();
    let hello = live(&kernel, "hello", "");
    assert!(hello.put(), "the base itself can be given back, once: so it is in the kernel, too");
    assert!(!hello.put(), "below zero the count never goes");
    assert_eq!(rmmod(&kernel, "hello"), EAGAIN, "nobody can know any more who holds it");
    assert_eq!(rmmod_force(&kernel, "hello"), "done", "so it takes force");
}

#[test]
fn twice_at_once_removes_it_once_and_nobody_hangs() {
    for _ in 0..50 {
        let kernel = boot();
        live(&kernel, "hello", "");
        let other = Started::new({
            let kernel = kernel.clone();
            move || outcome(kernel.delete_module("hello".into(), O_NONBLOCK))
        });
        let mut outcomes = [rmmod(&kernel, "hello"), other.result()];
        outcomes.sort_by_key(|outcome| outcome != "done");
        assert_eq!(outcomes[0], "done");
        assert!([ENOENT, EBUSY].contains(&&*outcomes[1]), "it is gone, or it goes: {}", outcomes[1]);
    }
}

/// `cat` on the module's device, as a task that has begun.
fn reading(kernel: &Arc<Kernel>, module: &'static str) -> Started<Result<Vec<u8>, abi::Errno>> {
    let (began, inside) = std::sync::mpsc::channel();
    let reader = Started::new({
        let kernel = kernel.clone();
        move || {
            let mut file = kernel.machine().devices().open(&format!("/dev/{module}"))?;
            let _ = began.send(());
            let read = file.read(64);
            // To close it, the kernel looks into the module's file_operations, and rogue's are gone: the proof is one
            // about instructions, and says nothing of pointers to data.
            std::mem::forget(file);
            read
        }
    });
    inside.recv_timeout(Duration::from_secs(5)).expect("the device opens");
    let module = find(kernel, module).expect("it is there");
    while kernel.text_users(&module).is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    reader
}

#[test]
fn who_waits_for_a_held_module_removes_it_when_it_is_let_go() {
    let kernel = boot();
    let parrot = live(&kernel, "parrot", "");
    let file = kernel.machine().devices().open("/dev/parrot").expect("it is LIVE");
    let waiter = Started::new({
        let kernel = kernel.clone();
        move || outcome(kernel.delete_module("parrot".into(), 0))
    });
    while parrot.state() == ModuleState::Live {
        std::thread::yield_now();
    }
    assert!(waiter.is_waiting(), "somebody holds it");
    let second = kernel.machine().devices().open("/dev/parrot").map(|_| "opened");
    assert_eq!(second, Err(abi::Errno::ENODEV), "it is GOING: nobody comes in any more");
    assert_eq!(rmmod(&kernel, "parrot"), EBUSY, "and nobody else removes it");
    file.close().expect("it has a release function");
    assert_eq!(waiter.result(), "done", "module_put wakes whoever waits");
    assert_eq!((list(&kernel), memory(&kernel)), (vec![], vec![]), "it is gone");
}

#[test]
fn an_honest_removal_waits_for_who_is_inside_although_nobody_counts_him() {
    let kernel = boot();
    live(&kernel, "rogue", "nap=200");
    let reader = reading(&kernel, "rogue");
    assert_eq!(
        rmmod(&kernel, "rogue"),
        "done",
        "rogue tells nobody that its functions are its own: the count is 0"
    );
    let read = reader.result();
    assert_eq!(
        read.as_deref(),
        Ok(&b"What a lovely nap.\n"[..]),
        "and yet the sleeper woke up in text that was there"
    );
    assert_eq!(kernel.machine().oopses(), 0, "no oops: the proof came first, and then the poison");
    let said = log(&kernel);
    let warning = said.iter().find(|line| line.starts_with("WARNING: rogue is removed and read/"));
    assert!(warning.is_some_and(|line| line.contains("is in it, at rogue_read+0x")), "{said:#?}");
    assert_eq!(memory(&kernel), [""; 0], "nothing is left behind");
}

#[test]
fn a_removal_by_force_under_a_sleeping_call_ends_in_an_oops_that_says_whose_text_it_was() {
    let kernel = boot();
    live(&kernel, "rogue", "nap=100");
    let reader = reading(&kernel, "rogue");
    assert_eq!(rmmod_force(&kernel, "rogue"), "done", "force waits for nobody");
    assert_eq!(reader.result(), Err(abi::Errno::EIO), "the reader's task has died");
    assert_eq!(kernel.machine().oopses(), 1, "one oops, of one task");
    let said = log(&kernel).join("\n");
    assert!(said.contains("BUG: freed module text: rogue+0x"), "it says what was there:\n{said}");
    live(&kernel, "hello", "");
}
