//! The verdict on a version magic: one module under each policy, side by side.

use abi::{Errno, Policy};
use vermagic::{Taint, Taints, check_vermagic};

use crate::judging::{LOCK_DEBUGGING, OURS, Outcome, judge, taints, with_hello, with_hello_called};

/// hello's verdict, by a policy, where its version magic is `theirs` and it has no versions of symbols.
fn check(policy: Policy, theirs: Option<&str>) -> Outcome<Result<(), Errno>> {
    check_with(policy, theirs, false)
}

fn check_with(policy: Policy, theirs: Option<&str>, has_crcs: bool) -> Outcome<Result<(), Errno>> {
    with_hello(policy, Taints::NONE, |judgement| {
        check_vermagic(judgement, theirs.map(Into::into), OURS.into(), has_crcs)
    })
}

const DIFFERS: &str = "hello: version magic '6.1.0 preempt ' should be '6.1.0 SMP preempt '";

#[test]
fn the_kernels_own_magic_is_accepted_in_silence_by_every_policy() {
    for &policy in Policy::ALL {
        let outcome = check(policy, Some(OURS));
        assert_eq!(outcome.result, Ok(()), "policy {}: the strings are equal", policy.name);
        assert_eq!(outcome.lines, [""; 0], "policy {}: nothing was wrong", policy.name);
        assert_eq!(outcome.module, Taints::NONE, "policy {}: nothing was wrong", policy.name);
    }
}

#[test]
fn another_magic_is_refused_with_both_strings() {
    let outcome = check(Policy::DEBIAN_6_1, Some("6.1.0 preempt "));
    assert_eq!(outcome.result, Err(Errno::ENOEXEC), "kernel/module/main.c, check_modinfo");
    assert_eq!(outcome.lines, [DIFFERS], "the module's string first, then the kernel's");
    assert_eq!(outcome.module, Taints::NONE, "a refusal taints nothing");
}

#[test]
fn in_2003_another_magic_was_only_a_warning() {
    let outcome = check(Policy::V2003, Some("6.1.0 preempt "));
    assert_eq!(outcome.result, Ok(()), "LWN, 15 January 2003: the kernel puts out a warning");
    assert_eq!(outcome.lines, [DIFFERS], "the same words as today's refusal");
    assert_eq!(outcome.module, Taints::NONE, "the patch's warning taints nothing");
}

#[test]
fn the_line_calls_the_module_by_the_name_in_its_modinfo() {
    let outcome = with_hello_called("another", Policy::DEBIAN_6_1, Taints::NONE, |judgement| {
        check_vermagic(judgement, Some("6.1.0 preempt ".into()), OURS.into(), false)
    });
    assert_eq!(
        outcome.lines,
        ["another: version magic '6.1.0 preempt ' should be '6.1.0 SMP preempt '"],
        "the kernel prints info->name here, the judgement's `info_name`: struct module is not trusted yet"
    );
}

#[test]
fn forcing_is_for_a_magic_that_is_absent_not_for_one_that_is_wrong() {
    for &policy in Policy::ALL.iter().filter(|policy| **policy != Policy::V2003) {
        let outcome = check(policy, Some(""));
        assert_eq!(outcome.result, Err(Errno::ENOEXEC), "policy {}: an empty magic is a magic", policy.name);
        assert_eq!(
            outcome.lines,
            ["hello: version magic '' should be '6.1.0 SMP preempt '"],
            "policy {}: the line is the same, though there is nothing between the quotes",
            policy.name
        );
    }
}

#[test]
fn a_module_without_a_magic_is_loaded_by_force() {
    let outcome = check(Policy::DEBIAN_6_1, None);
    assert_eq!(outcome.result, Ok(()), "try_to_force_load allows it");
    assert_eq!(
        outcome.lines,
        ["hello: bad vermagic: kernel tainted.", LOCK_DEBUGGING],
        "try_to_force_load says it, with the reason `bad vermagic`"
    );
    assert_eq!(outcome.module, taints([Taint::ForcedModule]), "F for the module, by try_to_force_load");
}

#[test]
fn a_strict_kernel_refuses_a_module_without_a_magic_and_says_nothing() {
    let outcome = check(Policy::STRICT, None);
    assert_eq!(outcome.result, Err(Errno::ENOEXEC), "what would have to be forced is refused");
    assert_eq!(outcome.lines, [""; 0], "version magic '(null)' is nothing the kernel ever prints");
}

#[test]
fn the_release_is_compared_only_where_the_symbols_have_no_versions() {
    let other_release = Some("5.10.0 SMP preempt ");
    assert_eq!(check_with(Policy::DEBIAN_6_1, other_release, true).result, Ok(()), "the CRCs will tell");
    let without_versions = check_with(Policy::DEBIAN_6_1, other_release, false).result;
    assert_eq!(without_versions, Err(Errno::ENOEXEC), "nothing else would tell: see same_magic");
}

#[test]
fn nothing_else_is_judged_once_the_magic_is_wrong() {
    let outcome = judge(&["vermagic=1", "name=hello"]);
    let refusal = outcome.result.expect_err("1 is no magic of this kernel's");
    assert_eq!(
        refusal.message, "hello: version magic '1' should be '6.1.0 SMP preempt '",
        "licence and origin come after the version magic"
    );
    assert_eq!(outcome.lines, [""; 0], "whoever prints lines and refusal would print the line twice");
}
