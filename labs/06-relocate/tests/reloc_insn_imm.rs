//! Some bits of an address in an instruction of AArch64, alone and with the table's kinds. What is written was
//! compared with what GNU ld writes.

use abi::{Errno, LoadError};
use elf::Rela;
use proptest::prelude::*;
use relocate::Refusal;
use relocate::aarch64::{Field, apply_relocate_add, reloc_insn_imm};

const BL: u32 = 0x9400_0000;
const ADR: u32 = 0x1000_0003;
const ADRP: u32 = 0x9000_0004;
const LDR64: u32 = 0xf940_0062;

/// Shown as `objdump` shows an instruction.
type Shown = String;

/// What becomes of `insn`, and whether the value fits.
fn imm(insn: u32, value: i64, lsb: u32, len: u32, field: Field) -> (Shown, Result<(), Refusal>) {
    let mut place = insn.to_le_bytes();
    let fits = reloc_insn_imm(&mut place, value, lsb, len, field);
    (format!("{:08x}", u32::from_le_bytes(place)), fits)
}

/// What becomes of `insn` at 0xffff800008000008, with one entry of the table.
fn relocated(insn: u32, kind: u32, symbol: u64, addend: i64) -> Result<Shown, LoadError> {
    let mut section = [0; 12];
    section[8..].copy_from_slice(&insn.to_le_bytes());
    let entries = std::iter::once(Rela { offset: 8, kind, symbol: 1, addend });
    apply_relocate_add(&mut section, 0xffff_8000_0800_0000, entries, &[0, symbol], "hello".into())?;
    Ok(format!("{:08x}", section.last_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))))
}

#[test]
fn a_call_counts_in_instructions() {
    assert_eq!(imm(BL, 0x100, 2, 26, Field::Imm26), ("94000040".into(), Ok(())), "bl .+0x100");
    assert_eq!(imm(BL, -8, 2, 26, Field::Imm26), ("97fffffe".into(), Ok(())), "bl .-8: the sign goes along");
}

#[test]
fn bits_below_the_first_are_dropped_without_a_look() {
    assert_eq!(imm(BL, 0x103, 2, 26, Field::Imm26), ("94000040".into(), Ok(())), "lsb is 2: bits 0 and 1 go");
    assert_eq!(
        imm(ADRP, 0x1fff, 12, 21, Field::Adr),
        ("b0000004".into(), Ok(())),
        "lsb is 12: the page only"
    );
    assert_eq!(imm(ADRP, -1, 12, 21, Field::Adr), ("f0ffffe4".into(), Ok(())), "the page before, not page 0");
}

#[test]
fn the_field_takes_so_many_bits_and_no_more() {
    assert_eq!(
        imm(LDR64, 0x1238, 3, 9, Field::Imm12).0,
        "f9411c62",
        "of 0x1238 bits 3 to 11, which are 0x47: bit 12 belongs to the page, which an adrp brings"
    );
}

#[test]
fn the_farthest_that_fits() {
    let forward = (1 << 27) - 4;
    assert_eq!(imm(BL, forward, 2, 26, Field::Imm26), ("95ffffff".into(), Ok(())), "128 MiB less 4 forward");
    assert_eq!(imm(BL, -1 << 27, 2, 26, Field::Imm26), ("96000000".into(), Ok(())), "128 MiB back");
    assert_eq!(imm(ADR, 0xf_ffff, 0, 21, Field::Adr), ("707fffe3".into(), Ok(())), "1 MiB less 1 forward");
    assert_eq!(imm(ADR, -0x10_0000, 0, 21, Field::Adr), ("10800003".into(), Ok(())), "1 MiB back");
}

#[test]
fn one_farther_is_an_overflow() {
    for (value, lsb, len) in
        [(1 << 27, 2, 26), ((-1 << 27) - 4, 2, 26), (0x10_0000, 0, 21), (-0x10_0001, 0, 21)]
    {
        assert_eq!(
            imm(0, value, lsb, len, Field::Imm26).1,
            Err(Refusal::Overflow),
            "{value:#x}, of which {len} bits from bit {lsb} on: its sign would be another one"
        );
    }
}

