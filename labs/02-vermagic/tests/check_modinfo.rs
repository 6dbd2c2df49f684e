//! What a kernel makes of a module's `.modinfo`: what it prints, which taints follow, when it refuses.

#[path = "../../01-elf/tests/common/mod.rs"]
mod common;

use abi::{Errno, LoadError, Policy};
use common::hello;
use elf::Module;
use proptest::prelude::*;
use vermagic::{Judgement, Taint, Taints, check_modinfo, license_is_gpl_compatible};

const OURS: &str = "6.1.0 SMP preempt ";
const LOCK_DEBUGGING: &str = "Disabling lock debugging due to kernel taint";

/// What a judgement came to.
#[derive(Debug)]
struct Outcome {
    result: Result<(), LoadError>,
    lines: Vec<String>,
    module: Taints,
    kernel: Taints,
}

/// Judges a module called hello with these `.modinfo` strings in a kernel with these taints.
fn judge_in(policy: Policy, kernel: Taints, modinfo: &[&str]) -> Outcome {
    let mut builder = hello();
    builder.named(".modinfo").data =
        modinfo.iter().map(|line| format!("{line}\0")).collect::<String>().into();
    let file = builder.build();
    let module = Module::parse(&file).expect("a sound file");
    let mut judgement = Judgement::new(&module, policy, kernel);
    let result = check_modinfo(&mut judgement, &module, OURS.into());
    Outcome { result, lines: judgement.lines, module: judgement.module, kernel: judgement.kernel }
}

fn judge(modinfo: &[&str]) -> Outcome {
    judge_in(Policy::DEBIAN_6_1, Taints::NONE, modinfo)
}

