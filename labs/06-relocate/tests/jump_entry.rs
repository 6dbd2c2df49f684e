//! The records of `__jump_table`: three places, each relative to itself, and two bits.

use proptest::prelude::*;
use relocate::x86_64::{JumpEntry, jump_entries};

use crate::common::Hex;

/// A record of `__jump_table` at the address `at`.
fn record(at: u64, entry: JumpEntry) -> Vec<u8> {
    let code = entry.code.wrapping_sub(at) as u32;
    let target = entry.target.wrapping_sub(at + 4) as u32;
    let key = entry.key.wrapping_sub(at + 8) | u64::from(entry.is_branch);
    [&code.to_le_bytes()[..], &target.to_le_bytes(), &key.to_le_bytes()].concat()
}

fn entry(code: u64, target: u64) -> JumpEntry {
    JumpEntry { code, target, key: 0x3000, is_branch: false }
}

/// An entry as it is shown.
#[derive(Debug, PartialEq)]
struct Entry {
    code: Hex,
    target: Hex,
    key: Hex,
    is_branch: bool,
}

fn shown(JumpEntry { code, target, key, is_branch }: JumpEntry) -> Entry {
    Entry { code: Hex(code), target: Hex(target), key: Hex(key), is_branch }
}

fn entries(table: &[u8], address: u64) -> Vec<Entry> {
    jump_entries(table, address).map(shown).collect()
}

#[test]
fn each_field_is_relative_to_its_own_place() {
    let table = [0x10, 0, 0, 0, 0x20, 0, 0, 0, 0x30, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        entries(&table, 0x5000),
        [shown(JumpEntry { code: 0x5010, target: 0x5024, key: 0x5038, is_branch: false })],
        "code lies at 0 of the record, target at 4, key at 8: `&entry->target + entry->target`"
    );
}

#[test]
fn the_table_may_lie_behind_the_text_or_before_it() {
    for at in [0x100, 0x8000_0000, 0xffff_ffff_c010_0000] {
        let expected = JumpEntry { code: at - 0x80, target: at + 0x80, key: at + 0x1000, is_branch: true };
        assert_eq!(
            entries(&record(at, expected), at),
            [shown(expected)],
            "a record at {at:#x}: distances have a sign, and count from the address of the field"
        );
    }
}

#[test]
fn the_key_may_lie_farther_away_than_32_bits_reach() {
    for key in [0x7fff_0000_0000_0000, 0x10] {
        let expected = JumpEntry { key, ..entry(0xffff_ffff_c000_0000, 0xffff_ffff_c000_0040) };
        assert_eq!(
            entries(&record(0xffff_ffff_c010_0000, expected), 0xffff_ffff_c010_0000),
            [shown(expected)],
            "the field is a long, because a key may lie in the kernel, which is anywhere"
        );
    }
}

#[test]
fn bit_0_of_the_key_says_that_the_branch_was_thought_likely() {
    let expected = JumpEntry { is_branch: true, ..entry(0x1000, 0x1040) };
    assert_eq!(
        entries(&record(0x5000, expected), 0x5000),
        [shown(expected)],
        "jump_entry_is_branch(); the bit is no part of the key's address"
    );
}

#[test]
fn bit_1_of_the_key_is_no_part_of_its_address_either() {
    let expected = entry(0x1000, 0x1040);
    let mut table = record(0x5000, expected);
    table[8] |= 2;
    assert_eq!(
        entries(&table, 0x5000),
        [shown(expected)],
        "jump_entry_is_init(): it marks code in the init part"
    );
}

#[test]
fn every_record_has_its_own_address() {
    let table = [record(0x5000, entry(1, 2)), record(0x5010, entry(3, 4))].concat();
    assert_eq!(
        entries(&table, 0x5000),
        [entry(1, 2), entry(3, 4)].map(shown),
        "the second record lies at 0x5010"
    );
    let odd = record(0x5003, JumpEntry { key: 0x5003, ..entry(1, 2) });
    assert_eq!(
        entries(&odd, 0x5003),
        [shown(JumpEntry { key: 0x5003, ..entry(1, 2) })],
        "the two bits are taken out of the distance, not out of the address"
    );
}

#[test]
fn addresses_wrap_around() {
    for at in [u64::MAX, u64::MAX - 4, u64::MAX - 8] {
        let expected = JumpEntry {
            code: at.wrapping_add(1),
            target: at.wrapping_add(4 + 1),
            key: at.wrapping_add(8 + 4),
            is_branch: false,
        };
        let table = [1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(
            entries(&table, at),
            [shown(expected)],
            "a table at {at:#x}: the kernel's unsigned long wraps around"
        );
    }
}

#[test]
fn a_record_that_is_cut_off_is_not_read() {
    let table = [record(0x5000, entry(1, 2)), record(0x5010, entry(3, 4))].concat();
    assert_eq!(entries(&table[..31], 0x5000), [shown(entry(1, 2))], "31 bytes are one record and a piece");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_table_makes_the_reader_panic(table in prop::collection::vec(any::<u8>(), 16..80), address: u64) {
        prop_assert_eq!(jump_entries(&table, address).count(), table.len() / 16, "a record has sixteen bytes");
    }

    #[test]
    fn what_was_written_is_read(at in 0u64..1 << 40, code: i32, target: i32, key: i64, is_branch: bool) {
        let expected = JumpEntry {
            code: at.wrapping_add_signed(code.into()),
            target: (at + 4).wrapping_add_signed(target.into()),
            key: (at + 8).wrapping_add_signed(key & !3),
            is_branch,
        };
        prop_assert_eq!(entries(&record(at, expected), at), [shown(expected)], "a record at {:#x}", at);
    }
}
