//! The version magic of a module and of a kernel, compared.

use proptest::prelude::*;
use vermagic::same_magic;

const DEBIAN: &str = "6.1.0-56-amd64 SMP preempt mod_unload modversions ";

fn same(theirs: &str, ours: &str, has_crcs: bool) -> bool {
    same_magic(theirs.into(), ours.into(), has_crcs)
}

#[test]
fn a_kernel_accepts_the_modules_that_were_built_with_it() {
    assert!(same(DEBIAN, DEBIAN, false));
    assert!(same(DEBIAN, DEBIAN, true));
}

#[test]
fn another_release_will_do_where_every_symbol_has_a_version() {
    let older = "6.1.0-9-amd64 SMP preempt mod_unload modversions ";
    assert!(
        same(older, DEBIAN, true),
        "the CRCs say whether each symbol is still the same, so the release says nothing more; see \
         kernel/module/version.c, same_magic"
    );
}

#[test]
fn without_versions_the_release_must_be_the_same() {
    assert!(!same("6.1.0-9-amd64 SMP preempt mod_unload modversions ", DEBIAN, false));
}

#[test]
fn a_module_for_one_processor_does_not_fit_a_kernel_for_many() {
    let uniprocessor = "6.1.0-56-amd64 preempt mod_unload modversions ";
    assert!(!same(uniprocessor, DEBIAN, true), "no CRC shows that spinlocks are empty without SMP");
    assert!(!same(uniprocessor, DEBIAN, false));
}

#[test]
fn the_final_space_counts() {
    assert!(!same(DEBIAN.trim_end(), DEBIAN, true), "the strings are compared with strcmp, to the last byte");
}

#[test]
fn in_2003_the_compiler_was_part_of_the_magic() {
    assert!(same("SMP,preempt,gcc-2.95", "SMP,preempt,gcc-2.95", false));
    assert!(!same("SMP,preempt,gcc-3.2", "SMP,preempt,gcc-2.95", false));
}

#[test]
fn magics_of_one_word_are_equal_where_only_the_rest_counts() {
    assert!(same("6.1.0", "5.10.0", true), "without a space there is nothing left to compare");
    assert!(!same("6.1.0", "5.10.0", false));
    assert!(!same("6.1.0", "6.1.0 ", true));
}

proptest! {
    #[test]
    fn the_comparison_is_the_same_from_both_sides(a: Vec<u8>, b: Vec<u8>, has_crcs: bool) {
        let (a, b) = (a.as_slice().into(), b.as_slice().into());
        prop_assert_eq!(same_magic(a, b, has_crcs), same_magic(b, a, has_crcs));
        prop_assert!(same_magic(a, a, has_crcs));
    }

    #[test]
    fn only_the_release_is_forgiven(release in "[0-9.a-z-]{0,12}", other in "[0-9.a-z-]{0,12}", rest in " [a-zA-Z ]{0,20}") {
        let (theirs, ours) = (format!("{release}{rest}"), format!("{other}{rest}"));
        prop_assert!(same(&theirs, &ours, true));
        prop_assert_eq!(same(&theirs, &ours, false), release == other);
    }
}
