//! The licence, and then everything that `.modinfo` says, judged in the kernel's order.

use abi::Policy;
use proptest::prelude::*;
use vermagic::{Taint, Taints, set_license};

use crate::judging::{LOCK_DEBUGGING, Outcome, judge, judge_in, sound, sound_without, taints, with_hello};

fn license(kernel: Taints, license: Option<&str>) -> Outcome<()> {
    with_hello(Policy::DEBIAN_6_1, kernel, |judgement| set_license(judgement, license.map(Into::into)))
}

#[test]
fn a_free_licence_is_passed_over_in_silence() {
    for free in ["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"]
    {
        let outcome = license(Taints::NONE, Some(free));
        assert_eq!(outcome.lines, [""; 0], "{free} is compatible with the GPL");
        assert_eq!(outcome.module, Taints::NONE, "{free} is compatible with the GPL");
    }
}

#[test]
fn a_licence_that_is_not_free_taints_kernel_and_module_with_p() {
    let outcome = license(Taints::NONE, Some("Proprietary"));
    assert_eq!(
        outcome.lines,
        ["hello: module license 'Proprietary' taints kernel.", LOCK_DEBUGGING],
        "set_license prints first, then add_taint_module says what follows from a P"
    );
    assert_eq!(
        outcome.module,
        taints([Taint::ProprietaryModule]),
        "its GPL-only symbols are out of reach now"
    );
    assert_eq!(outcome.kernel, taints([Taint::ProprietaryModule]), "whoever reads an oops shall know");
}

#[test]
fn a_licence_that_only_sounds_free_taints() {
    for other in ["GPL v3", "GPLv2", "gpl", "GPL ", "MIT", "BSD", "Public Domain"] {
        let outcome = license(Taints::NONE, Some(other));
        let module = outcome.module;
        assert_eq!(
            module,
            taints([Taint::ProprietaryModule]),
            "'{other}' is none of the six: strcmp compares them"
        );
    }
}

#[test]
fn no_licence_is_called_unspecified() {
    let outcome = license(Taints::NONE, None);
    assert_eq!(
        outcome.lines.first().map(String::as_str),
        Some("hello: module license 'unspecified' taints kernel."),
        "who says nothing has not promised anything"
    );
}

#[test]
fn an_empty_licence_is_not_an_absent_one() {
    let outcome = license(Taints::NONE, Some(""));
    assert_eq!(
        outcome.lines.first().map(String::as_str),
        Some("hello: module license '' taints kernel."),
        "get_modinfo found it; it is only empty"
    );
}

#[test]
fn the_second_proprietary_module_is_not_announced_and_tainted_all_the_same() {
    let outcome = license(taints([Taint::ProprietaryModule]), None);
    assert_eq!(outcome.lines, [""; 0], "set_license asks test_taint first");
    assert_eq!(outcome.module, taints([Taint::ProprietaryModule]), "the module's own taint is new");
}

#[test]
fn the_first_licence_counts() {
    let mut modinfo = sound(&["license=Proprietary"]);
    assert_eq!(judge(&modinfo).module, Taints::NONE, "get_modinfo stops at GPL, which comes first");
    modinfo.rotate_right(1);
    assert_eq!(judge(&modinfo).module, taints([Taint::ProprietaryModule]), "now the other comes first");
}

// From here on: all of check_modinfo, which is whole now.

#[test]
fn a_sound_module_is_accepted_in_silence() {
    let outcome = judge(&sound(&[]));
    assert_eq!(outcome.result, Ok(()), "magic, licence and origin are as they should be");
    assert_eq!(outcome.lines, [""; 0], "there is nothing to complain about");
    assert_eq!((outcome.module, outcome.kernel), (Taints::NONE, Taints::NONE), "nor to remember");
}

#[test]
fn the_first_version_magic_counts() {
    let outcome = judge(&sound(&["vermagic=nonsense"]));
    assert_eq!(outcome.result, Ok(()), "get_modinfo stops at the first");
}

#[test]
fn a_module_from_outside_the_tree_taints_with_o() {
    let outcome = judge(&sound_without("intree"));
    assert_eq!(
        outcome.lines,
        ["hello: loading out-of-tree module taints kernel."],
        "only the origin is wrong: a licence of GPL is passed over"
    );
    assert_eq!(outcome.module, taints([Taint::OotModule]), "O, and no P");
}

#[test]
fn a_module_without_retpolines_is_complained_about_each_time() {
    let complaint = [
        "Spectre V2 : System may be vulnerable to spectre v2",
        "hello: loading module not compiled with retpoline compiler.",
    ];
    for kernel in [Taints::NONE, taints([Taint::OotModule, Taint::ForcedModule])] {
        let outcome = judge_in(Policy::DEBIAN_6_1, kernel, &sound_without("retpoline"));
        assert_eq!(outcome.lines, complaint, "there is no taint to remember it by");
        assert_eq!(outcome.module, Taints::NONE, "it is a warning without a taint");
    }
}

#[test]
fn everything_at_once_is_said_in_the_kernels_order() {
    let outcome = judge(&["vermagic=6.1.0 SMP preempt ", "name=hello", "test=Y", "livepatch=Y", "staging=Y"]);
    assert_eq!(outcome.result, Ok(()), "nothing of it is a refusal");
    assert_eq!(
        outcome.lines,
        [
            "hello: loading out-of-tree module taints kernel.",
            "Spectre V2 : System may be vulnerable to spectre v2",
            "hello: loading module not compiled with retpoline compiler.",
            "hello: module is from the staging directory, the quality is unknown, you have been warned.",
            "hello: tainting kernel with TAINT_LIVEPATCH",
            "hello: module license 'unspecified' taints kernel.",
            LOCK_DEBUGGING,
            "hello: loading test module taints kernel.",
        ],
        "the order of check_modinfo, not of the strings in the module"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_modinfo_makes_the_kernel_panic(strings in proptest::collection::vec("[a-z]{0,10}=?[ -~]{0,20}", 1..10)) {
        let strings: Vec<_> = strings.iter().map(String::as_str).collect();
        let outcome = judge(&strings);
        prop_assert!(outcome.result.is_ok() || outcome.lines.is_empty());
    }
}
