//! The string of 2.6 to 6.x: the release, and a word with a space behind it for each option.

use proptest::prelude::*;
use vermagic::{Build, Preemption};

/// A kernel with every option off.
const PLAIN: Build = Build {
    release: "6.1.0",
    smp: false,
    preemption: Preemption::None,
    highmem: false,
    compiler: "gcc-12.2",
    mod_unload: false,
    modversions: false,
    processor: None,
    randstruct: None,
};

#[test]
fn debians_kernel_writes_what_its_modules_carry() {
    assert_eq!(
        Build::DEBIAN_6_1.vermagic_string(),
        "6.1.0-56-amd64 SMP preempt mod_unload modversions ",
        "what `modinfo -F vermagic` says of any of its modules"
    );
}

#[test]
fn without_any_option_the_release_and_its_space_remain() {
    assert_eq!(PLAIN.vermagic_string(), "6.1.0 ", "UTS_RELEASE \" \" is always there");
}

#[test]
fn each_option_brings_its_word_and_the_space_behind_it() {
    for (build, expected) in [
        (Build { smp: true, ..PLAIN }, "6.1.0 SMP "),
        (Build { preemption: Preemption::Preempt, ..PLAIN }, "6.1.0 preempt "),
        (Build { mod_unload: true, ..PLAIN }, "6.1.0 mod_unload "),
        (Build { modversions: true, ..PLAIN }, "6.1.0 modversions "),
        (Build { processor: Some("686"), ..PLAIN }, "6.1.0 686 "),
    ] {
        assert_eq!(build.vermagic_string(), expected, "include/linux/vermagic.h, part by part");
    }
}

#[test]
fn a_kernel_whose_spinlocks_sleep_has_a_word_of_its_own() {
    let build = Build { smp: true, preemption: Preemption::PreemptRt, ..PLAIN };
    assert_eq!(
        build.vermagic_string(),
        "6.1.0 SMP preempt_rt ",
        "a spinlock is another structure under CONFIG_PREEMPT_RT, so preempt alone would not do"
    );
}

#[test]
fn the_parts_stand_in_the_order_of_the_macro_and_the_hash_has_no_space_behind_it() {
    let build = Build {
        smp: true,
        preemption: Preemption::Preempt,
        mod_unload: true,
        modversions: true,
        processor: Some("PENTIUMIII"),
        randstruct: Some("8f2c"),
        ..PLAIN
    };
    assert_eq!(
        build.vermagic_string(),
        "6.1.0 SMP preempt mod_unload modversions PENTIUMIII RANDSTRUCT_8f2c",
        "VERMAGIC_STRING ends with MODULE_ARCH_VERMAGIC MODULE_RANDSTRUCT"
    );
}

#[test]
fn the_compiler_and_the_memory_model_are_no_longer_in_it() {
    let build = Build { highmem: true, compiler: "clang-19", ..PLAIN };
    assert_eq!(build.vermagic_string(), "6.1.0 ", "2.6 still named the compiler at the end; 6.1 does not");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_two_builds_that_differ_in_an_option_of_today_write_the_same(
        (smp, mod_unload, modversions) in any::<(bool, bool, bool)>(),
        (other_smp, other_unload, other_versions) in any::<(bool, bool, bool)>(),
    ) {
        let a = Build { smp, mod_unload, modversions, ..PLAIN };
        let b = Build { smp: other_smp, mod_unload: other_unload, modversions: other_versions, ..PLAIN };
        prop_assert_eq!(a.vermagic_string() == b.vermagic_string(), a == b);
    }
}
