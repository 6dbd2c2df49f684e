//! The three loaders of January 2003 on the real machine, with the course's own disk.

use std::sync::{Arc, mpsc};

use abi::Errno;
use lifecycle::Visibility;
use loader::{Kernel, KernelConfig, O_NONBLOCK, O_TRUNC};
use symbols::ModuleState;

fn boot(visibility: Visibility) -> Arc<Kernel> {
    Kernel::boot(KernelConfig { visibility, ..KernelConfig::default() })
        .expect("this computer runs module code")
}

fn file(name: &str) -> Vec<u8> {
    let modules = course_modules::cached().expect("the C compiler builds the course's modules");
    let module = modules.iter().find(|module| module.name == name).expect("the course has this module");
    std::fs::read(&module.path).expect("it was built just now")
}

/// The disk and its partitions once the module `ramdisk` is there.
fn partitions(visibility: Visibility) -> Vec<String> {
    let kernel = boot(visibility);
    kernel.init_module(&file("ramdisk"), "").expect("ramdisk is in order, whatever the loader");
    kernel.machine().partitions().into_iter().map(|partition| partition.name).collect()
}

#[test]
fn a_hidden_disk_has_no_partitions() {
    assert_eq!(
        partitions(Visibility::Hidden),
        ["ramdisk"],
        "the table is read while init runs, through the module"
    );
}

#[test]
fn a_visible_disk_has_its_partitions() {
    assert_eq!(partitions(Visibility::FromTheStart), ["ramdisk", "ramdisk1", "ramdisk2"], "as in 6.1");
    assert_eq!(
        KernelConfig::default().visibility,
        Visibility::FromTheStart,
        "which the loader follows by default"
    );
}

#[test]
fn a_disk_that_add_disk_makes_live_has_its_partitions() {
    assert_eq!(
        partitions(Visibility::MadeLive),
        ["ramdisk", "ramdisk1", "ramdisk2"],
        "add_disk opens, then reads"
    );
}

#[test]
fn a_module_that_was_made_live_and_fails_stays_where_it_is() {
    let kernel = boot(Visibility::MadeLive);
    let halfway = kernel.load_module(&file("halfway")).expect("halfway is in order");
    halfway.entrance.module_make_live(ModuleState::Coming).expect("it is COMING");
    let refused = kernel.start(&halfway, "fail_at=4").expect_err("step 4 fails").to_string();
    assert!(refused.starts_with("EIO"), "the answer is init's own: {refused}");
    let last = kernel.machine().log().texts().lines().last().map(str::to_owned);
    assert_eq!(
        last.as_deref(),
        Some("halfway: module is now stuck!"),
        "the words of sys_init_module in 2003"
    );
    assert_eq!(halfway.state(), ModuleState::Going, "nobody new comes in");
    assert!(
        halfway.is_text(halfway.formed().and_then(|formed| formed.init).expect("it has an init")),
        "its text is still there"
    );
    let removed = kernel
        .delete_module("halfway".into(), O_NONBLOCK | O_TRUNC)
        .expect_err("it cannot go either")
        .to_string();
    assert!(removed.starts_with("EBUSY"), "it is GOING already: {removed}");
    let again = kernel.init_module(&file("halfway"), "fail_at=0").expect_err("its name is taken").to_string();
    assert!(again.starts_with("EBUSY"), "for ever: {again}");
}

#[test]
fn a_module_that_nobody_made_live_is_freed() {
    let kernel = boot(Visibility::MadeLive);
    kernel.init_module(&file("halfway"), "fail_at=4").expect_err("step 4 fails");
    assert_eq!(kernel.registry().modules().len(), 0, "nobody can have been in it");
    kernel.init_module(&file("halfway"), "fail_at=0").expect("a second attempt");
}

#[test]
fn a_way_that_no_module_may_go_is_warned_of() {
    let kernel = boot(Visibility::default());
    let hello = kernel.load_module(&file("hello")).expect("hello is in order");
    let went = kernel.machine().run(0, "test", || {
        hello.set_state(ModuleState::Live);
        hello.set_state(ModuleState::Coming);
    });
    assert!(went.is_ok(), "a warning kills nobody");
    let log = kernel.machine().log().texts();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("BUG")).collect();
    assert_eq!(
        warnings,
        ["hello: BUG: a module cannot go from LIVE to COMING"],
        "COMING to LIVE is a way like any other"
    );
}

#[test]
fn an_init_that_fails_at_any_of_its_steps_leaves_nothing_behind_in_any_loader() {
    for visibility in Visibility::ALL {
        let kernel = boot(visibility);
        let before = kernel.machine().memory().in_use();
        for (fail_at, undone) in [(1, &[][..]), (2, &["1"]), (3, &["2", "1"]), (4, &["3", "2", "1"])] {
            kernel.machine().log().clear();
            let refused = kernel.init_module(&file("halfway"), &format!("fail_at={fail_at}"));
            let refused = refused.expect_err("this step fails").to_string();
            assert!(refused.starts_with("EIO"), "{visibility}, step {fail_at}: {refused}");
            let log = kernel.machine().log().texts();
            let undoings: Vec<_> =
                log.lines().filter_map(|line| line.strip_prefix("halfway: undo step ")).collect();
            assert_eq!(
                undoings, undone,
                "{visibility}: step {fail_at} fails, and what was done goes in reverse"
            );
            assert!(
                kernel.registry().modules().is_empty(),
                "{visibility}, step {fail_at}: it is still there"
            );
            assert_eq!(
                kernel.machine().memory().in_use(),
                before,
                "{visibility}, step {fail_at}: memory leaks"
            );
        }
        kernel.init_module(&file("halfway"), "fail_at=0").expect("its name and its device are free again");
    }
}

/// What comes of opening /dev/halfway just before its init fails; and of closing it when the module is gone.
fn opened_before_it_fails(visibility: Visibility) -> (Option<Errno>, Option<Errno>, String) {
    let kernel = boot(visibility);
    let (send, opened) = mpsc::channel();
    let devices = kernel.machine().devices();
    kernel.machine().log().set_console(move |record| {
        if record.text.contains("step 3, register the notifier: fails") {
            // Another program has the device open before init goes on: a system call of its own, in between.
            let _ = send.send(devices.open("/dev/halfway"));
        }
    });
    kernel.init_module(&file("halfway"), "fail_at=3").expect_err("step 3 fails");
    let (refused, died) = match opened.recv().expect("step 3 was reached") {
        Err(errno) => (Some(errno), None),
        Ok(open) => (None, open.close().err()),
    };
    (refused, died, kernel.machine().log().texts())
}

#[test]
fn who_opens_a_visible_module_just_before_its_init_fails_ends_in_an_oops() {
    let (refused, died, log) = opened_before_it_fails(Visibility::FromTheStart);
    assert_eq!(refused, None, "it is COMING, which is good enough for try_module_get");
    assert_eq!(died, Some(Errno::EIO), "init has failed, and the module is gone with the file still open");
    assert!(
        log.contains("unable to handle page fault"),
        "closing it looks into memory that was given back: {log}"
    );
}

#[test]
fn who_opens_a_hidden_module_before_its_init_has_returned_is_refused() {
    for visibility in [Visibility::Hidden, Visibility::MadeLive] {
        let (refused, _, log) = opened_before_it_fails(visibility);
        assert_eq!(refused, Some(Errno::ENODEV), "{visibility}: as if it had not registered");
        assert!(!log.contains("BUG"), "{visibility}: and nobody is hurt: {log}");
    }
}
