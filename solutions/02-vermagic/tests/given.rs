//! What the learner is given: the set of taints, what an oops prints of it, and the licences that are free.

use vermagic::{Build, Taint, Taints, license_is_gpl_compatible};

fn taints<const N: usize>(taints: [Taint; N]) -> Taints {
    taints.into_iter().collect()
}

#[test]
fn a_clean_kernel_is_not_tainted() {
    assert_eq!(Taints::NONE.to_string(), "Not tainted");
    assert_eq!(Taints::NONE.bits(), 0);
}

#[test]
fn an_oops_prints_a_column_for_each_taint_and_g_for_free_modules_only() {
    assert_eq!(taints([Taint::OotModule, Taint::UnsignedModule]).to_string(), "Tainted: G           OE     ");
    assert_eq!(taints([Taint::ProprietaryModule, Taint::Die]).to_string(), "Tainted: P      D           ");
}

#[test]
fn the_numbers_are_those_of_proc_sys_kernel_tainted() {
    assert_eq!(taints([Taint::OotModule, Taint::UnsignedModule]).bits(), 12288);
    assert_eq!(taints([Taint::ProprietaryModule]).bits(), 1);
    assert_eq!(taints([Taint::Test]).bits(), 262_144);
}

#[test]
fn each_taint_has_a_letter_of_its_own_and_stands_in_the_order_of_the_bits() {
    let letters: String = Taint::ALL.iter().map(|taint| taint.letter()).collect();
    assert_eq!(letters, "PFSRMBUDAWCIOELKXTN", "taint_flags in kernel/panic.c");
    for (bit, &taint) in Taint::ALL.iter().enumerate() {
        assert_eq!(taint as usize, bit);
    }
}

#[test]
fn a_set_holds_what_was_put_in_and_nothing_else() {
    let mut set = Taints::NONE;
    set.add(Taint::Crap);
    set.add(Taint::Crap);
    assert_eq!(set.iter().collect::<Vec<_>>(), [Taint::Crap]);
    assert!(set.has(Taint::Crap) && !set.has(Taint::Test));
    assert_eq!(set.union(taints([Taint::Test])), taints([Taint::Test, Taint::Crap]));
}

#[test]
fn lock_debugging_ends_with_the_first_taint_that_makes_it_unreliable_and_never_again() {
    assert!(!Taints::NONE.lock_debugging_ends_with(Taint::OotModule));
    for first in [Taint::ProprietaryModule, Taint::ForcedModule, Taint::ForcedRmmod] {
        assert!(Taints::NONE.lock_debugging_ends_with(first), "{first:?}");
        let after = Taints::from_iter([first]);
        assert!(!after.lock_debugging_ends_with(Taint::ForcedRmmod), "{first:?} came before");
    }
}

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
fn the_string_that_every_module_of_the_course_carries_is_that_of_debians_build() {
    assert_eq!(Build::DEBIAN_6_1.vermagic_string(), abi::VERMAGIC);
    assert_eq!(Build::DEBIAN_6_1.vermagic_2003(), "SMP,preempt,gcc-12.2", "what 2003 would have made of it");
}
