//! Nobody may export a name that somebody exports already.

use abi::{Errno, LoadError};
use symbols::{Export, ExportTable, ModuleState, verify_exported_symbols};

use crate::common::{TestKernel, export, gpl, judgement};

/// May hello export these?
fn verify(exports: &[Export], kernel: &TestKernel) -> Result<(), LoadError> {
    verify_exported_symbols(&judgement(), &ExportTable::new(exports.iter().copied()), kernel)
}

fn refusal(line: &str) -> Result<(), LoadError> {
    Err(LoadError::new(Errno::ENOEXEC, line))
}

#[test]
fn a_name_that_nobody_has_may_be_exported() {
    let mut kernel = TestKernel::new([export("h", 1), gpl("i", 2)]);
    kernel.load("other", [export("j", 3)]);
    assert_eq!(verify(&[export("f", 1), gpl("g", 2)], &kernel), Ok(()), "neither f nor g is taken");
}

#[test]
fn a_module_that_exports_nothing_may_always_be_loaded() {
    assert_eq!(verify(&[], &TestKernel::new([export("f", 1)])), Ok(()), "there is nothing to compare");
}

#[test]
fn what_vmlinux_exports_cannot_be_exported_again() {
    assert_eq!(
        verify(&[export("f", 1)], &TestKernel::new([export("f", 1)])),
        refusal("hello: exports duplicate symbol f (owned by kernel)"),
        "later modules would get the one or the other, by the order of loading; module_name(NULL) is \
         \"kernel\""
    );
}

#[test]
fn gpl_only_or_not_makes_no_difference() {
    let taken = refusal("hello: exports duplicate symbol f (owned by kernel)");
    for (theirs, ours) in [(gpl("f", 1), export("f", 2)), (export("f", 1), gpl("f", 2))] {
        assert_eq!(
            verify(&[ours], &TestKernel::new([theirs])),
            taken,
            "the search is made with gplok = true: a name that is hidden from some is taken all the same"
        );
    }
}

#[test]
fn what_another_module_exports_cannot_be_exported_again() {
    let mut kernel = TestKernel::new([]);
    kernel.load("other", [export("f", 1)]);
    assert_eq!(
        verify(&[export("a", 1), export("f", 1)], &kernel),
        refusal("hello: exports duplicate symbol f (owned by other)"),
        "the message names who was first"
    );
}

#[test]
fn only_the_first_duplicate_is_named_and_plain_exports_come_first() {
    let kernel = TestKernel::new([export("f", 1), export("g", 2), export("h", 3)]);
    assert_eq!(
        verify(&[gpl("f", 1), export("g", 1), export("h", 1)], &kernel),
        refusal("hello: exports duplicate symbol g (owned by kernel)"),
        "mod->syms is walked before mod->gpl_syms, and the first duplicate ends the walk"
    );
}

#[test]
fn a_module_that_is_still_unformed_has_no_names_yet() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [export("f", 1)]);
    kernel.module(id).state = ModuleState::Unformed;
    assert_eq!(
        verify(&[export("f", 1)], &kernel),
        Ok(()),
        "of two modules that are both being loaded, the name is whose is formed first"
    );
}

#[test]
fn a_module_that_is_going_still_has_its_names() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [export("f", 1)]);
    kernel.module(id).state = ModuleState::Going;
    assert_eq!(
        verify(&[export("f", 1)], &kernel),
        refusal("hello: exports duplicate symbol f (owned by other)"),
        "its exit function may run for a while, and until it is gone its exports are there"
    );
}
