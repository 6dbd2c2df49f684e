//! Who exports a name: vmlinux before modules, the newest module first, plain before GPL-only.

mod common;

use common::{TestKernel, export, gpl};
use proptest::prelude::*;
use symbols::{Export, ExportTable, Kernel, ModuleState, Name, find_symbol, symbol_get};

/// The value of `name`, and whose it is.
fn find(kernel: &TestKernel, name: &str, gpl_ok: bool) -> Option<(u64, String)> {
    let found = find_symbol(kernel, &name.into(), gpl_ok)?;
    Some((found.export.value, found.owner_name().to_string()))
}

fn get(kernel: &mut TestKernel, name: &str) -> (Option<u64>, Vec<String>) {
    let mut log = Vec::new();
    (symbol_get(kernel, &Name::from(name), &mut log), log)
}

// find_symbol

#[test]
fn vmlinux_is_asked_before_any_module() {
    let mut kernel = TestKernel::new([export("f", 1)]);
    kernel.load("other", [export("f", 2)]);
    assert_eq!(find(&kernel, "f", true), Some((1, "kernel".into())), "module_name(NULL) is \"kernel\"");
}

#[test]
fn of_two_modules_the_newer_is_asked_first() {
    let mut kernel = TestKernel::new([]);
    kernel.load("older", [export("f", 1)]);
    kernel.load("newer", [export("f", 2)]);
    assert_eq!(find(&kernel, "f", true), Some((2, "newer".into())), "list_add puts it at the head");
}

#[test]
fn in_one_table_plain_comes_before_gpl_only() {
    let kernel = TestKernel::new([gpl("f", 1), export("f", 2)]);
    assert_eq!(find(&kernel, "f", true), Some((2, "kernel".into())));
}

#[test]
fn vmlinux_with_gpl_only_comes_before_a_module_with_plain() {
    let mut kernel = TestKernel::new([gpl("f", 1)]);
    kernel.load("other", [export("f", 2)]);
    assert_eq!(find(&kernel, "f", true), Some((1, "kernel".into())));
    assert_eq!(
        find(&kernel, "f", false),
        Some((2, "other".into())),
        "who may not see the one gets the other"
    );
}

#[test]
fn gpl_only_symbols_are_invisible_to_who_may_not_have_them() {
    let kernel = TestKernel::new([gpl("f", 1)]);
    assert_eq!(find(&kernel, "f", false), None);
}

#[test]
fn a_module_that_is_unformed_is_not_seen() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [export("f", 1)]);
    for (state, is_seen) in [
        (ModuleState::Unformed, false),
        (ModuleState::Coming, true),
        (ModuleState::Live, true),
        (ModuleState::Going, true),
    ] {
        kernel.module(id).state = state;
        assert_eq!(find(&kernel, "f", true).is_some(), is_seen, "{state:?}");
    }
}

#[test]
fn a_name_must_be_equal_to_the_last_byte() {
    let kernel = TestKernel::new([export("kmalloc", 1), export("kmalloc_trace", 2)]);
    for absent in ["", "kmallo", "kmalloc_", "kmalloc_tracE", "k"] {
        assert_eq!(find(&kernel, absent, true), None, "{absent:?}");
    }
    assert_eq!(find(&kernel, "kmalloc", true), Some((1, "kernel".into())));
}

// symbol_get

#[test]
fn symbol_get_takes_a_reference_to_the_owner() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [gpl("f", 7)]);
    assert_eq!(get(&mut kernel, "f"), (Some(7), vec![]));
    assert_eq!(get(&mut kernel, "f"), (Some(7), vec![]));
    assert_eq!(kernel.module(id).references, 2, "one for each symbol_get: each needs its symbol_put");
}

#[test]
fn symbol_get_is_for_gpl_only_symbols() {
    let mut kernel = TestKernel::new([export("f", 7)]);
    let expected = vec!["failing symbol_get of non-GPLONLY symbol f.".to_owned()];
    assert_eq!(get(&mut kernel, "f"), (None, expected));
}

#[test]
fn symbol_get_of_what_nobody_exports_fails_in_silence() {
    assert_eq!(get(&mut TestKernel::new([]), "f"), (None, vec![]), "that is what it is for: to ask");
}

#[test]
fn symbol_get_does_not_wait_for_a_module_that_is_coming_or_going() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [gpl("f", 7)]);
    for state in [ModuleState::Coming, ModuleState::Going] {
        kernel.module(id).state = state;
        assert_eq!(get(&mut kernel, "f"), (None, vec![]), "{state:?}");
    }
    assert_eq!((kernel.module(id).references, kernel.waits), (0, 0));
}

#[test]
fn symbol_get_from_vmlinux_needs_no_reference() {
    let mut kernel = TestKernel::new([gpl("f", 7)]);
    assert_eq!(get(&mut kernel, "f"), (Some(7), vec![]));
    assert_eq!(kernel.uses().users(common::ME).count(), 0);
}

proptest! {
    #[test]
    fn the_table_finds_what_walking_it_finds(
        exports in proptest::collection::vec(("[ab]{0,4}", any::<u64>(), any::<bool>()), 0..40), wanted in "[ab]{0,4}", gpl_ok: bool,
    ) {
        let all: Vec<_> = exports.iter().map(|(name, value, gpl_only)| Export { gpl_only: *gpl_only, ..export(name, *value) }).collect();
        let walk = |gpl_only: bool| all.iter().find(|export| export.gpl_only == gpl_only && export.name == wanted);
        let expected = walk(false).or_else(|| walk(true).filter(|_| gpl_ok));
        let table = ExportTable::new(all.iter().copied());
        prop_assert_eq!(table.find(&Name::from(wanted.as_str()), gpl_ok), expected.copied());
        prop_assert_eq!(table.len(), all.len());
    }
}
