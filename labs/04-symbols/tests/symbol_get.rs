//! A symbol looked up at run time, by code that can do without it.

use symbols::{ModuleState, Name, symbol_get};

use crate::common::{NOTHING, TestKernel, export, gpl};

fn get(kernel: &mut TestKernel, name: &str) -> (Option<u64>, Vec<String>) {
    let mut log = Vec::new();
    (symbol_get(kernel, &Name::from(name), &mut log), log)
}

#[test]
fn the_value_comes_with_a_reference_to_the_owner() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [gpl("f", 7)]);
    let (value, log) = get(&mut kernel, "f");
    assert_eq!(value, Some(7), "the value of the export");
    assert_eq!(log, NOTHING, "there is nothing to complain of");
    assert_eq!(
        kernel.module(id).references,
        1,
        "without a reference the module could be unloaded while the caller still holds the address"
    );
}

#[test]
fn each_call_takes_a_reference_of_its_own() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [gpl("f", 7)]);
    get(&mut kernel, "f");
    get(&mut kernel, "f");
    assert_eq!(kernel.module(id).references, 2, "each symbol_get is paid back by a symbol_put of its own");
    assert_eq!(kernel.users(id), [], "and nobody is entered as a user: that is ref_module's business");
}

#[test]
fn only_gpl_only_symbols_can_be_had() {
    let mut kernel = TestKernel::new([export("f", 7)]);
    let (value, log) = get(&mut kernel, "f");
    assert_eq!(
        value, None,
        "__symbol_get refuses plain exports: it was used to get around the licence check"
    );
    assert_eq!(log, ["failing symbol_get of non-GPLONLY symbol f."], "and says so, in these words");
}

#[test]
fn a_plain_symbol_costs_its_owner_no_reference() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [export("f", 7)]);
    assert_eq!(get(&mut kernel, "f").0, None, "plain exports are refused");
    assert_eq!(
        kernel.module(id).references,
        0,
        "the licence is looked at before the reference is taken: nobody would ever give that one back"
    );
}

#[test]
fn what_nobody_exports_is_not_there_and_nothing_is_said() {
    let (value, log) = get(&mut TestKernel::new([gpl("f", 7)]), "g");
    assert_eq!(value, None, "nobody exports g");
    assert_eq!(log, NOTHING, "symbol_get is there to ask whether somebody does: no is a good answer");
}

#[test]
fn a_module_that_is_coming_or_going_is_not_waited_for() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [gpl("f", 7)]);
    for state in [ModuleState::Coming, ModuleState::Going] {
        kernel.module(id).state = state;
        let (value, log) = get(&mut kernel, "f");
        assert_eq!(value, None, "{state:?}: strong_try_module_get fails, and so does symbol_get");
        assert_eq!(log, NOTHING, "{state:?}: the kernel jumps to `fail` and prints nothing");
    }
    assert_eq!(kernel.waits, 0, "preemption is off in __symbol_get: it may not sleep");
}

#[test]
fn vmlinux_needs_no_reference() {
    let mut kernel = TestKernel::new([gpl("f", 7)]);
    kernel.load("other", [gpl("g", 8)]);
    assert_eq!(get(&mut kernel, "f").0, Some(7), "vmlinux exports f");
    assert_eq!(kernel.asked, 0, "vmlinux cannot be unloaded: nobody is asked for a reference");
}
