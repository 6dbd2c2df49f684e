//! Init runs, and what it returns decides.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use loader::{Kernel, LoadedModule};
use symbols::ModuleState;

use crate::common::{
    Started, boot, coming, file, find, list, log, memory, outcome, run_init, seen_at, with_init_returning,
};

/// The kernel with `hello` in it, whose init has returned this; and what do_init_module said.
fn returned(value: u64) -> (Arc<Kernel>, String) {
    let kernel = boot();
    let hello = coming(&kernel, &with_init_returning(file("hello"), value));
    let said = outcome(run_init(&kernel, &hello));
    (kernel, said)
}

fn state(kernel: &Kernel) -> Option<ModuleState> {
    find(kernel, "hello").map(|module| module.state())
}

#[test]
fn a_module_whose_init_returns_0_is_live_and_nobody_holds_it() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    assert_eq!(outcome(run_init(&kernel, &hello)), "done", "hello_init returns 0");
    assert_eq!(log(&kernel), ["hello: Hello, kernel."], "init has run, once");
    assert_eq!(
        hello.state(),
        ModuleState::Live,
        "now it's a first class citizen, as the kernel's comment says"
    );
    assert_eq!(
        hello.refcount.count(),
        0,
        "init's own reference is given back, or rmmod would find it in use for ever"
    );
}

#[test]
fn who_is_told_that_it_lives_finds_it_live_and_init_still_there() {
    let kernel = boot();
    let watcher = coming(&kernel, &file("watcher"));
    assert_eq!(outcome(run_init(&kernel, &watcher)), "done", "watcher_init registers a notifier");
    let hello = coming(&kernel, &file("hello"));
    let whole = hello.size();
    let seen = seen_at(&kernel, &hello, "watcher: hello is live");
    assert_eq!(outcome(run_init(&kernel, &hello)), "done", "hello_init returns 0");
    assert_eq!(
        seen.try_iter().collect::<Vec<_>>(),
        [(ModuleState::Live, 1, whole)],
        "state, references, size: the kernel makes it LIVE, then tells everyone, and only then lets go of it and \
         frees the init part"
    );
}

#[test]
fn who_waits_to_remove_it_from_before_init_has_ended_is_woken() {
    let kernel = boot();
    let watcher = coming(&kernel, &file("watcher"));
    assert_eq!(outcome(run_init(&kernel, &watcher)), "done", "watcher_init registers a notifier");
    let hello = coming(&kernel, &file("hello"));
    // hello is LIVE when watcher says so, and init still holds it: there rmmod --wait begins, and falls asleep.
    let (began, begun) = mpsc::channel();
    let (weak, module) = (Arc::downgrade(&kernel), hello.clone());
    kernel.machine().log().set_console(move |record| {
        if record.text.contains("watcher: hello is live")
            && let Some(kernel) = weak.upgrade()
        {
            let rmmod = Started::new(move || outcome(kernel.delete_module("hello".into(), 0)));
            while module.state() == ModuleState::Live && rmmod.is_waiting() {}
            let _ = (0..5).all(|_| rmmod.is_waiting());
            let _ = began.send(rmmod);
        }
    });
    // On the other CPU: rmmod needs one of its own to fall asleep.
    let ran = kernel.machine().run(1, "insmod", || kernel.do_init_module(&hello));
    assert_eq!(outcome(ran.expect("hello_init does not die")), "done", "hello_init returns 0");
    let rmmod = begun.try_recv().expect("watcher is told that hello lives");
    assert_eq!(rmmod.result(), "done", "init's own reference is given back aloud, or it sleeps for ever");
    assert!(!list(&kernel).contains(&"hello".to_owned()), "it is gone");
}

#[test]
fn what_only_init_needed_is_freed() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    let before = hello.size();
    assert_eq!(memory(&kernel), ["hello", "hello (init)"], "a module comes in two parts");
    assert_eq!(outcome(run_init(&kernel, &hello)), "done", "hello_init returns 0");
    assert_eq!(
        memory(&kernel),
        ["hello"],
        "do_free_init: the text of init and the data marked __initdata go"
    );
    assert_eq!(hello.size(), before - hello.layout.init.size, "lsmod shows what is left");
}

#[test]
fn a_module_without_init_is_live_all_the_same() {
    let kernel = boot();
    let abacus = coming(&kernel, &file("abacus"));
    assert_eq!(outcome(run_init(&kernel, &abacus)), "done", "abacus.c has no module_init: nothing can fail");
    assert_eq!(abacus.state(), ModuleState::Live, "its exports are what it is there for");
}