/// Nothing to complain about, and `more`.
fn sound(more: &[&'static str]) -> Vec<&'static str> {
    [&["vermagic=6.1.0 SMP preempt ", "name=hello", "intree=Y", "retpoline=Y", "license=GPL"], more].concat()
}

/// The sound module's strings without those that begin with `key`.
fn sound_without(key: &str) -> Vec<&'static str> {
    sound(&[]).into_iter().filter(|line| !line.starts_with(key)).collect()
}

fn taints<const N: usize>(taints: [Taint; N]) -> Taints {
    taints.into_iter().collect()
}

#[test]
fn a_sound_module_is_accepted_in_silence() {
    let outcome = judge(&sound(&[]));
    assert_eq!(outcome.result, Ok(()));
    assert_eq!(outcome.lines, [""; 0]);
    assert_eq!((outcome.module, outcome.kernel), (Taints::NONE, Taints::NONE));
}

// The version magic.

#[test]
fn another_version_magic_is_refused_with_both_strings() {
    let mut modinfo = sound_without("vermagic");
    modinfo.push("vermagic=6.1.0 preempt ");
    let refusal = judge(&modinfo).result.unwrap_err();
    assert_eq!(refusal.errno, Errno::ENOEXEC);
    assert_eq!(refusal.message, "hello: version magic '6.1.0 preempt ' should be '6.1.0 SMP preempt '");
}

#[test]
fn in_2003_another_version_magic_was_only_a_warning() {
    let mut modinfo = sound_without("vermagic");
    modinfo.push("vermagic=6.1.0 preempt ");
    let outcome = judge_in(Policy::V2003, Taints::NONE, &modinfo);
    assert_eq!(outcome.result, Ok(()), "LWN, 15 January 2003: the kernel puts out a warning");
    assert_eq!(outcome.lines, ["hello: version magic '6.1.0 preempt ' should be '6.1.0 SMP preempt '"]);
}

#[test]
fn the_release_is_not_compared_where_the_module_has_versions() {
    let mut modinfo = sound_without("vermagic");
    modinfo.push("vermagic=5.10.0 SMP preempt ");
    assert_eq!(judge(&modinfo).result, Ok(()), "hello has a __versions section");
}

#[test]
fn the_first_version_magic_counts() {
    let mut modinfo = sound(&["vermagic=nonsense"]);
    assert_eq!(judge(&modinfo).result, Ok(()));
    modinfo.rotate_right(1);
    assert!(judge(&modinfo).result.is_err());
}

#[test]
fn nothing_else_is_judged_once_the_version_magic_is_wrong() {
    let outcome = judge(&["vermagic=1", "name=hello"]);
    assert_eq!(outcome.result.unwrap_err().lines().count(), 1);
    assert_eq!(outcome.module, Taints::NONE, "licence and origin come after the version magic");
}

#[test]
fn what_a_refusal_hands_over_is_no_longer_in_the_log() {
    let outcome = judge(&["vermagic=1", "name=hello"]);
    assert_eq!(outcome.lines, [""; 0], "else whoever prints both would print the line twice");
}

// Loading by force.

#[test]
fn a_module_without_version_magic_is_loaded_by_force() {
    let outcome = judge(&sound_without("vermagic"));
    assert_eq!(outcome.result, Ok(()));
    assert_eq!(outcome.lines, ["hello: bad vermagic: kernel tainted.", LOCK_DEBUGGING]);
    assert_eq!(outcome.module, taints([Taint::ForcedModule]));
    assert_eq!(outcome.kernel, taints([Taint::ForcedModule]));
}

#[test]
fn a_kernel_that_does_not_force_refuses_in_silence() {
    let outcome = judge_in(Policy::STRICT, Taints::NONE, &sound_without("vermagic"));
    assert_eq!(outcome.result, Err(LoadError::silent(Errno::ENOEXEC)));
    assert_eq!(outcome.lines, [""; 0]);
    assert_eq!(outcome.module, Taints::NONE);
}

#[test]
fn the_second_forced_module_is_not_announced_and_tainted_all_the_same() {
    let outcome = judge_in(Policy::DEBIAN_6_1, taints([Taint::ForcedModule]), &sound_without("vermagic"));
    assert_eq!(outcome.lines, [""; 0], "try_to_force_load looks at the kernel's taint first");
    assert_eq!(outcome.module, taints([Taint::ForcedModule]));
}

#[test]
fn force_adds_to_the_taints_that_are_there() {
    let kernel = taints([Taint::Warn, Taint::OotModule]);
    let outcome = judge_in(Policy::DEBIAN_6_1, kernel, &sound_without("vermagic"));
    assert_eq!(outcome.kernel, taints([Taint::Warn, Taint::OotModule, Taint::ForcedModule]));
    assert_eq!(outcome.module, taints([Taint::ForcedModule]), "the kernel's taints are not the module's");
}

#[test]
fn lock_debugging_is_switched_off_only_once() {
    let kernel = taints([Taint::ProprietaryModule]);
    let outcome = judge_in(Policy::DEBIAN_6_1, kernel, &sound_without("vermagic"));
    assert_eq!(outcome.lines, ["hello: bad vermagic: kernel tainted."]);
}

// The licence.

#[test]
fn six_licences_are_free_and_no_other_spelling_of_them() {
    for free in ["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"]
    {
        assert!(license_is_gpl_compatible(free.into()), "{free}");
    }
    for other in ["gpl", "GPL ", "GPLv2", "GPL v3", "MIT", "BSD", "Proprietary", ""] {
        assert!(!license_is_gpl_compatible(other.into()), "{other:?}: include/linux/license.h uses strcmp");
    }
}

#[test]
fn a_licence_that_is_not_free_taints_with_p() {
    let mut modinfo = sound_without("license");
    modinfo.push("license=Proprietary");
    let outcome = judge(&modinfo);
    assert_eq!(outcome.result, Ok(()), "a taint is no refusal; only the GPL-only symbols are out of reach");
    assert_eq!(outcome.lines, ["hello: module license 'Proprietary' taints kernel.", LOCK_DEBUGGING]);
    assert_eq!(outcome.module, taints([Taint::ProprietaryModule]));
}

#[test]
fn no_licence_is_called_unspecified() {
    let outcome = judge(&sound_without("license"));
    assert_eq!(outcome.lines[0], "hello: module license 'unspecified' taints kernel.");
}

#[test]
fn the_first_licence_counts() {
    let mut modinfo = sound(&["license=Proprietary"]);
    assert_eq!(judge(&modinfo).module, Taints::NONE);
    modinfo.rotate_right(1);
    assert_eq!(judge(&modinfo).module, taints([Taint::ProprietaryModule]));
}

#[test]
fn the_second_proprietary_module_is_not_announced_and_tainted_all_the_same() {
    let outcome = judge_in(Policy::DEBIAN_6_1, taints([Taint::ProprietaryModule]), &sound_without("license"));
    assert_eq!(outcome.lines, [""; 0]);
    assert_eq!(outcome.module, taints([Taint::ProprietaryModule]));
}

#[test]
fn an_empty_licence_is_not_an_absent_one() {
    let mut modinfo = sound_without("license");
    modinfo.push("license=");
    assert_eq!(judge(&modinfo).lines[0], "hello: module license '' taints kernel.");
}

// Where it comes from.

#[test]
fn a_module_from_outside_the_tree_taints_with_o() {
    let outcome = judge(&sound_without("intree"));
    assert_eq!(outcome.lines, ["hello: loading out-of-tree module taints kernel."]);
    assert_eq!(outcome.module, taints([Taint::OotModule]));
}

#[test]
fn a_module_without_retpolines_is_complained_about_each_time() {
    let complaint = [
        "Spectre V2 : System may be vulnerable to spectre v2",
        "hello: loading module not compiled with retpoline compiler.",
    ];
    for kernel in [Taints::NONE, taints([Taint::OotModule, Taint::ForcedModule])] {
        let outcome = judge_in(Policy::DEBIAN_6_1, kernel, &sound_without("retpoline"));
        assert_eq!(outcome.lines, complaint);
        assert_eq!(outcome.module, Taints::NONE, "it is a warning without a taint");
    }
}

#[test]
fn everything_at_once_is_said_in_the_kernels_order() {
    let outcome = judge(&["vermagic=6.1.0 SMP preempt ", "name=hello", "test=Y", "livepatch=Y", "staging=Y"]);
    assert_eq!(outcome.result, Ok(()));
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
        ]
    );
    assert_eq!(outcome.module.module_letters(), "PCOKN");
}

proptest! {
    #[test]
    fn no_modinfo_makes_the_kernel_panic(strings in proptest::collection::vec("[a-z]{0,10}=?[ -~]{0,20}", 1..10)) {
        let strings: Vec<_> = strings.iter().map(String::as_str).collect();
        let outcome = judge(&strings);
        prop_assert!(outcome.result.is_ok() || outcome.lines.is_empty());
    }
}
