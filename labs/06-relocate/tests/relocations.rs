//! Each relocation of x86-64: what is written, and what is refused in which words.

use abi::{Errno, LoadError};
use elf::Rela;
use proptest::prelude::*;
use relocate::x86_64::{apply_relocate_add, rel_unsupported};

const NONE: u32 = 0;
const ABS64: u32 = 1;
const PC32: u32 = 2;
const PLT32: u32 = 4;
const ABS32: u32 = 10;
const ABS32S: u32 = 11;
const PC64: u32 = 24;

/// Where the section lies.
const HOME: u64 = 0x1000_0000;

/// Applies one relocation at offset 4 of sixteen zeroes, against a symbol of this value.
fn apply(kind: u32, symbol: u64, addend: i64) -> Result<[u8; 16], LoadError> {
    apply_to([0; 16], Rela { offset: 4, kind, symbol: 1, addend }, symbol)
}

fn apply_to(mut section: [u8; 16], rela: Rela, symbol: u64) -> Result<[u8; 16], LoadError> {
    let entries = std::iter::once(rela);
    apply_relocate_add(&mut section, HOME, entries, &[0, symbol], "hello".into()).map(|()| section)
}

/// The eight bytes at offset 4, and whether everything else is still zero.
fn word(section: [u8; 16]) -> u64 {
    let rest_is_zero = section[..4].iter().chain(&section[12..]).all(|&byte| byte == 0);
    assert!(rest_is_zero, "a relocation wrote outside its place: {section:x?}");
    u64::from_le_bytes(section[4..12].try_into().unwrap())
}

fn message(result: Result<[u8; 16], LoadError>) -> String {
    let refusal = result.expect_err("this relocation must be refused");
    assert_eq!(refusal.errno, Errno::ENOEXEC);
    refusal.message
}

// What is written.

#[test]
fn none_does_nothing() {
    assert_eq!(apply(NONE, 0x1234, 5), Ok([0; 16]));
}

#[test]
fn a_64_is_symbol_plus_addend() {
    assert_eq!(word(apply(ABS64, 0xffff_ffff_c000_0000, 0x10).unwrap()), 0xffff_ffff_c000_0010);
    assert_eq!(word(apply(ABS64, 0x1000, -8).unwrap()), 0xff8);
}

#[test]
fn a_pc32_is_the_distance_from_its_own_place() {
    let call = apply(PC32, 0x1000_0100, -4).unwrap();
    assert_eq!(
        word(call),
        0x100 - 4 - 4,
        "S + A - P: the processor adds it to the next instruction's address"
    );
    let back = apply(PC32, 0x0fff_ff00, -4).unwrap();
    assert_eq!(word(back), u64::from((-0x100_i32 - 4 - 4) as u32));
}

#[test]
fn a_plt32_is_a_pc32_because_a_module_has_no_table_of_procedures() {
    for symbol in [0x1000_0100, 0x0fff_0000, 0x2000_0000] {
        assert_eq!(apply(PLT32, symbol, -4), apply(PC32, symbol, -4));
    }
}

#[test]
fn a_pc64_has_the_whole_distance() {
    assert_eq!(word(apply(PC64, 0xffff_ffff_8000_0000, 0).unwrap()), 0xffff_ffff_8000_0000 - (HOME + 4));
}

#[test]
fn a_32_takes_any_unsigned_number_of_32_bits() {
    for value in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
        assert_eq!(word(apply(ABS32, value, 0).unwrap()), value);
    }
}

#[test]
fn a_32s_takes_any_signed_number_of_32_bits() {
    for value in [0, 1, 0x7fff_ffff, 0xffff_ffff_8000_0000, u64::MAX] {
        assert_eq!(word(apply(ABS32S, value, 0).unwrap()), value & 0xffff_ffff);
    }
}

#[test]
fn the_addend_may_lead_past_either_end_of_the_numbers() {
    assert_eq!(word(apply(ABS64, u64::MAX, 1).unwrap()), 0);
    assert_eq!(word(apply(ABS64, 0, i64::MIN).unwrap()), 1 << 63);
}

