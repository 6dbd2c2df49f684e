//! A whole table of relocations: which value goes to which place, and in which words one is refused.

use abi::{Errno, LoadError, Stricter};
use elf::Rela;
use proptest::prelude::*;
use relocate::x86_64::apply_relocate_add;

use crate::common::Hex;

const NONE: u32 = 0;
const ABS64: u32 = 1;
const PC32: u32 = 2;
const ABS32: u32 = 10;
const ABS32S: u32 = 11;
const PC64: u32 = 24;

/// Where the section lies.
const HOME: u64 = 0x1000_0000;

/// Applies `entries` to a section at `HOME` of a module that is called hello. Symbol 0 is 0, as it is in every
/// file; `symbol` is the value of symbol 1.
fn apply(section: &mut [u8], entries: &[Rela], symbol: u64) -> Result<(), LoadError> {
    apply_relocate_add(section, HOME, entries.iter().copied(), &[0, symbol], "hello".into())
}

/// What one relocation at offset 8 of sixteen zeroes makes of the eight bytes there, as a number.
fn one(kind: u32, symbol: u64, addend: i64) -> Result<Hex, LoadError> {
    let mut section = [0; 16];
    apply(&mut section, &[Rela { offset: 8, kind, symbol: 1, addend }], symbol)?;
    Ok(Hex(section.last_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))))
}

fn refused<T>(message: &str) -> Result<T, LoadError> {
    Err(LoadError::new(Errno::ENOEXEC, message))
}

// S, A and P.

#[test]
fn the_value_is_symbol_plus_addend() {
    assert_eq!(
        one(ABS64, 0xffff_ffff_c000_0000, 0x10),
        Ok(Hex(0xffff_ffff_c000_0010)),
        "S + A: 0x10 behind the symbol"
    );
    assert_eq!(one(ABS64, 0x1000, -8), Ok(Hex(0xff8)), "S + A, and A has a sign");
}

#[test]
fn the_place_is_the_sections_address_plus_the_offset() {
    assert_eq!(
        one(PC32, HOME + 0x100, -4),
        Ok(Hex(0x100 - 4 - 8)),
        "S + A - P. A is -4 because the processor counts from the next instruction, 4 bytes behind P"
    );
}

#[test]
fn sums_wrap_around() {
    assert_eq!(one(ABS64, u64::MAX, 1), Ok(Hex(0)), "the kernel's u64 wrap around");
    assert_eq!(one(ABS64, 0, i64::MIN), Ok(Hex(1 << 63)), "the kernel's u64 wrap around");
    let entry = Rela { offset: 8, kind: PC64, symbol: 0, addend: 0 };
    let mut section = [0; 16];
    let applied = apply_relocate_add(&mut section, u64::MAX, std::iter::once(entry), &[0], "hello".into());
    assert_eq!(applied, Ok(()), "a section at the very end of the address space");
    assert_eq!(section[8..], (-7_i64).to_le_bytes(), "P is u64::MAX + 8, which is 7");
}

#[test]
fn every_entry_has_its_own_symbol_and_its_own_place() {
    let mut section = [0; 16];
    let entry = |offset, symbol| Rela { offset, kind: ABS32, symbol, addend: 0 };
    let entries = [entry(0, 2), entry(12, 1), entry(4, 3)];
    let applied = apply_relocate_add(&mut section, HOME, entries.into_iter(), &[0, 1, 2, 3], "hello".into());
    assert_eq!(applied, Ok(()), "four symbols, three places");
    assert_eq!(section, [2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], "symbols count from 0");
}

#[test]
fn symbol_0_is_a_symbol_like_any_other() {
    let mut section = [0; 8];
    assert_eq!(
        apply(&mut section, &[Rela { offset: 0, kind: ABS64, symbol: 0, addend: 0x55 }], 1),
        Ok(()),
        "it exists"
    );
    assert_eq!(section, [0x55, 0, 0, 0, 0, 0, 0, 0], "its value is 0, and only the addend remains");
}

#[test]
fn no_entries_change_nothing() {
    let mut section = [7; 8];
    assert_eq!(apply(&mut section, &[], 1), Ok(()), "there is nothing to refuse");
    assert_eq!(section, [7; 8], "there is nothing to write");
}

// The kernel's words.

