//! Branches that are nops: which bytes are written over which, and what is left alone.

use proptest::prelude::*;
use relocate::x86_64::{JumpEntry, JumpPatch, jump_label_patch};

use crate::common::Bytes;

const SHORT_NOP: [u8; 2] = [0x66, 0x90];
const LONG_NOP: [u8; 5] = [0x0f, 0x1f, 0x44, 0x00, 0x00];

fn entry(code: u64, target: u64) -> JumpEntry {
    JumpEntry { code, target, key: 0x3000, is_branch: false }
}

/// What turns the text `now`, at 0x1000, into a jump to `target`, or into a nop.
fn patch(target: u64, now: &[u8], jump: bool) -> Option<Bytes<JumpPatch>> {
    jump_label_patch(&entry(0x1000, target), now, jump).map(Bytes)
}

/// The five bytes at a short branch: its two, and those of whatever comes next.
fn followed(short: [u8; 2]) -> [u8; 5] {
    [short[0], short[1], 0x48, 0x89, 0xe5]
}

#[test]
fn a_short_nop_becomes_a_short_jump() {
    for (target, distance) in [(0x1012, 0x10), (0xff2, 0xf0)] {
        assert_eq!(
            patch(target, &followed(SHORT_NOP), true),
            Some(Bytes(JumpPatch::Short([0xeb, distance]))),
            "to {target:#x}: two bytes, whatever comes behind them"
        );
    }
}

#[test]
fn a_long_nop_becomes_a_long_jump_however_near_the_target_is() {
    for (target, bytes) in [(0x1015, [0xe9, 0x10, 0, 0, 0]), (0x1000, [0xe9, 0xfb, 0xff, 0xff, 0xff])] {
        assert_eq!(
            patch(target, &LONG_NOP, true),
            Some(Bytes(JumpPatch::Long(bytes))),
            "to {target:#x}: the instruction there has five bytes, and so must the new one"
        );
    }
}

#[test]
fn a_jump_becomes_a_nop_of_its_length() {
    assert_eq!(
        patch(0x1012, &followed([0xeb, 0x10]), false),
        Some(Bytes(JumpPatch::Short(SHORT_NOP))),
        "a single instruction, so that no CPU can stand in its middle"
    );
    let long = patch(0x1015, &[0xe9, 0x10, 0, 0, 0], false);
    assert_eq!(long, Some(Bytes(JumpPatch::Long(LONG_NOP))), "five bytes, but one instruction");
}

#[test]
fn what_is_right_already_stays_as_it_is() {
    let cases = [
        (0x1012, followed(SHORT_NOP), false, JumpPatch::Short(SHORT_NOP)),
        (0x1012, followed([0xeb, 0x10]), true, JumpPatch::Short([0xeb, 0x10])),
        (0x1015, LONG_NOP, false, JumpPatch::Long(LONG_NOP)),
        (0x1015, [0xe9, 0x10, 0, 0, 0], true, JumpPatch::Long([0xe9, 0x10, 0, 0, 0])),
    ];
    for (target, now, jump, expected) in cases {
        let came = patch(target, &now, jump);
        assert_eq!(came, Some(Bytes(expected)), "{now:02x?} with jump = {jump}: the loader may ask twice");
    }
}

#[test]
fn text_that_is_neither_the_nop_nor_the_jump_is_left_alone() {
    for now in
        [&[0xe8, 0, 0, 0, 0][..], &[0x90; 5], &[0xeb, 0x11, 0, 0, 0], &[0xe9, 0x0d, 0, 0, 1], &[], &[0xeb]]
    {
        for jump in [true, false] {
            assert_eq!(
                patch(0x1012, now, jump),
                None,
                "{now:02x?} is no branch of this entry: the kernel calls this a fatal bug and stops"
            );
        }
    }
}

#[test]
fn a_jump_to_somewhere_else_is_left_alone() {
    for now in [followed([0xeb, 0x11]), [0xe9, 0x11, 0, 0, 0]] {
        assert_eq!(
            patch(0x1012, &now, false),
            None,
            "{now:02x?} goes to another place than this entry's target"
        );
    }
}

#[test]
fn a_target_out_of_reach_of_the_instruction_is_refused() {
    assert_eq!(patch(0x2000, &followed(SHORT_NOP), true), None, "a short jump has 127 bytes forward");
    assert_eq!(patch(0x1_0000_0000_0000, &LONG_NOP, true), None, "a long one has two gigabytes");
}

#[test]
fn a_long_nop_is_found_where_a_short_jump_would_not_reach() {
    assert_eq!(
        patch(0x2005, &LONG_NOP, true),
        Some(Bytes(JumpPatch::Long([0xe9, 0, 0x10, 0, 0]))),
        "that the short jump cannot be made does not mean that there is none"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_patch_and_its_reverse_restore_the_text(code in 0x1000u64..1 << 31, distance in -(1i64 << 30)..1 << 30) {
        let entry = entry(code, code.wrapping_add_signed(distance));
        let jump = jump_label_patch(&entry, &LONG_NOP, true);
        let bytes = jump.map_or(vec![], |patch| patch.bytes().to_vec());
        let back = jump_label_patch(&entry, &bytes, false).map(Bytes);
        prop_assert_eq!(back, Some(Bytes(JumpPatch::Long(LONG_NOP))), "from {:02x?} back to the nop", bytes);
    }

    #[test]
    fn no_text_makes_the_patcher_panic(code: u64, target: u64, now: Vec<u8>, jump: bool) {
        let patch = jump_label_patch(&entry(code, target), &now, jump);
        prop_assert!(patch.is_none_or(|patch| patch.bytes().len() <= now.len()), "longer than the text");
    }
}
