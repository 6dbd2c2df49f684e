//! Coming to life, and everything undone in reverse where that fails.

use std::sync::Arc;

use loader::{Kernel, LoadedModule, NotDone};
use symbols::ModuleState;

use crate::common::{boot, coming, file, find, list, live, log, memory, outcome, seen_at};

/// What becomes of a module of the course when it is started with these parameters.
fn started(kernel: &Kernel, name: &str, arguments: &str) -> (Arc<LoadedModule>, Result<(), NotDone>) {
    let loaded = coming(kernel, &file(name));
    let result = kernel.start(&loaded, arguments);
    (loaded, result)
}

/// Who is in the list, and whose memory is in use.
fn left(kernel: &Kernel) -> (Vec<String>, Vec<String>) {
    (list(kernel), memory(kernel))
}

#[test]
fn the_others_agree_then_the_parameters_are_set_then_init_runs() {
    let kernel = boot();
    live(&kernel, "watcher", "");
    kernel.machine().log().clear();
    let (settings, result) = started(&kernel, "settings", "volume=7 loudness=9");
    assert_eq!(
        outcome(result),
        "done",
        "a parameter that the module does not have is ignored, with a warning"
    );
    assert_eq!(
        log(&kernel),
        [
            "watcher: settings is coming",
            "settings: unknown parameter 'loudness' ignored",
            "settings: volume 7, brightness 100, quiet no",
            "settings: motto 'festina lente', room 'cellar', colour red",
            "watcher: settings is live"
        ],
        "prepare_coming_module, parse_args, do_init_module: init sees its parameters"
    );
    assert_eq!(settings.state(), ModuleState::Live, "it is LIVE");
}

#[test]
fn an_init_that_fails_leaves_nothing_behind() {
    let kernel = boot();
    let (halfway, result) = started(&kernel, "halfway", "fail_at=2");
    assert_eq!(
        outcome(result),
        "EIO: Input/output error (the kernel prints nothing)",
        "what init returns is what the system call returns"
    );
    assert_eq!(left(&kernel), (vec![], vec![]), "free_module: out of the list, and its memory given back");
    assert_eq!(halfway.state(), ModuleState::Going, "who still has a pointer to it cannot enter it any more");
    assert_eq!(halfway.refcount.count(), 0, "init's own reference is given back");
}

#[test]
fn the_exit_of_a_module_that_never_lived_is_not_called() {
    let kernel = boot();
    let (_, result) = started(&kernel, "halfway", "fail_at=2");
    assert_eq!(outcome(result), "EIO: Input/output error (the kernel prints nothing)", "step 2 fails");
    assert_eq!(
        log(&kernel),
        [
            "halfway: step 1, allocate the buffer",
            "halfway: step 2, register the device: fails",
            "halfway: undo step 1"
        ],
        "init has tidied up itself; exit would deregister a device that was never registered"
    );
}

#[test]
fn who_was_told_that_it_comes_is_told_that_it_goes() {
    let kernel = boot();
    live(&kernel, "watcher", "");
    kernel.machine().log().clear();
    let (_, result) = started(&kernel, "halfway", "fail_at=1");
    assert_eq!(outcome(result), "EIO: Input/output error (the kernel prints nothing)", "step 1 fails");
    assert_eq!(
        log(&kernel),
        [
            "watcher: halfway is coming",
            "halfway: step 1, allocate the buffer: fails",
            "watcher: halfway is going"
        ],
        "a notifier that made something of its own at COMING gives it back at GOING"
    );
}

#[test]
fn who_is_told_that_it_goes_finds_it_going_and_let_go_by_init() {
    let kernel = boot();
    live(&kernel, "watcher", "");
    let halfway = coming(&kernel, &file("halfway"));
    let seen = seen_at(&kernel, &halfway, "watcher: halfway is going");
    assert!(kernel.start(&halfway, "fail_at=1").is_err(), "step 1 fails");
    let seen: Vec<_> = seen.try_iter().map(|(state, count, _)| (state, count)).collect();
    assert_eq!(
        seen,
        [(ModuleState::Going, 0)],
        "state and references are settled first: a notifier may look at them"
    );
}