#[test]
fn a_place_that_is_not_zero_is_named_with_its_address_and_the_value() {
    let entry = Rela { offset: 4, kind: PC32, symbol: 1, addend: 2 };
    assert_eq!(
        apply(&mut [1; 16], &[entry], 0x1000_0010),
        refused(
            "module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type 2, \
             loc 0000000010000004, val 10000012"
        ),
        "loc is P; val is S + A, also where P would have been subtracted"
    );
}

#[test]
fn the_same_place_cannot_be_relocated_twice() {
    let entry = Rela { offset: 0, kind: ABS64, symbol: 1, addend: 0 };
    assert_eq!(
        apply(&mut [0; 8], &[entry, entry], 7),
        refused(
            "module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type 1, \
             loc 0000000010000000, val 7"
        ),
        "S + A adds nothing to what is there, so whatever is there is a mistake"
    );
}

#[test]
fn an_overflow_is_two_lines() {
    for (kind, symbol, addend, value) in
        [(ABS32, 0, -1, "ffffffffffffffff"), (ABS32S, 0x7fff_ffff, 1, "80000000")]
    {
        assert_eq!(
            one(kind, symbol, addend),
            refused(&format!(
                "module: overflow in relocation type {kind} val {value}\n\
                 module: `hello' likely not compiled with -mcmodel=kernel"
            )),
            "type {kind}: both kinds say the same, with S + A as val; a compiler for the kernel uses 32S, within reach"
        );
    }
}

#[test]
fn an_unknown_kind_is_named_by_its_number() {
    for kind in [9, u32::MAX] {
        assert_eq!(
            one(kind, 0, 0),
            refused(&format!("module: hello: Unknown rela relocation: {kind}")),
            "the number is all that is known of it"
        );
    }
}

#[test]
fn a_place_outside_the_section_is_refused_where_the_kernel_would_write_there() {
    let entry = Rela { offset: 9, kind: ABS64, symbol: 1, addend: 0 };
    let what = "hello: relocation type 1 at offset 0x9 lies outside its section";
    let expected = LoadError::stricter(Stricter::RelocationPlace, what);
    assert_eq!(apply(&mut [0; 16], &[entry], 1), Err(expected), "eight bytes from 9 on end at 17");
}

#[test]
fn a_symbol_that_does_not_exist_is_refused_where_the_kernel_would_read_on() {
    for (kind, offset) in [(NONE, 0), (ABS64, 0), (ABS64, 100), (9, 0)] {
        let entry = Rela { offset, kind, symbol: 2, addend: 0 };
        let what = format!("hello: relocation type {kind} uses symbol 2, which does not exist");
        assert_eq!(
            apply(&mut [1; 16], &[entry], 1),
            Err(LoadError::stricter(Stricter::RelocationSymbol, what)),
            "there are two symbols, 0 and 1; this is asked before the kind and the place are looked at"
        );
    }
}

#[test]
fn nothing_behind_the_first_refusal_is_applied() {
    let mut section = [0; 16];
    let entry = |offset, kind| Rela { offset, kind, symbol: 1, addend: 0 };
    let came = apply(&mut section, &[entry(0, ABS32), entry(4, 99), entry(8, ABS32)], 7);
    assert_eq!(came, refused("module: hello: Unknown rela relocation: 99"), "the second of three");
    assert_eq!(
        section,
        [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "the first stays, the third never comes"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_entries_make_the_linker_panic(
        entries in prop::collection::vec((0u64..40, 0u32..30, 0u32..6, any::<i64>()), 1..8),
        mut section in prop::collection::vec(0u8..2, 0..32),
        address: u64,
        symbols: [u64; 4],
    ) {
        let entries = entries.into_iter().map(|(offset, kind, symbol, addend)| Rela { offset, kind, symbol, addend });
        if let Err(refusal) = apply_relocate_add(&mut section, address, entries, &symbols, "hello".into()) {
            prop_assert_eq!(refusal.errno, Errno::ENOEXEC, "{}", refusal.message);
        }
    }

    #[test]
    fn a_call_arrives_at_its_symbol(offset in 1u64..8, distance: i32) {
        let next = HOME + offset + 4;
        let symbol = next.wrapping_add_signed(distance.into());
        let mut section = [0; 16];
        let applied = apply(&mut section, &[Rela { offset, kind: PC32, symbol: 1, addend: -4 }], symbol);
        prop_assert_eq!(applied, Ok(()), "a PC32 is never an overflow");
        let operand = section[offset as usize..].first_chunk().map(|bytes| i32::from_le_bytes(*bytes));
        prop_assert_eq!(operand, Some(distance), "from the next instruction, {:#x}, to {:#x}", next, symbol);
    }
}