#[test]
fn what_overflows_is_written_all_the_same() {
    assert_eq!(
        imm(BL, 1 << 27, 2, 26, Field::Imm26),
        ("96000000".into(), Err(Refusal::Overflow)),
        "the kernel writes, then looks; the _NC kinds depend on it"
    );
}

#[test]
fn very_large_values_overflow_too() {
    for value in [i64::MAX, i64::MIN, 1 << 62, 1 << 28] {
        assert_eq!(
            imm(0, value, 2, 26, Field::Imm26).1,
            Err(Refusal::Overflow),
            "{value:#x}: all upper bits count"
        );
    }
}

// With the kinds of the table.

#[test]
fn an_adrp_and_an_add_make_an_address_together() {
    let (page, low) = (
        relocated(ADRP, 275, 0xffff_8000_0801_2345, 0),
        relocated(0x9100_0084, 277, 0xffff_8000_0801_2345, 0),
    );
    assert_eq!(page.as_deref(), Ok("d0000084"), "adrp x4: 0x12 pages on from the page of P");
    assert_eq!(low.as_deref(), Ok("910d1484"), "add x4, x4, #0x345: the rest, which is never an overflow");
}

#[test]
fn a_load_counts_in_its_own_size() {
    let loads =
        [(0x3940_0020, 278), (0x7940_0020, 284), (0xb940_0020, 285), (0xf940_0020, 286), (0x3dc0_0020, 299)];
    let came = loads.map(|(insn, kind)| relocated(insn, kind, 0xffff_8000_0801_2340, 0).unwrap_or_default());
    assert_eq!(
        came,
        ["394d0020", "79468020", "b9434020", "f941a020", "3dc0d020"],
        "0x340 in ones, twos, fours, eights and sixteens; of the field's twelve bits only len are the value's"
    );
}

#[test]
fn a_call_that_is_too_far_is_refused_in_the_kernels_words() {
    let near = 0xffff_8000_0800_0008 + (1 << 27);
    assert_eq!(relocated(BL, 283, near, -4), Ok("95ffffff".to_string()), "P is 0xffff800008000008");
    assert_eq!(
        relocated(BL, 283, near, 0),
        Err(LoadError::new(
            Errno::ENOEXEC,
            "module hello: overflow in relocation type 283 val ffff800010000008"
        )),
        "val is S + A"
    );
}

#[test]
fn a_kind_that_does_not_check_takes_what_is_too_far() {
    let far = 0xffff_8001_0800_0000;
    assert_eq!(relocated(ADRP, 276, far, 0).as_deref(), Ok("90800004"), "ADR_PREL_PG_HI21_NC");
    assert_eq!(
        relocated(ADRP, 275, far, 0),
        Err(LoadError::new(
            Errno::ENOEXEC,
            "module hello: overflow in relocation type 275 val ffff800108000000"
        )),
        "ADR_PREL_PG_HI21: four gigabytes forward are one page too many"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_processor_comes_to_the_value_that_fits(value in -(1i64 << 29)..1 << 29) {
        let mut place = BL.to_le_bytes();
        let fits = reloc_insn_imm(&mut place, value, 2, 26, Field::Imm26);
        let came = i64::from(u32::from_le_bytes(place).cast_signed() << 6 >> 6) * 4;
        prop_assert_eq!(fits.is_ok(), came == value & !3, "{:#x} came back as {:#x}", value, came);
    }

    #[test]
    fn no_value_makes_it_panic(insn: u32, value: i64, lsb in 0u32..=12, len in 1u32..=26) {
        let (_, fits) = imm(insn, value, lsb, len, Field::Imm26);
        let value = value >> lsb;
        let expected = (-(1i64 << (len - 1))..1 << (len - 1)).contains(&value);
        prop_assert_eq!(fits.is_ok(), expected, "{} in {} bits with a sign", value, len);
    }
}
