//! Versions before 2.6: the checksum in the name.

use modversions::mangled::{Mangled, demangle};
use proptest::prelude::*;

#[test]
fn a_name_is_a_symbol_an_r_and_a_checksum() {
    assert_eq!(
        demangle("printk_R1b7d4074"),
        Some(Mangled { name: "printk", smp: false, crc: 0x1b7d_4074 }),
        "a kernel with another printk exports another name, and insmod finds nothing"
    );
}

#[test]
fn a_kernel_for_several_cpus_says_smp_before_the_checksum() {
    assert_eq!(
        demangle("printk_Rsmp_1b7d4074"),
        Some(Mangled { name: "printk", smp: true, crc: 0x1b7d_4074 }),
        "the declaration of printk is the same with one CPU and with many: only the prefix tells them apart"
    );
    let name = demangle("printk_Rsmp_1b7d4074").map(|mangled| mangled.mangle());
    assert_eq!(name.as_deref(), Some("printk_Rsmp_1b7d4074"));
}

#[test]
fn a_checksum_has_eight_digits_and_small_letters() {
    for name in
        ["f_R1b7d407", "f_R1b7d40745", "f_R1B7D4074", "f_R+b7d4074", "f_R", "f_Rsmp_", "f_Rsmp_1b7d407"]
    {
        assert_eq!(demangle(name), None, "{name:?}: genksyms prints %08lx, so this is somebody's own name");
    }
}

#[test]
fn a_name_without_a_version_is_none() {
    for name in ["printk", "", "_", "1b7d4074", "printk_r1b7d4074", "printk_R1b7d4074x"] {
        assert_eq!(demangle(name), None, "{name:?}: exported by a kernel without versions");
    }
}

#[test]
fn of_several_versions_the_last_one_counts() {
    assert_eq!(
        demangle("get_R0000beef_R1b7d4074").map(|mangled| mangled.name),
        Some("get_R0000beef"),
        "the rest is the symbol's name in C, whatever it looks like"
    );
    assert_eq!(
        demangle("get_R0000beef_Rsmp_1b7d4074").map(|mangled| (mangled.name, mangled.smp)),
        Some(("get_R0000beef", true))
    );
}

#[test]
fn a_symbol_has_a_name() {
    assert_eq!(demangle("_R1b7d4074"), None, "nothing is called nothing");
    assert_eq!(demangle("_Rsmp_1b7d4074"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_mangled_is_taken_apart_again(name in "[a-zR_]{1,12}", smp: bool, crc: u32) {
        let mangled = Mangled { name: &name, smp, crc };
        let linked = mangled.mangle();
        prop_assert_eq!(demangle(&linked), Some(mangled));
    }

    #[test]
    fn no_name_makes_it_panic(name in "[a-f0-9Rsmp_é]{0,20}") {
        let _ = demangle(&name);
    }
}
