//! Whoever uses a proprietary module's symbols becomes proprietary; whoever uses GPL-only symbols must not.

use symbols::{Exporter, Kernel, inherit_taint};

use crate::common::{Came, Hello, NOTHING, TestKernel};

/// What becomes of hello when it wants f of the module `other`.
fn wants_f(hello: &Hello, other_is_proprietary: bool, using_gplonly_symbols: bool) -> Came<bool> {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", []);
    kernel.module(id).is_proprietary = other_is_proprietary;
    let other: Exporter = kernel.modules().next().expect("it was loaded");
    hello.tries(|judgement, importer| {
        importer.using_gplonly_symbols = using_gplonly_symbols;
        inherit_taint(judgement, importer, Some(&other), "f".into())
    })
}

#[test]
fn the_taint_of_the_owner_is_inherited() {
    let came = wants_f(&Hello::default(), true, false);
    assert!(came.result, "the symbol may be used");
    assert!(
        came.is_proprietary,
        "hello itself must be marked as proprietary now: else a module under the GPL could be put between a \
         proprietary one and GPL-only symbols"
    );
    assert_eq!(
        came.lines,
        ["hello: module uses symbols f from proprietary module other, inheriting taint."],
        "the kernel says whose fault it is"
    );
}

#[test]
fn gpl_only_symbols_and_a_proprietary_owner_do_not_go_together() {
    let came = wants_f(&Hello::default(), true, true);
    assert!(!came.result, "hello would carry GPL-only symbols to a proprietary module");
    assert!(!came.is_proprietary, "the symbol is not used, so no taint is inherited");
    assert_eq!(
        came.lines,
        ["hello: module using GPL-only symbols uses symbols f from proprietary module other."],
        "the kernel says what does not go together"
    );
}

#[test]
fn a_module_that_is_proprietary_already_inherits_in_silence() {
    let hello = Hello { is_proprietary: true, ..Hello::default() };
    let came = wants_f(&hello, true, false);
    assert!(came.result, "two proprietary modules may well work together");
    assert!(came.is_proprietary, "a taint never goes away");
    assert_eq!(came.lines, NOTHING, "there is nothing to inherit, so nothing is said");
}

#[test]
fn the_gpl_only_symbols_are_asked_about_before_the_modules_own_taint() {
    let hello = Hello { is_proprietary: true, ..Hello::default() };
    let came = wants_f(&hello, true, true);
    assert!(
        !came.result,
        "a module may have become proprietary after it got GPL-only symbols; that does not make it all right"
    );
    assert_eq!(came.lines.len(), 1, "and the kernel complains: {:?}", came.lines);
}

#[test]
fn a_clean_owner_leaves_nothing_behind() {
    for using_gplonly_symbols in [false, true] {
        for is_proprietary in [false, true] {
            let hello = Hello { is_proprietary, ..Hello::default() };
            let came = wants_f(&hello, false, using_gplonly_symbols);
            let case =
                format!("hello proprietary {is_proprietary}, GPL-only symbols {using_gplonly_symbols}");
            assert!(came.result, "{case}: other is clean, so nothing stands in the way");
            assert_eq!(came.is_proprietary, is_proprietary, "{case}: the taint stays what it was");
            assert_eq!(came.lines, NOTHING, "{case}: nothing is said");
        }
    }
}

#[test]
fn vmlinux_is_never_proprietary() {
    let came =
        Hello::default().tries(|judgement, importer| inherit_taint(judgement, importer, None, "f".into()));
    assert!(came.result, "no owner: the symbol is vmlinux's");
    assert!(!came.is_proprietary, "vmlinux is under the GPL");
    assert_eq!(came.lines, NOTHING, "nothing is said");
}

#[test]
fn the_taint_is_said_once_for_all_symbols() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", []);
    kernel.module(id).is_proprietary = true;
    let other: Exporter = kernel.modules().next().expect("it was loaded");
    let came = Hello::default().tries(|judgement, importer| {
        ["f", "g", "h"].map(|name| inherit_taint(judgement, importer, Some(&other), name.into()))
    });
    assert_eq!(came.result, [true; 3], "all three may be used");
    assert_eq!(came.lines.len(), 1, "only the first of them brings something new: {:?}", came.lines);
}
