//! Who exports a name: vmlinux before modules, the newest module first, plain before GPL-only.

use symbols::{Export, ModuleState, Name, find_symbol};

use crate::common::{TestKernel, export, gpl};

/// The value of `name`, and whose it is.
fn find(kernel: &TestKernel, name: &str, gpl_ok: bool) -> Option<(u64, String)> {
    let found = find_symbol(kernel, &name.into(), gpl_ok)?;
    Some((found.export.value, found.owner_name().to_string()))
}

fn at(value: u64, owner: &str) -> Option<(u64, String)> {
    Some((value, owner.into()))
}

#[test]
fn vmlinux_is_asked_before_any_module() {
    let mut kernel = TestKernel::new([export("f", 1)]);
    kernel.load("other", [export("f", 2)]);
    assert_eq!(
        find(&kernel, "f", true),
        at(1, "kernel"),
        "find_symbol walks the kernel's own tables first; an export without an owner is vmlinux's, and \
         module_name(NULL) is \"kernel\""
    );
}

#[test]
fn a_module_may_have_what_vmlinux_has_not() {
    let mut kernel = TestKernel::new([export("f", 1)]);
    kernel.load("older", [export("g", 2)]);
    kernel.load("newer", [export("h", 3)]);
    assert_eq!(find(&kernel, "g", true), at(2, "older"), "every module of the list is asked, not only one");
    assert_eq!(find(&kernel, "h", true), at(3, "newer"), "every module of the list is asked, not only one");
}

#[test]
fn of_two_modules_the_newer_is_asked_first() {
    let mut kernel = TestKernel::new([]);
    kernel.load("older", [export("f", 1)]);
    kernel.load("newer", [export("f", 2)]);
    assert_eq!(
        find(&kernel, "f", true),
        at(2, "newer"),
        "a new module is put at the head of the kernel's list (list_add_rcu), and the list is walked from \
         its head"
    );
}

#[test]
fn in_one_table_plain_comes_before_gpl_only() {
    let kernel = TestKernel::new([gpl("f", 1), export("f", 2)]);
    assert_eq!(
        find(&kernel, "f", true),
        at(2, "kernel"),
        "each exporter has two arrays, and the plain one is searched first"
    );
}

#[test]
fn vmlinux_with_gpl_only_comes_before_a_module_with_plain() {
    let mut kernel = TestKernel::new([gpl("f", 1)]);
    kernel.load("other", [export("f", 2)]);
    assert_eq!(
        find(&kernel, "f", true),
        at(1, "kernel"),
        "the order of exporters is the outer one: both arrays of vmlinux before any module's"
    );
    assert_eq!(
        find(&kernel, "f", false),
        at(2, "other"),
        "to whoever may not see GPL-only symbols, vmlinux has no f, and the search goes on"
    );
}

#[test]
fn gpl_only_symbols_are_invisible_to_whoever_may_not_have_them() {
    let mut kernel = TestKernel::new([gpl("f", 1)]);
    kernel.load("other", [gpl("g", 2)]);
    for name in ["f", "g"] {
        assert_eq!(
            find(&kernel, name, false),
            None,
            "{name}: not refused but not found, so that a proprietary module is told \"Unknown symbol\""
        );
    }
}

#[test]
fn only_a_module_that_is_unformed_is_not_seen() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [export("f", 1)]);
    for (state, expected) in [
        (ModuleState::Unformed, None),
        (ModuleState::Coming, at(1, "other")),
        (ModuleState::Live, at(1, "other")),
        (ModuleState::Going, at(1, "other")),
    ] {
        kernel.module(id).state = state;
        assert_eq!(
            find(&kernel, "f", true),
            expected,
            "{state:?}: an UNFORMED module's tables are not relocated yet; all others are found, and whether \
             they can be had is strong_try_module_get's business"
        );
    }
}

#[test]
fn an_unformed_module_does_not_hide_those_behind_it() {
    let mut kernel = TestKernel::new([]);
    kernel.load("older", [export("f", 1)]);
    let newer = kernel.load("newer", [export("f", 2)]);
    kernel.module(newer).state = ModuleState::Unformed;
    assert_eq!(find(&kernel, "f", true), at(1, "older"), "the kernel says `continue`, not `break`");
}

#[test]
fn a_name_must_be_equal_to_the_last_byte() {
    let kernel = TestKernel::new([export("kmalloc", 1), export("kmalloc_trace", 2)]);
    for absent in ["", "kmallo", "kmalloc_", "kmalloc_tracE", "k"] {
        assert_eq!(find(&kernel, absent, true), None, "{absent:?} is not exported: cmp_name is strcmp");
    }
    assert_eq!(find(&kernel, "kmalloc", true), at(1, "kernel"), "the whole name is found");
}

#[test]
fn what_was_found_comes_with_everything_that_is_known_of_it() {
    let mut kernel = TestKernel::new([]);
    let wanted = Export { crc: Some(5), namespace: "NS".into(), ..gpl("f", 1) };
    let id = kernel.load("other", [wanted]);
    let name = Name::from("f");
    let found = find_symbol(&kernel, &name, true).map(|found| (found.export, found.owner.map(|it| it.id)));
    assert_eq!(
        found,
        Some((wanted, Some(id))),
        "resolve_symbol needs the CRC, the licence, the namespace and the owner to go on"
    );
}
