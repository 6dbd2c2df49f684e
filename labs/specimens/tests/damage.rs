//! The generator of damaged modules: the same everywhere, of every kind, and never without an effect.

use std::collections::BTreeSet;

use abi::offsets::{kernel_param, kernel_symbol};
use proptest::prelude::*;
use specimens::{
    Builder, SHF_ALLOC, SHT_PROGBITS, Section,
    damage::{damages, kinds, unsigned},
    hello, rela, signed,
};

/// `hello` with an export, a parameter and an imported namespace: it has something for every kind of damage.
fn equipped() -> Builder {
    const PC32: u32 = 2;
    let mut builder = hello();
    builder.named(".modinfo").data.extend_from_slice(b"import_ns=PANTRY\0intree=Y\0");
    let exit = rela(abi::offsets::module::EXIT as u64, specimens::R_X86_64_64, 4, 0);
    builder.named(".rela.gnu.linkonce.this_module").data.extend(exit);
    let mut section =
        |name: &str, data: &[u8]| builder.section(Section::new(name, SHT_PROGBITS, SHF_ALLOC, data)) as u16;
    let strings = section("__ksymtab_strings", b"hello_init\0PANTRY\0");
    let symbols = section("__ksymtab", &[0; kernel_symbol::SIZE]);
    let _ = section("__kcrctab", &0x1234_5678u32.to_le_bytes());
    let parameters = section("__param", &[0; kernel_param::SIZE]);
    builder.symbol("", specimens::SECTION, strings, 0, 0);
    let string_symbol = builder.symbols.len() as u32 - 1;
    let exports = [
        (kernel_symbol::VALUE, 2, 0),
        (kernel_symbol::NAME, string_symbol, 0),
        (kernel_symbol::NAMESPACE, string_symbol, 11),
    ];
    let exports = exports.map(|(at, symbol, addend)| rela(at as u64, PC32, symbol, addend));
    builder.relocations(".rela__ksymtab", symbols.into(), &exports);
    let pointers = [kernel_param::NAME, kernel_param::OWNER, kernel_param::OPS, kernel_param::ARG];
    let pointers = pointers.map(|at| rela(at as u64, specimens::R_X86_64_64, string_symbol, 0));
    builder.relocations(".rela__param", parameters.into(), &pointers);
    builder
}

#[test]
fn the_same_seed_and_the_same_file_give_the_same_bytes_on_every_computer() {
    let file = equipped().build();
    let of_seed = |seed| {
        let mut all = crc32fast::Hasher::new();
        for damaged in damages(&file, seed).take(1000) {
            all.update(damaged.kind.name.as_bytes());
            all.update(damaged.what.as_bytes());
            all.update(&damaged.bytes);
        }
        all.finalize()
    };
    let expected = [(1, 497278445), (2, 2612388524), (u64::MAX, 1179734449)];
    assert_eq!(expected.map(|(seed, _)| (seed, of_seed(seed))), expected);
}

#[test]
fn every_kind_occurs_and_none_more_often_than_the_others() {
    let file = equipped().build();
    let count = kinds().count();
    let mut seen: Vec<_> = damages(&file, 7).take(3 * count).map(|damaged| damaged.kind.name).collect();
    seen.sort_unstable();
    for kind in kinds() {
        let times = seen.iter().filter(|name| **name == kind.name).count();
        assert!((2..=4).contains(&times), "{kind}: {times} of {}", seen.len());
    }
}

#[test]
fn every_damage_changes_the_file_and_says_how() {
    let file = equipped().build();
    for damaged in damages(&file, 3).take(2000) {
        assert_ne!(damaged.bytes, file, "{}: {}", damaged.kind, damaged.what);
        assert!(damaged.what.contains(" became "), "{}: {}", damaged.kind, damaged.what);
        assert!(!damaged.what.contains('\n'), "{}: {}", damaged.kind, damaged.what);
    }
}

#[test]
fn a_kind_has_a_name_of_its_own_that_is_fit_for_a_file() {
    let names: BTreeSet<_> = kinds().map(|kind| kind.name).collect();
    assert_eq!(names.len(), kinds().count());
    for name in names {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
    }
}

#[test]
fn the_same_kind_strikes_in_more_than_one_way() {
    let file = equipped().build();
    let mut ways: Vec<BTreeSet<String>> = vec![BTreeSet::new(); kinds().count()];
    for damaged in damages(&file, 5).take(40 * kinds().count()) {
        let number = kinds().position(|kind| kind.name == damaged.kind.name).expect("it is one of the kinds");
        ways[number].insert(damaged.what);
    }
    for (kind, ways) in kinds().zip(ways) {
        assert!(ways.len() > 1, "{kind}: always {ways:?}");
    }
}

#[test]
fn a_signed_module_is_damaged_without_its_signature() {
    let file = equipped().build();
    let signed = signed(&file, b"a blob");
    assert_eq!(unsigned(&signed), file);
    assert_eq!(unsigned(&file), file);
    let pairs = damages(&signed, 11).zip(damages(&file, 11));
    for (one, other) in pairs.take(200) {
        assert_eq!((one.what, one.bytes), (other.what, other.bytes));
    }
}

#[test]
fn nothing_comes_of_nothing() {
    let kinds: BTreeSet<_> = damages(b"", 1).take(20).map(|damaged| damaged.kind.name).collect();
    assert_eq!(kinds, BTreeSet::from(["appended", "shifted", "signature"]));
}

/// Not only sound modules: whoever damages what is damaged already must get on.
#[test]
fn the_damaged_can_be_damaged_again() {
    let file = equipped().build();
    for once in damages(&file, 1).take(300) {
        for twice in damages(&once.bytes, 2).take(kinds().count()) {
            assert_ne!(
                twice.bytes, once.bytes,
                "{}: {}, then {}: {}",
                once.kind, once.what, twice.kind, twice.what
            );
        }
    }
}

/// The fuzzer found it: the symbols of a table of half a terabyte were looked for one after the other.
#[test]
fn a_table_that_is_longer_than_the_file_is_not_walked_to_its_end() {
    let builder = equipped();
    let file = builder.build();
    for number in 1..=builder.sections.len() + 3 {
        let size = (1u64 << 39).to_le_bytes();
        let long = specimens::with_section(&file, number, specimens::section::SIZE, &size);
        assert!(damages(&long, 1).take(kinds().count()).count() > 0);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), seed: u64) {
        prop_assert!(damages(&bytes, seed).take(kinds().count()).count() > 0);
    }

    #[test]
    fn no_module_with_wrong_numbers_makes_it_panic(
        seed: u64,
        places in proptest::collection::vec((0usize..4000, prop_oneof![any::<u64>(), Just(u64::MAX), Just(0)]), 1..6),
    ) {
        let mut file = equipped().build();
        for (place, number) in places {
            let place = place % (file.len() - 8);
            specimens::put(&mut file, place, &number.to_le_bytes());
        }
        prop_assert!(damages(&file, seed).take(2 * kinds().count()).count() > 0);
    }
}
