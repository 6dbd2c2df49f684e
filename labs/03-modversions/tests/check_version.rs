//! Accepting, warning, refusing and forcing: a symbol's version under each policy.

use abi::Policy;
use vermagic::{Taint, Taints};

use crate::common::{check, check_in};

#[test]
fn a_symbol_with_the_same_crc_is_accepted_in_silence() {
    let said = check(Some(&[(7, "kfree")]), "kfree", Some(7));
    assert_eq!(said, (true, vec![]), "its type is what it was when the module was built");
}

#[test]
fn a_symbol_with_another_crc_is_refused() {
    let (accepted, lines) = check(Some(&[(8, "kfree")]), "kfree", Some(7));
    assert!(!accepted, "its type has changed since the module was built: the call would corrupt something");
    assert_eq!(lines, ["hello: disagrees about version of symbol kfree"], "the words of check_version");
}

#[test]
fn an_exporter_without_crcs_is_taken_on_trust() {
    let said = check(Some(&[(8, "kfree")]), "kfree", None);
    assert_eq!(said, (true, vec![]), "whatever the module has recorded");
    assert_eq!(check(None, "kfree", None), (true, vec![]), "nothing to compare with, so nothing to force");
}

#[test]
fn a_symbol_that_is_not_listed_is_refused_by_debian_and_warned_of_by_mainline() {
    let versions: &[_] = &[(7, "other")];
    for (policy, expected) in [
        (Policy::DEBIAN_6_1, false),
        (Policy::STRICT, false),
        (Policy::MAINLINE_6_1, true),
        (Policy::V2003, true),
    ] {
        let (accepted, lines, _) = check_in(policy, Taints::NONE, Some(versions), "kfree", Some(7));
        assert_eq!(accepted, expected, "{}", policy.name);
        assert_eq!(lines, ["hello: no symbol version for kfree"], "{}", policy.name);
    }
}

#[test]
fn a_module_without_any_versions_is_loaded_by_force() {
    let (accepted, lines, module) = check_in(Policy::DEBIAN_6_1, Taints::NONE, None, "kfree", Some(7));
    assert!(accepted, "a kernel with CONFIG_MODULE_FORCE_LOAD takes it");
    assert_eq!(
        lines,
        ["hello: kfree: kernel tainted.", "Disabling lock debugging due to kernel taint"],
        "the reason is the symbol that was missed first"
    );
    assert!(module.has(Taint::ForcedModule), "the F of an oops that comes later");
}

#[test]
fn a_module_without_any_versions_is_refused_in_silence_by_a_kernel_that_does_not_force() {
    let (accepted, lines, module) = check_in(Policy::STRICT, Taints::NONE, None, "kfree", Some(7));
    assert_eq!((accepted, lines, module), (false, vec![], Taints::NONE), "ENOEXEC from try_to_force_load");
}

#[test]
fn a_table_of_versions_that_is_empty_is_not_the_same_as_none() {
    let (accepted, lines) = check(Some(&[]), "kfree", Some(7));
    assert!(!accepted, "there is a table, and kfree is not in it: nothing is forced");
    assert_eq!(lines, ["hello: no symbol version for kfree"], "the words of check_version");
}

#[test]
fn a_crc_with_more_than_32_bits_agrees_with_nobody() {
    let (accepted, _) = check(Some(&[(0x1_0000_0007, "kfree")]), "kfree", Some(7));
    assert!(!accepted, "versions[i].crc is an unsigned long, and all of it is compared");
}
