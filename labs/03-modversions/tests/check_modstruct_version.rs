//! The version of `struct module` itself, which is checked before anybody looks into it.

use abi::{Errno, LoadError, Policy};

use elf::Module;
use modversions::{Versions, check_modstruct_version};
use vermagic::{Judgement, Taints};

use crate::common::{hello, layout_under, version};

#[test]
fn the_layout_of_struct_module_has_a_version_too() {
    let outcome = layout_under(Policy::DEBIAN_6_1, Some(&[(5, "module_layout")]), Some(5));
    assert_eq!(outcome, Ok(vec![]), "module_layout is an export like any other, and its number is equal");
}

#[test]
fn another_struct_module_is_refused_before_anybody_looks_into_it() {
    let refusal = layout_under(Policy::DEBIAN_6_1, Some(&[(6, "module_layout")]), Some(5)).unwrap_err();
    assert_eq!(refusal.errno, Errno::ENOEXEC, "check_modversions says 0 and the loader makes ENOEXEC of it");
    assert_eq!(
        refusal.message, "hello: disagrees about version of symbol module_layout",
        "what check_version printed is the message"
    );
}

#[test]
fn the_first_thing_missed_in_a_module_without_versions_is_module_layout() {
    let lines = layout_under(Policy::DEBIAN_6_1, None, Some(5)).unwrap();
    assert_eq!(lines[0], "hello: module_layout: kernel tainted.", "it is checked before all other symbols");
}

#[test]
fn without_force_a_module_without_versions_is_refused_in_silence() {
    let outcome = layout_under(Policy::STRICT, None, Some(5));
    assert_eq!(outcome, Err(LoadError::silent(Errno::ENOEXEC)), "try_to_force_load prints nothing there");
}

#[test]
fn a_module_that_does_not_list_module_layout_is_refused_by_debian_and_not_by_mainline() {
    let versions: &[_] = &[(7, "kfree")];
    assert!(layout_under(Policy::DEBIAN_6_1, Some(versions), Some(5)).is_err());
    let lines = layout_under(Policy::MAINLINE_6_1, Some(versions), Some(5)).unwrap();
    assert_eq!(lines, ["hello: no symbol version for module_layout"], "mainline says so and goes on");
}

#[test]
fn a_kernel_without_modversions_asks_for_nothing() {
    let outcome = layout_under(Policy::STRICT, None, None);
    assert_eq!(outcome, Ok(vec![]), "a kernel built without CONFIG_MODVERSIONS has no CRC for anything");
}

#[test]
fn what_was_said_before_stays_in_the_log() {
    let (file, data) = (hello().build(), version(6, "module_layout"));
    let module = Module::parse(&file).unwrap();
    let mut judgement = Judgement::new(&module, Policy::DEBIAN_6_1, Taints::NONE);
    judgement.print("said before");
    let refusal = check_modstruct_version(&mut judgement, Some(&Versions::new(&data)), Some(5)).unwrap_err();
    let expected = "hello: disagrees about version of symbol module_layout";
    assert_eq!(refusal.message, expected, "only what was printed for this check");
    assert_eq!(judgement.lines, ["said before"], "the rest of the log is none of this check's business");
}
