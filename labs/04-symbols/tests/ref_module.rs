//! Who uses whom, and the one reference that each user holds.

use abi::Errno;
use symbols::{ModuleId, ModuleState, ref_module};

use crate::common::{ME, TestKernel};

/// A kernel with one live module.
fn kernel_with_other() -> (TestKernel, ModuleId) {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", []);
    (kernel, id)
}

#[test]
fn the_first_use_takes_a_reference_and_is_entered_in_the_books() {
    let (mut kernel, other) = kernel_with_other();
    assert_eq!(ref_module(&mut kernel, ME, Some(other)), Ok(()), "other is LIVE");
    assert_eq!(kernel.module(other).references, 1, "as long as hello is there, other may not be unloaded");
    assert_eq!(kernel.users(other), [ME], "other's line in /proc/modules names hello as its user");
}

#[test]
fn one_reference_is_enough_however_often_the_owner_is_used() {
    let (mut kernel, other) = kernel_with_other();
    for use_number in 1..=3 {
        assert_eq!(ref_module(&mut kernel, ME, Some(other)), Ok(()), "use number {use_number}");
    }
    assert_eq!(
        kernel.module(other).references,
        1,
        "module_unload_free gives back one reference for each module used, not for each symbol"
    );
    assert_eq!(kernel.users(other), [ME], "each user is listed once");
}

#[test]
fn vmlinux_is_used_without_a_reference() {
    let (mut kernel, other) = kernel_with_other();
    assert_eq!(ref_module(&mut kernel, ME, None), Ok(()), "no owner: the symbol is vmlinux's");
    assert_eq!(kernel.asked, 0, "vmlinux cannot be unloaded");
    assert_eq!(kernel.users(other), [], "other has nothing to do with it");
}

#[test]
fn an_owner_that_cannot_be_had_gets_no_user() {
    for (state, expected) in [(ModuleState::Coming, Errno::EBUSY), (ModuleState::Going, Errno::ENOENT)] {
        let (mut kernel, other) = kernel_with_other();
        kernel.module(other).state = state;
        assert_eq!(
            ref_module(&mut kernel, ME, Some(other)),
            Err(expected),
            "{state:?}: the errno is strong_try_module_get's"
        );
        assert_eq!(
            kernel.users(other),
            [],
            "{state:?}: a user that holds no reference would give back one that was never taken"
        );
    }
}

#[test]
fn a_module_that_is_used_already_is_not_asked_again() {
    let (mut kernel, other) = kernel_with_other();
    kernel.uses.add_module_usage(ME, other);
    kernel.module(other).state = ModuleState::Going;
    assert_eq!(
        ref_module(&mut kernel, ME, Some(other)),
        Ok(()),
        "already_uses comes first: the reference taken before still holds"
    );
    assert_eq!(kernel.asked, 0, "already_uses comes first");
}

#[test]
fn the_user_comes_first_and_the_used_second() {
    let (mut kernel, other) = kernel_with_other();
    kernel.uses.add_module_usage(other, ME);
    assert_eq!(ref_module(&mut kernel, ME, Some(other)), Ok(()), "other is LIVE");
    assert_eq!(
        kernel.module(other).references,
        1,
        "references to other: that other uses hello says nothing about whether hello uses other"
    );
    let used: Vec<_> = kernel.uses.used_by(ME).collect();
    assert_eq!(used, [other], "hello uses other, and not the other way round");
}

#[test]
fn each_user_holds_a_reference_of_its_own() {
    let (mut kernel, other) = kernel_with_other();
    for user in [ModuleId(5), ModuleId(6)] {
        assert_eq!(ref_module(&mut kernel, user, Some(other)), Ok(()), "user {user:?}");
    }
    assert_eq!(kernel.module(other).references, 2, "two modules must be unloaded before other can go");
    assert_eq!(kernel.users(other), [ModuleId(6), ModuleId(5)], "lsmod lists the latest user first");
}

#[test]
fn what_was_taken_is_what_is_given_back() {
    let (mut kernel, other) = kernel_with_other();
    let third = kernel.load("third", []);
    for owner in [other, third, other] {
        assert_eq!(ref_module(&mut kernel, ME, Some(owner)), Ok(()), "{owner:?} is LIVE");
    }
    assert_eq!(
        kernel.uses.module_unload_free(ME),
        [third, other],
        "when hello is unloaded, or its load fails, one module_put for each of these"
    );
}
