//! The three loaders of January 2003 on the real machine, with the course's own disk.

use std::sync::Arc;

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
    let removed = kernel.delete_module("halfway".into(), O_NONBLOCK | O_TRUNC).expect_err("it cannot go either").to_string();
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