#[test]
fn a_module_without_a_name_gets_no_directory_and_its_init_does_not_run() {
    let kernel = boot();
    let mut bytes = file("hello");
    let name = b"\0hello\0\0\0"; // in struct module, where zeroes follow it
    let at = bytes.windows(name.len()).position(|window| window == name).expect("its name");
    bytes[at..at + name.len()].fill(0);
    let hello = coming(&kernel, &bytes);
    assert_eq!(
        outcome(kernel.start(&hello, "")),
        "EINVAL: kobject: (____ptrval____): attempted to be registered with empty name!",
        "mod_sysfs_setup comes after the parameters and before init"
    );
    assert_eq!(left(&kernel), (vec![], vec![]), "what was refused is gone");
}

#[test]
fn a_parameter_that_is_refused_keeps_init_from_running() {
    let kernel = boot();
    live(&kernel, "watcher", "");
    kernel.machine().log().clear();
    let (settings, result) = started(&kernel, "settings", "motto=hello volume=loud");
    assert_eq!(
        outcome(result),
        "EINVAL: settings: `loud' invalid for parameter `volume'",
        "the words are those of kernel/params.c"
    );
    assert_eq!(
        log(&kernel),
        [
            "watcher: settings is coming",
            "settings: `loud' invalid for parameter `volume'",
            "watcher: settings is going"
        ],
        "init must not run with half of what it was told"
    );
    assert_eq!(settings.state(), ModuleState::Going, "it goes as one whose init has failed");
    assert_eq!(memory(&kernel), ["watcher"], "and its memory with it");
}

#[test]
fn a_module_that_is_not_welcome_never_starts() {
    let kernel = boot();
    live(&kernel, "watcher", "refuse=hello");
    kernel.machine().log().clear();
    let (_, result) = started(&kernel, "hello", "");
    assert_eq!(
        outcome(result),
        "EPERM: Operation not permitted (the kernel prints nothing)",
        "a notifier's objection at COMING is the answer"
    );
    assert_eq!(
        log(&kernel),
        ["watcher: hello is coming", "watcher: hello may not come"],
        "the chain itself tells those who had agreed already, and nobody else: who objected hears no GOING"
    );
    assert_eq!(left(&kernel), (vec!["watcher".to_owned()], vec!["watcher".to_owned()]), "hello is gone");
}

#[test]
fn what_it_used_is_not_held_by_one_who_failed() {
    let kernel = boot();
    let abacus = live(&kernel, "abacus", "");
    let (_, result) = started(&kernel, "merchant", "apples=many");
    assert_eq!(
        outcome(result),
        "EINVAL: merchant: `many' invalid for parameter `apples'",
        "apples is a whole number"
    );
    let users = kernel.registry().users(abacus.id).len();
    assert_eq!(
        (abacus.refcount.count(), users),
        (0, 0),
        "free_module strikes it from the books, or abacus could never go"
    );
}

#[test]
fn a_module_that_dies_in_its_init_stays_coming_for_ever() {
    let kernel = boot();
    let (mishap, result) = started(&kernel, "mishap", "at_once=null");
    assert_eq!(
        outcome(result),
        "Killed: BUG: kernel NULL pointer dereference, address: 0000000000000000",
        "the kernel kills the task that ran init, which is insmod itself"
    );
    assert_eq!(mishap.state(), ModuleState::Coming, "nobody is left who could move it on");
    assert!(
        find(&kernel, "mishap").is_some(),
        "mishap must stay in the list, where lsmod shows it as a warning: nothing is undone for the dead"
    );
    assert_eq!(
        memory(&kernel),
        ["mishap", "mishap (init)"],
        "nobody knows how far init came and who has pointers into it: freeing it would be worse"
    );
}
