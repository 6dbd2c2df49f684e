//! Branches that are nops, and calls through a jump: the instructions that the loader writes itself.

use proptest::prelude::*;
use relocate::x86_64::{
    JumpEntry, JumpPatch, Trampoline, jump_entries, jump_label_patch, static_call_trampoline, x86_nop,
};

const SHORT_NOP: [u8; 2] = [0x66, 0x90];
const LONG_NOP: [u8; 5] = [0x0f, 0x1f, 0x44, 0x00, 0x00];

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

/// The bytes that turn the text `now`, at 0x1000, into a jump to `target`, or into a nop.
fn patch(target: u64, now: &[u8], jump: bool) -> Option<Vec<u8>> {
    jump_label_patch(&entry(0x1000, target), now, jump).map(|patch| patch.bytes().to_vec())
}

// jump_entries

#[test]
fn each_field_is_relative_to_its_own_place() {
    let expected = JumpEntry { code: 0x1000, target: 0x1040, key: 0x9000, is_branch: false };
    let table = record(0x5000, expected);
    assert_eq!(jump_entries(&table, 0x5000).collect::<Vec<_>>(), [expected]);
}

#[test]
fn the_table_may_lie_behind_the_text_or_before_it() {
    for at in [0x100, 0x8000_0000, 0xffff_ffff_c010_0000] {
        let expected = JumpEntry { code: at - 0x80, target: at + 0x80, key: at + 0x1000, is_branch: true };
        assert_eq!(jump_entries(&record(at, expected), at).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn bit_0_of_the_key_says_that_the_branch_was_thought_likely() {
    let expected = JumpEntry { is_branch: true, ..entry(0x1000, 0x1040) };
    assert_eq!(jump_entries(&record(0x5000, expected), 0x5000).next(), Some(expected));
}

#[test]
fn bit_1_of_the_key_is_no_part_of_its_address_either() {
    let expected = entry(0x1000, 0x1040);
    let mut table = record(0x5000, expected);
    table[8] |= 2;
    assert_eq!(jump_entries(&table, 0x5000).next(), Some(expected), "it marks code in the init part");
}

#[test]
fn a_record_that_is_cut_off_is_not_read() {
    let table = [record(0x5000, entry(1, 2)), record(0x5010, entry(3, 4))].concat();
    assert_eq!(jump_entries(&table[..31], 0x5000).count(), 1);
    assert_eq!(jump_entries(&table, 0x5000).nth(1), Some(entry(3, 4)));
}

#[test]
fn a_likely_branch_jumps_while_its_key_is_off_and_an_unlikely_one_while_it_is_on() {
    let (likely, unlikely) = (JumpEntry { is_branch: true, ..entry(1, 2) }, entry(1, 2));
    assert!(likely.jumps(false) && !likely.jumps(true));
    assert!(unlikely.jumps(true) && !unlikely.jumps(false));
}

// jump_label_patch

#[test]
fn a_short_nop_becomes_a_short_jump() {
    assert_eq!(patch(0x1012, &SHORT_NOP, true), Some(vec![0xeb, 0x10]));
    assert_eq!(patch(0xff2, &SHORT_NOP, true), Some(vec![0xeb, 0xf0]));
}

#[test]
fn a_long_nop_becomes_a_long_jump_however_near_the_target_is() {
    assert_eq!(patch(0x1015, &LONG_NOP, true), Some(vec![0xe9, 0x10, 0, 0, 0]));
    assert_eq!(patch(0x1000, &LONG_NOP, true), Some(vec![0xe9, 0xfb, 0xff, 0xff, 0xff]));
}

#[test]
fn a_jump_becomes_a_nop_of_its_length() {
    assert_eq!(patch(0x1012, &[0xeb, 0x10], false), Some(SHORT_NOP.to_vec()));
    assert_eq!(patch(0x1015, &[0xe9, 0x10, 0, 0, 0], false), Some(LONG_NOP.to_vec()));
}

#[test]
fn what_is_right_already_stays_as_it_is() {
    assert_eq!(patch(0x1012, &SHORT_NOP, false), Some(SHORT_NOP.to_vec()));
    assert_eq!(patch(0x1015, &[0xe9, 0x10, 0, 0, 0], true), Some(vec![0xe9, 0x10, 0, 0, 0]));
}

#[test]
fn text_that_is_neither_the_nop_nor_the_jump_is_left_alone() {
    for now in
        [&[0xe8, 0, 0, 0, 0][..], &[0x90; 5], &[0xeb, 0x11, 0, 0, 0], &[0xe9, 0x10, 0, 0, 1], &[], &[0xeb]]
    {
        assert_eq!(
            patch(0x1012, now, true),
            None,
            "{now:x?}: the kernel calls this a fatal bug; see arch/x86/kernel/jump_label.c"
        );
    }
}

#[test]
fn a_target_out_of_reach_is_refused() {
    assert_eq!(patch(0x2000, &SHORT_NOP, true), None, "127 bytes forward and 128 back");
    assert_eq!(patch(0x1_0000_0000_0000, &LONG_NOP, true), None, "two gigabytes either way");
    assert_eq!(patch(0x1002 + 127, &SHORT_NOP, true), Some(vec![0xeb, 0x7f]));
    assert_eq!(patch(0x1002 - 128, &SHORT_NOP, true), Some(vec![0xeb, 0x80]));
}

#[test]
fn nops_are_single_instructions_of_two_or_five_bytes() {
    assert_eq!(x86_nop(2), Some(&SHORT_NOP[..]));
    assert_eq!(x86_nop(5), Some(&LONG_NOP[..]), "one instruction, so that no CPU can stand in its middle");
    assert_eq!(x86_nop(3), None);
}

// static_call_trampoline

#[test]
fn a_static_call_goes_on_to_its_function() {
    assert_eq!(static_call_trampoline(0x1000, Trampoline::Jump(0x2005)), Some([0xe9, 0x00, 0x10, 0, 0]));
}

#[test]
fn a_function_may_lie_before_its_trampoline() {
    assert_eq!(
        static_call_trampoline(0x2000, Trampoline::Jump(0x1005)),
        Some([0xe9, 0x00, 0xf0, 0xff, 0xff])
    );
}

#[test]
fn a_static_call_without_a_function_returns() {
    assert_eq!(static_call_trampoline(0x1000, Trampoline::Return), Some([0xc3, 0xcc, 0xcc, 0xcc, 0xcc]));
}

#[test]
fn a_function_out_of_reach_is_refused() {
    assert_eq!(static_call_trampoline(0, Trampoline::Jump(0x8000_0005)), None);
    assert_eq!(static_call_trampoline(0x8000_0000, Trampoline::Jump(4)), None);
}

#[test]
fn the_farthest_functions_are_within_reach() {
    assert_eq!(
        static_call_trampoline(0, Trampoline::Jump(0x8000_0004)),
        Some([0xe9, 0xff, 0xff, 0xff, 0x7f])
    );
    assert_eq!(static_call_trampoline(0x8000_0000, Trampoline::Jump(5)), Some([0xe9, 0, 0, 0, 0x80]));
}

proptest! {
    #[test]
    fn a_patch_and_its_reverse_restore_the_text(code in 0x1000u64..1 << 31, distance in -(1i64 << 30)..1 << 30) {
        let entry = entry(code, code.wrapping_add_signed(distance));
        let jump = jump_label_patch(&entry, &LONG_NOP, true).unwrap();
        prop_assert_eq!(jump_label_patch(&entry, jump.bytes(), false), Some(JumpPatch::Long(LONG_NOP)));
        let operand = i32::from_le_bytes(jump.bytes()[1..].try_into().unwrap());
        prop_assert_eq!(i64::from(operand) + 5, distance);
    }

    #[test]
    fn no_table_makes_the_reader_panic(table: Vec<u8>, address: u64) {
        prop_assert_eq!(jump_entries(&table, address).count(), table.len() / 16);
    }

    #[test]
    fn no_text_makes_the_patcher_panic(code: u64, target: u64, now: Vec<u8>, jump: bool) {
        let _ = jump_label_patch(&entry(code, target), &now, jump);
    }
}