#[test]
fn an_error_is_the_answer_and_the_module_does_not_come() {
    let (kernel, said) = returned(-19_i64 as u64);
    assert_eq!(
        said, "ENODEV: No such device (the kernel prints nothing)",
        "-19 is -ENODEV: there is no device to drive"
    );
    let hello = find(&kernel, "hello").expect("undoing is the caller's business");
    assert_eq!(hello.state(), ModuleState::Coming, "it never was LIVE, not for a moment");
    assert_eq!(hello.refcount.count(), 1, "init's reference is given back by who undoes the rest, once");
    assert_eq!(log(&kernel), [""; 0], "what init refuses is refused in silence");
}

#[test]
fn a_negative_number_that_is_no_errno_is_einval() {
    let (kernel, said) = returned(-3000_i64 as u64);
    assert_eq!(said, "EINVAL: Invalid argument (the kernel prints nothing)", "no errno has the number 3000");
    assert_eq!(state(&kernel), Some(ModuleState::Coming), "whatever it meant, it was no success");
}

#[test]
fn a_positive_number_is_complained_about_and_the_module_lives() {
    let (kernel, said) = returned(1);
    assert_eq!(said, "done", "loading module anyway");
    assert_eq!(
        log(&kernel),
        [
            "do_init_module: 'hello'->init suspiciously returned 1, it should follow 0/-E convention",
            "do_init_module: loading module anyway..."
        ],
        "somebody thought that init returns true; refusing it would break drivers that work"
    );
    assert_eq!(state(&kernel), Some(ModuleState::Live), "it lives");
}

#[test]
fn only_the_lower_half_of_the_register_counts() {
    for (value, expected) in [
        (0x7fff_ffff_0000_0000, "done"),
        (0xffff_ffff_0000_0000, "done"),
        (0x0000_0000_ffff_ffed, "ENODEV: No such device (the kernel prints nothing)"),
    ] {
        let (kernel, said) = returned(value);
        assert_eq!(
            said, expected,
            "init returns an int; what its register holds above 32 bits is junk: {value:#x}"
        );
        assert_eq!(log(&kernel), [""; 0], "0 and -ENODEV are no reason to complain: {value:#x}");
    }
}

#[test]
fn the_others_hear_of_it_when_init_has_returned() {
    let kernel = boot();
    let watcher = coming(&kernel, &file("watcher"));
    assert_eq!(outcome(run_init(&kernel, &watcher)), "done", "watcher registers a notifier");
    let hello = coming(&kernel, &file("hello"));
    assert_eq!(outcome(run_init(&kernel, &hello)), "done", "hello_init returns 0");
    assert_eq!(
        log(&kernel),
        ["watcher: watcher is live", "hello: Hello, kernel.", "watcher: hello is live"],
        "MODULE_STATE_LIVE goes out once init has returned, and watcher hears of itself too"
    );
}

#[test]
fn what_init_began_asynchronously_ends_before_the_init_part_is_freed() {
    static SIZE_AT_ITS_END: AtomicU64 = AtomicU64::new(0);
    extern "C" fn slow(hello: u64, _cookie: u64) -> u64 {
        thread::sleep(Duration::from_millis(50));
        // SAFETY: the test holds this module until every asynchronous call has ended.
        let hello = unsafe { &*(hello as *const LoadedModule) };
        // Release: pairs with the Acquire below.
        SIZE_AT_ITS_END.store(hello.size(), Ordering::Release);
        0
    }
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    let whole = hello.size();
    let schedule = kernel.machine().exports().value("async_schedule_node");
    let schedule = schedule.expect("the machine has async_schedule_node");
    let data = Arc::as_ptr(&hello) as u64;
    let done = kernel.machine().run(0, "insmod", || {
        // SAFETY: async_schedule_node takes a function of two arguments, what it is called with, and a node.
        unsafe { machine::call_module(schedule, &[slow as *const () as u64, data, u64::MAX, 0, 0, 0]) };
        let done = outcome(kernel.do_init_module(&hello));
        kernel.machine().async_synchronize_full();
        done
    });
    assert_eq!(done.ok().as_deref(), Some("done"), "hello_init returns 0");
    // Acquire: pairs with the Release in `slow`.
    let at_its_end = SIZE_AT_ITS_END.load(Ordering::Acquire);
    assert_eq!(
        at_its_end, whole,
        "the module's size when the call that init began had come to its end: its code may be in the init part, so \
         do_init_module waits for it (async_synchronize_full) and frees afterwards"
    );
}

#[test]
fn who_waits_for_the_module_is_woken() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    let again = kernel.clone();
    let second = Started::new(move || outcome(again.load_module(&file("hello")).map(drop)));
    assert!(second.is_waiting(), "hello is COMING, so a second hello waits in add_unformed_module");
    assert_eq!(outcome(run_init(&kernel, &hello)), "done", "hello_init returns 0");
    assert_eq!(
        second.result(),
        "EEXIST: File exists (the kernel prints nothing)",
        "do_init_module ends with wake_up_all(&module_wq)"
    );
    assert_eq!(list(&kernel), ["hello"], "there is one hello");
}
