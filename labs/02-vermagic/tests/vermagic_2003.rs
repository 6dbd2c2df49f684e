//! The string of January 2003: the options that were chosen, with commas between them.

use vermagic::{Build, Preemption};

/// A kernel of those days with every option off.
const PLAIN: Build = Build {
    release: "2.5.58",
    smp: false,
    preemption: Preemption::None,
    highmem: false,
    compiler: "gcc-2.95",
    mod_unload: false,
    modversions: false,
    processor: None,
    randstruct: None,
};

#[test]
fn many_cpus_preemption_and_the_compiler_of_those_days_make_lwns_example() {
    let build = Build { smp: true, preemption: Preemption::Preempt, ..PLAIN };
    assert_eq!(build.vermagic_2003(), "SMP,preempt,gcc-2.95", "the example of LWN, 15 January 2003");
}

#[test]
fn a_kernel_without_any_option_still_names_its_compiler() {
    assert_eq!(
        PLAIN.vermagic_2003(),
        "gcc-2.95",
        "no comma before the first word: two compilers may lay an empty struct out differently, whatever else is chosen"
    );
}

#[test]
fn what_was_not_chosen_leaves_no_comma_behind() {
    let uniprocessor = Build { preemption: Preemption::Preempt, ..PLAIN };
    assert_eq!(uniprocessor.vermagic_2003(), "preempt,gcc-2.95", "SMP is off, and so is its comma");
    let without_preemption = Build { smp: true, ..PLAIN };
    assert_eq!(without_preemption.vermagic_2003(), "SMP,gcc-2.95", "preempt is off, and so is its comma");
}

#[test]
fn the_memory_model_stands_between_preemption_and_the_compiler() {
    let build = Build { smp: true, preemption: Preemption::Preempt, highmem: true, ..PLAIN };
    assert_eq!(
        build.vermagic_2003(),
        "SMP,preempt,highmem,gcc-2.95",
        "with CONFIG_HIGHMEM a page need not have an address, which no checksum shows"
    );
}

#[test]
fn the_release_and_the_options_of_later_kernels_are_not_in_it() {
    let build = Build {
        release: "6.1.0",
        mod_unload: true,
        modversions: true,
        processor: Some("PENTIUMIII"),
        randstruct: Some("abc"),
        ..PLAIN
    };
    assert_eq!(build.vermagic_2003(), "gcc-2.95", "the patch knew SMP, preemption, memory and compiler");
}

#[test]
fn a_kernel_whose_spinlocks_sleep_is_preempted_too() {
    let build = Build { preemption: Preemption::PreemptRt, compiler: "gcc-3.2", ..PLAIN };
    assert_eq!(build.vermagic_2003(), "preempt,gcc-3.2", "there was one word for it in 2003");
}
