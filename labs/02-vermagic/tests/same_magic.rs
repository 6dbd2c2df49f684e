//! The version magic of a module and of a kernel, compared.

use proptest::prelude::*;
use vermagic::same_magic;

const DEBIAN: &str = "6.1.0-56-amd64 SMP preempt mod_unload modversions ";

fn same(theirs: &str, ours: &str, has_crcs: bool) -> bool {
    same_magic(theirs.into(), ours.into(), has_crcs)
}

#[track_caller]
fn check(theirs: &str, ours: &str, has_crcs: bool, expected: bool, why: &str) {
    let came = same(theirs, ours, has_crcs);
    assert_eq!(came, expected, "same_magic of '{theirs}' and '{ours}', has_crcs {has_crcs}: {why}");
}

#[test]
fn a_kernel_accepts_the_modules_that_were_built_with_it() {
    check(DEBIAN, DEBIAN, false, true, "they are equal");
    check(DEBIAN, DEBIAN, true, true, "they are equal");
}

#[test]
fn another_release_will_do_where_every_symbol_has_a_version() {
    let older = "6.1.0-9-amd64 SMP preempt mod_unload modversions ";
    check(older, DEBIAN, true, true, "the CRCs say whether each symbol is still the same");
}

#[test]
fn without_versions_the_release_must_be_the_same() {
    let older = "6.1.0-9-amd64 SMP preempt mod_unload modversions ";
    check(older, DEBIAN, false, false, "nothing but the release says that the structures are the same");
}

#[test]
fn a_module_for_one_processor_does_not_fit_a_kernel_for_many() {
    let uniprocessor = "6.1.0-56-amd64 preempt mod_unload modversions ";
    check(uniprocessor, DEBIAN, true, false, "no CRC shows that spinlocks are empty without SMP");
    check(uniprocessor, DEBIAN, false, false, "no CRC shows that spinlocks are empty without SMP");
}

#[test]
fn the_final_space_counts() {
    check(DEBIAN.trim_end(), DEBIAN, true, false, "strcmp compares to the last byte");
    check(DEBIAN.trim_end(), DEBIAN, false, false, "strcmp compares to the last byte");
}

#[test]
fn in_2003_the_compiler_was_part_of_the_magic() {
    check("SMP,preempt,gcc-2.95", "SMP,preempt,gcc-2.95", false, true, "they are equal");
    check("SMP,preempt,gcc-3.2", "SMP,preempt,gcc-2.95", false, false, "the compilers differ");
}

#[test]
fn magics_of_one_word_are_equal_where_only_the_rest_counts() {
    check("6.1.0", "5.10.0", true, true, "without a space there is nothing left to compare");
    check("6.1.0", "5.10.0", false, false, "the whole strings are compared");
    check("6.1.0", "6.1.0 ", true, false, "one has a space left, the other nothing");
}

#[test]
fn only_the_first_word_is_the_release() {
    check("6.1.0 SMP a", "6.1.0 UP a", true, false, "from the first space on, not from the last");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_comparison_is_the_same_from_both_sides(a in "[ab ]{0,6}", b in "[ab ]{0,6}", has_crcs: bool) {
        prop_assert_eq!(same(&b, &a, has_crcs), same(&a, &b, has_crcs), "a and b, or b and a: it is one question");
        prop_assert_eq!(same(&a, &a, has_crcs), true, "every magic is the same as itself");
    }

    #[test]
    fn any_bytes_end_in_an_answer(a: Vec<u8>, b: Vec<u8>) {
        let answer = same_magic(a.as_slice().into(), b.as_slice().into(), false);
        prop_assert_eq!(answer, a == b, "strcmp compares bytes, whether or not they are UTF-8");
    }

    #[test]
    fn only_the_release_is_forgiven(release in "[0-9.a-z-]{0,12}", other in "[0-9.a-z-]{0,12}", rest in " [a-zA-Z ]{0,20}") {
        let (theirs, ours) = (format!("{release}{rest}"), format!("{other}{rest}"));
        prop_assert_eq!(same(&theirs, &ours, true), true, "with CRCs, '{}' and '{}' differ in the release only", theirs, ours);
        prop_assert_eq!(same(&theirs, &ours, false), release == other, "'{}' and '{}' without CRCs: all of them counts", theirs, ours);
    }
}
