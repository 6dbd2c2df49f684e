//! Accepting, warning, refusing and forcing: a symbol's version under each policy.

#[path = "../../01-elf/tests/common/mod.rs"]
mod common;

use abi::{Errno, LoadError, Policy};
use common::{hello, version};
use elf::Module;
use modversions::{Versions, check_modstruct_version, check_version};
use vermagic::{Judgement, Taint, Taints};

/// What `check_version` says of `symbol`, whose CRC in the kernel is `crc`, to a module with these versions.
fn check_in(
    policy: Policy,
    kernel: Taints,
    versions: Option<&[(u64, &str)]>,
    symbol: &str,
    crc: Option<u32>,
) -> (bool, Vec<String>, Taints) {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    let mut judgement = Judgement::new(&module, policy, kernel);
    let data = versions
        .map(|versions| versions.iter().flat_map(|&(crc, name)| version(crc, name)).collect::<Vec<_>>());
    let versions = data.as_deref().map(Versions::new);
    let accepted = check_version(&mut judgement, versions.as_ref(), &symbol.into(), crc);
    (accepted, judgement.lines, judgement.module)
}

fn check(versions: Option<&[(u64, &str)]>, symbol: &str, crc: Option<u32>) -> (bool, Vec<String>) {
    let (accepted, lines, _) = check_in(Policy::DEBIAN_6_1, Taints::NONE, versions, symbol, crc);
    (accepted, lines)
}

fn layout_under(
    policy: Policy,
    versions: Option<&[(u64, &str)]>,
    crc: Option<u32>,
) -> Result<Vec<String>, LoadError> {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    let mut judgement = Judgement::new(&module, policy, Taints::NONE);
    let data = versions
        .map(|versions| versions.iter().flat_map(|&(crc, name)| version(crc, name)).collect::<Vec<_>>());
    let versions = data.as_deref().map(Versions::new);
    check_modstruct_version(&mut judgement, versions.as_ref(), crc).map(|()| judgement.lines)
}

// check_version

#[test]
fn a_symbol_with_the_same_crc_is_accepted_in_silence() {
    assert_eq!(check(Some(&[(7, "kfree")]), "kfree", Some(7)), (true, vec![]));
}

#[test]
fn a_symbol_with_another_crc_is_refused() {
    let (accepted, lines) = check(Some(&[(8, "kfree")]), "kfree", Some(7));
    assert!(!accepted, "its type has changed since the module was built: the call would corrupt something");
    assert_eq!(lines, ["hello: disagrees about version of symbol kfree"]);
}

#[test]
fn an_exporter_without_crcs_is_taken_on_trust() {
    assert_eq!(check(Some(&[(8, "kfree")]), "kfree", None), (true, vec![]));
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
    assert!(accepted);
    assert_eq!(lines, ["hello: kfree: kernel tainted.", "Disabling lock debugging due to kernel taint"]);
    assert!(module.has(Taint::ForcedModule));
}

#[test]
fn a_module_without_any_versions_is_refused_in_silence_by_a_kernel_that_does_not_force() {
    let (accepted, lines, module) = check_in(Policy::STRICT, Taints::NONE, None, "kfree", Some(7));
    assert_eq!((accepted, lines, module), (false, vec![], Taints::NONE));
}

#[test]
fn a_table_of_versions_that_is_empty_is_not_the_same_as_none() {
    let (accepted, lines) = check(Some(&[]), "kfree", Some(7));
    assert!(!accepted);
    assert_eq!(lines, ["hello: no symbol version for kfree"]);
}

#[test]
fn a_crc_with_more_than_32_bits_agrees_with_nobody() {
    assert!(!check(Some(&[(0x1_0000_0007, "kfree")]), "kfree", Some(7)).0);
}

// check_modstruct_version

#[test]
fn the_layout_of_struct_module_has_a_version_too() {
    assert_eq!(layout_under(Policy::DEBIAN_6_1, Some(&[(5, "module_layout")]), Some(5)), Ok(vec![]));
}

#[test]
fn another_struct_module_is_refused_before_anybody_looks_into_it() {
    let refusal = layout_under(Policy::DEBIAN_6_1, Some(&[(6, "module_layout")]), Some(5)).unwrap_err();
    assert_eq!(refusal.errno, Errno::ENOEXEC);
    assert_eq!(refusal.message, "hello: disagrees about version of symbol module_layout");
}

#[test]
fn the_first_thing_missed_in_a_module_without_versions_is_module_layout() {
    let lines = layout_under(Policy::DEBIAN_6_1, None, Some(5)).unwrap();
    assert_eq!(lines[0], "hello: module_layout: kernel tainted.");
}

#[test]
fn without_force_a_module_without_versions_is_refused_in_silence() {
    assert_eq!(layout_under(Policy::STRICT, None, Some(5)), Err(LoadError::silent(Errno::ENOEXEC)));
}

#[test]
fn a_module_that_does_not_list_module_layout_is_refused_by_debian_and_not_by_mainline() {
    let versions: &[_] = &[(7, "kfree")];
    assert!(layout_under(Policy::DEBIAN_6_1, Some(versions), Some(5)).is_err());
    let lines = layout_under(Policy::MAINLINE_6_1, Some(versions), Some(5)).unwrap();
    assert_eq!(lines, ["hello: no symbol version for module_layout"]);
}

#[test]
fn a_kernel_without_modversions_asks_for_nothing() {
    assert_eq!(layout_under(Policy::STRICT, None, None), Ok(vec![]));
}
