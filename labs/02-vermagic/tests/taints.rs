//! The letters and numbers in which a kernel shows its taints.

use vermagic::{Taint, Taints};

fn taints<const N: usize>(taints: [Taint; N]) -> Taints {
    taints.into_iter().collect()
}

#[test]
fn a_clean_kernel_is_not_tainted() {
    assert_eq!(Taints::NONE.to_string(), "Not tainted");
    assert_eq!(Taints::NONE.bits(), 0);
    assert_eq!(Taints::NONE.module_letters(), "");
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
fn proc_modules_shows_only_what_modules_can_carry() {
    assert_eq!(taints([Taint::Warn, Taint::Die, Taint::OotModule, Taint::ForcedRmmod]).module_letters(), "O");
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
