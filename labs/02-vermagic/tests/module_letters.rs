//! The letters between parentheses at the end of a line of /proc/modules.

use proptest::prelude::*;
use vermagic::{Taint, Taints};

use crate::judging::taints;

#[test]
fn a_clean_module_has_no_letters() {
    assert_eq!(Taints::NONE.module_letters(), "", "/proc/modules ends with the address then");
}

#[test]
fn a_module_from_outside_the_tree_without_a_signature_is_o_and_e() {
    let module = taints([Taint::OotModule, Taint::UnsignedModule]);
    assert_eq!(module.module_letters(), "OE", "what a module of your own shows on Debian's kernel");
}

#[test]
fn the_letters_stand_in_the_order_of_the_bits_not_of_the_events() {
    let module = taints([Taint::Test, Taint::ForcedModule, Taint::Crap, Taint::ProprietaryModule]);
    assert_eq!(module.module_letters(), "PFCN", "module_flags_taint walks the table from bit 0");
}

#[test]
fn what_only_a_kernel_can_be_is_left_out() {
    let kernel = taints([Taint::Warn, Taint::Die, Taint::OotModule, Taint::ForcedRmmod]);
    assert_eq!(
        kernel.module_letters(),
        "O",
        "taint_flags says of each whether a module has it: W, D, R do not"
    );
}

#[test]
fn no_g_stands_for_a_free_module() {
    let module = taints([Taint::OotModule]);
    assert_eq!(module.module_letters(), "O", "the G of an oops is print_tainted's; /proc/modules has none");
}

#[test]
fn with_every_taint_there_is_nine_letters_come() {
    let all: Taints = Taint::ALL.iter().copied().collect();
    assert_eq!(all.module_letters(), "PFCOEKXTN", "the nine of taint_flags that are true for modules");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_sets_together_have_the_letters_of_both(
        a in proptest::sample::subsequence(Taint::ALL.to_vec(), 0..19),
        b in proptest::sample::subsequence(Taint::ALL.to_vec(), 0..19),
    ) {
        let (a, b): (Taints, Taints) = (a.into_iter().collect(), b.into_iter().collect());
        let both = a.union(b).module_letters();
        let mut letters: Vec<char> = (a.module_letters() + &b.module_letters()).chars().collect();
        letters.sort_unstable();
        letters.dedup();
        let mut came: Vec<char> = both.chars().collect();
        came.sort_unstable();
        prop_assert_eq!(came, letters);
    }
}
