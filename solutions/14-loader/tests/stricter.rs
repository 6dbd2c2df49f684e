//! Every rule that this loader has and Linux 6.1 has not refuses some file: for each way to break one, a module of the
//! course is broken so, and nothing else about it is wrong.

use std::collections::BTreeSet;

use abi::{Errno, Stricter};
use loader::{Kernel, KernelConfig};
use specimens::stricter::{Case, Specimen};

/// The course's module `name` as the C compiler made it.
fn file(name: &str) -> Vec<u8> {
    let modules = course_modules::cached().expect("the C compiler builds the course's modules");
    let module = modules.iter().find(|module| module.name == name).expect("the course has this module");
    std::fs::read(&module.path).expect("it was built just now")
}

#[test]
fn every_rule_of_ours_alone_has_a_file_that_only_it_refuses() {
    let cases = Case::all().iter().map(|case| case.rule);
    assert_eq!(
        cases.collect::<BTreeSet<_>>(),
        Stricter::ALL.iter().copied().collect(),
        "each rule has a case in labs/specimens/src/damage/stricter.rs"
    );
    let kernel = Kernel::boot(KernelConfig::default()).expect("this computer runs module code");
    for case in Case::all() {
        let Specimen { what, bytes, .. } = case.of(&file(case.base)).expect(case.name);
        let refusal = kernel.load_module(&bytes).map(drop).expect_err(case.name);
        assert_eq!(refusal.stricter, Some(case.rule), "{} ({what}): {refusal}", case.name);
        assert_eq!(refusal.errno, Errno::ENOEXEC, "{}", case.name);
    }
    assert!(kernel.registry().modules().is_empty(), "what was refused is gone");
    for base in Case::all().iter().map(|case| case.base).collect::<BTreeSet<_>>() {
        kernel.load_module(&file(base)).map(drop).expect("unbroken it is sound");
    }
}

#[test]
fn every_case_has_a_name_of_its_own_that_begins_with_its_rules() {
    let names: BTreeSet<_> = Case::all().iter().map(|case| case.name).collect();
    assert_eq!(names.len(), Case::all().len());
    for case in Case::all() {
        assert!(case.name.starts_with(case.rule.id()), "{}: of the rule {}", case.name, case.rule);
        assert!(!case.about.is_empty() && !case.note.ends_with('.'), "{}", case.name);
    }
}