#[test]
fn entries_are_applied_in_order_each_to_its_own_place() {
    let mut section = [0; 16];
    let entry = |offset, symbol| Rela { offset, kind: ABS32, symbol, addend: 0 };
    let entries = [entry(0, 2), entry(12, 1), entry(4, 3)];
    apply_relocate_add(&mut section, HOME, entries.into_iter(), &[0, 1, 2, 3], "hello".into()).unwrap();
    assert_eq!(section, [2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
}

// Overflow.

#[test]
fn a_32_that_does_not_fit_is_an_overflow() {
    let expected = "module: overflow in relocation type 10 val 100000000\n\
                    module: `hello' likely not compiled with -mcmodel=kernel";
    assert_eq!(message(apply(ABS32, 0x1_0000_0000, 0)), expected);
    assert_eq!(
        message(apply(ABS32, 0, -1)),
        expected.replace("100000000", "ffffffffffffffff"),
        "the value must come back when it is extended with zeroes"
    );
}

#[test]
fn a_32s_that_does_not_fit_is_an_overflow() {
    let expected = "module: overflow in relocation type 11 val 80000000\n\
                    module: `hello' likely not compiled with -mcmodel=kernel";
    assert_eq!(
        message(apply(ABS32S, 0x8000_0000, 0)),
        expected,
        "the processor would extend it with its sign, and land at 0xffffffff80000000"
    );
}

#[test]
fn a_32s_just_below_the_kernels_two_gigabytes_is_an_overflow() {
    assert!(message(apply(ABS32S, 0xffff_ffff_8000_0000, -1)).contains("val ffffffff7fffffff"));
}

#[test]
fn a_pc32_is_not_checked_for_overflow() {
    let far = apply(PC32, 0x7fff_0000_0000_1234, 0).expect("Linux 6.1 has that check under #if 0");
    assert_eq!(word(far), 0x1234_u64.wrapping_sub(HOME + 4) & 0xffff_ffff);
}

// The place must be zero.

#[test]
fn a_place_that_is_not_zero_is_refused() {
    let mut section = [0; 16];
    section[4] = 1;
    let rela = Rela { offset: 4, kind: PC32, symbol: 1, addend: 0 };
    assert_eq!(
        message(apply_to(section, rela, 0x1000_0010)),
        "module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type 2, \
         loc 0000000010000004, val 10000010"
    );
}

#[test]
fn a_64_looks_at_eight_bytes_and_a_32_at_four() {
    let mut section = [0; 16];
    section[8] = 1;
    let rela = |kind| Rela { offset: 4, kind, symbol: 1, addend: 0 };
    assert!(apply_to(section, rela(ABS64), 1).is_err());
    assert!(apply_to(section, rela(PC64), 1).is_err());
    assert!(apply_to(section, rela(ABS32), 1).is_ok());
    assert!(apply_to(section, rela(ABS32S), 1).is_ok());
}

#[test]
fn the_same_place_cannot_be_relocated_twice() {
    let mut section = [0; 16];
    let rela = Rela { offset: 0, kind: ABS64, symbol: 1, addend: 0 };
    let twice = [rela, rela];
    assert!(
        apply_relocate_add(&mut section, HOME, twice.into_iter(), &[0, 7], "hello".into()).is_err(),
        "S + A adds nothing to what is there, so whatever is there is a mistake"
    );
}

#[test]
fn none_does_not_look_at_its_place() {
    let rela = Rela { offset: 4, kind: NONE, symbol: 1, addend: 0 };
    assert_eq!(apply_to([0xff; 16], rela, 1), Ok([0xff; 16]));
}

#[test]
fn the_value_of_a_pc32_is_reported_before_its_place_is_subtracted() {
    let rela = Rela { offset: 0, kind: PC64, symbol: 1, addend: 2 };
    let text = message(apply_to([1; 16], rela, 0xabcd));
    assert!(text.ends_with("for type 24, loc 0000000010000000, val abcf"), "{text}");
}

// What 6.1 does not know, and what it does not check.

#[test]
fn an_unknown_kind_is_named_by_its_number() {
    for kind in [3, 5, 9, 14, 41, 42, 255, u32::MAX] {
        assert_eq!(message(apply(kind, 0, 0)), format!("module: hello: Unknown rela relocation: {kind}"));
    }
}

#[test]
fn a_place_outside_the_section_is_refused_where_the_kernel_would_write_there() {
    for offset in [9, 12, 16, u64::MAX] {
        let rela = Rela { offset, kind: ABS64, symbol: 1, addend: 0 };
        assert!(message(apply_to([0; 16], rela, 1)).contains("lies outside its section"), "{offset}");
    }
    let last = Rela { offset: 8, kind: ABS64, symbol: 1, addend: 0 };
    assert!(apply_to([0; 16], last, 1).is_ok());
}

#[test]
fn a_symbol_that_does_not_exist_is_refused_where_the_kernel_would_read_on() {
    let rela = Rela { offset: 0, kind: NONE, symbol: 2, addend: 0 };
    assert!(message(apply_to([0; 16], rela, 1)).contains("symbol 2, which does not exist"));
}

#[test]
fn nothing_after_the_first_refusal_is_applied() {
    let mut section = [0; 16];
    let entry = |offset, kind| Rela { offset, kind, symbol: 1, addend: 0 };
    let entries = [entry(0, ABS32), entry(4, 99), entry(8, ABS32)];
    let refused = apply_relocate_add(&mut section, HOME, entries.into_iter(), &[0, 7], "hello".into());
    assert!(refused.is_err());
    assert_eq!(section, [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn relocations_without_addends_are_not_for_this_machine() {
    assert_eq!(
        rel_unsupported("hello".into()),
        LoadError::new(Errno::ENOEXEC, "module hello: REL relocation unsupported")
    );
}

proptest! {
    #[test]
    fn whatever_is_accepted_reads_back_as_the_processor_would_read_it(symbol: u64, addend: i64, kind in prop::sample::select(vec![ABS64, ABS32, ABS32S, PC64])) {
        if let Ok(section) = apply(kind, symbol, addend) {
            let sum = symbol.wrapping_add_signed(addend);
            let raw = word(section);
            let read = match kind {
                ABS32S => i64::from(raw as i32) as u64,
                PC64 => raw.wrapping_add(HOME + 4),
                _ => raw,
            };
            prop_assert_eq!(read, sum);
        }
    }

    #[test]
    fn no_entries_make_the_linker_panic(entries: Vec<(u64, u32, u32, i64)>, mut section: Vec<u8>, address: u64, symbols: Vec<u64>) {
        let entries = entries.into_iter().map(|(offset, kind, symbol, addend)| Rela { offset, kind: kind % 30, symbol: symbol % 4, addend });
        let _ = apply_relocate_add(&mut section, address, entries, &symbols, "hello".into());
    }
}
