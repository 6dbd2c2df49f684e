//! What a learner of lab 06 is given: a refusal, the nops, which branch jumps, static calls, and what AArch64 has beside the
//! numbers in its instructions.

use abi::{Errno, LoadError};
use elf::Rela;
use relocate::aarch64;
use relocate::x86_64::{JumpEntry, JumpPatch, Trampoline, rel_unsupported, static_call_trampoline, x86_nop};

#[test]
fn relocations_without_addends_are_not_for_this_machine() {
    let expected = LoadError::new(Errno::ENOEXEC, "module hello: REL relocation unsupported");
    assert_eq!(rel_unsupported("hello".into()), expected);
}

#[test]
fn nops_are_single_instructions_of_two_or_five_bytes() {
    assert_eq!(x86_nop(2), Some(&[0x66, 0x90][..]));
    assert_eq!(x86_nop(5), Some(&[0x0f, 0x1f, 0x44, 0x00, 0x00][..]));
    assert_eq!(x86_nop(3), None);
}

#[test]
fn a_likely_branch_jumps_while_its_key_is_off_and_an_unlikely_one_while_it_is_on() {
    let unlikely = JumpEntry { code: 1, target: 2, key: 3, is_branch: false };
    let likely = JumpEntry { is_branch: true, ..unlikely };
    assert_eq!([likely.jumps(false), likely.jumps(true)], [true, false]);
    assert_eq!([unlikely.jumps(false), unlikely.jumps(true)], [false, true]);
}

#[test]
fn a_patch_is_its_bytes() {
    assert_eq!(JumpPatch::Short([1, 2]).bytes(), [1, 2]);
    assert_eq!(JumpPatch::Long([1, 2, 3, 4, 5]).bytes(), [1, 2, 3, 4, 5]);
}

#[test]
fn a_static_call_goes_on_to_its_function_or_returns() {
    let jump = |trampoline, function| static_call_trampoline(trampoline, Trampoline::Jump(function));
    assert_eq!(jump(0x1000, 0x2005), Some([0xe9, 0x00, 0x10, 0, 0]));
    assert_eq!(jump(0x2000, 0x1005), Some([0xe9, 0x00, 0xf0, 0xff, 0xff]));
    assert_eq!(jump(0x1000, 0), Some([0xe9, 0xfb, 0xef, 0xff, 0xff]), "a function like any other");
    assert_eq!(jump(0, 0x8000_0004), Some([0xe9, 0xff, 0xff, 0xff, 0x7f]));
    assert_eq!(jump(0, 0x8000_0005), None);
    for address in [0, 0xffff_ffff_c000_0000, u64::MAX] {
        let returns = static_call_trampoline(address, Trampoline::Return);
        assert_eq!(returns, Some([0xc3, 0xcc, 0xcc, 0xcc, 0xcc]));
    }
}

/// One entry of a table for AArch64, applied to eight bytes at 0x10000000.
fn arm64(bytes: [u8; 8], kind: u32, symbol: u64) -> Result<[u8; 8], String> {
    let mut section = bytes;
    let entry = Rela { offset: 0, kind, symbol: 1, addend: 0 };
    let symbols = [0, symbol];
    aarch64::apply_relocate_add(&mut section, 0x1000_0000, std::iter::once(entry), &symbols, "hello".into())
        .map(|()| section)
        .map_err(|refusal| refusal.message)
}

#[test]
fn data_for_aarch64_is_written_over_whatever_stands_there() {
    assert_eq!(arm64([0xff; 8], 257, 0x0102_0304_0506_0708), Ok([8, 7, 6, 5, 4, 3, 2, 1]));
    assert_eq!(arm64([0xff; 8], 258, 0x0102_0304), Ok([4, 3, 2, 1, 0xff, 0xff, 0xff, 0xff]));
    assert_eq!(arm64([0xff; 8], 262, 0x1000_0102), Ok([2, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    assert_eq!(arm64([0xff; 8], 260, 0x1000_0102), Ok([2, 1, 0, 0, 0, 0, 0, 0]));
    assert_eq!(arm64([0; 8], 260, 0x0fff_ffff), Ok([0xff; 8]), "a distance of 64 bits has no end");
}

#[test]
fn an_address_for_aarch64_has_no_sign_and_a_distance_has_one() {
    const HERE: u64 = 0x1000_0000;
    for (kind, fits) in [
        (258, [0, u64::from(u32::MAX)]),
        (259, [0, u64::from(u16::MAX)]),
        (261, [HERE.wrapping_sub(1 << 31), HERE + (1 << 31) - 1]),
        (262, [HERE - (1 << 15), HERE + (1 << 15) - 1]),
    ] {
        let [lowest, highest] = fits;
        assert!(arm64([0; 8], kind, lowest).is_ok() && arm64([0; 8], kind, highest).is_ok(), "{kind}");
        for value in [lowest.wrapping_sub(1), highest + 1] {
            let message = format!("module hello: overflow in relocation type {kind} val {value:x}");
            assert_eq!(arm64([0; 8], kind, value), Err(message));
        }
    }
}

#[test]
fn a_negative_distance_makes_a_movz_a_movn() {
    let insn = |insn: u32| u64::from(insn).to_le_bytes();
    assert_eq!(arm64(insn(0xd280_0001), 287, 0x1000_1234), Ok(insn(0xd282_4681)), "movz x1, #0x1234");
    assert_eq!(arm64(insn(0xd280_0001), 287, 0x0fff_ffff), Ok(insn(0x9280_0001)), "movn x1, #0 is -1");
    assert_eq!(arm64(insn(0x9280_0001), 287, 0x1000_0001), Ok(insn(0xd280_0021)), "and back");
    assert_eq!(arm64(insn(0xd280_0001), 287, 0x1000_ffff), Ok(insn(0xd29f_ffe1)), "sixteen bits");
    assert!(arm64(insn(0xd280_0001), 287, 0x1001_0000).is_err(), "seventeen bits");
    assert!(arm64(insn(0xd280_0001), 287, 0x0ffe_ffff).is_err(), "seventeen bits, inverted");
}

#[test]
fn aarch64_has_words_of_its_own() {
    assert_eq!(arm64([7; 8], 0, 1), Ok([7; 8]));
    assert_eq!(arm64([7; 8], 256, 1), Ok([7; 8]));
    let unsupported = |kind| Err(format!("module hello: unsupported RELA relocation: {kind}"));
    for kind in [1, 255, 281, 294, 298, 300, 311, u32::MAX] {
        assert_eq!(arm64([0; 8], kind, 1), unsupported(kind));
    }
    let mut short = [0; 3];
    let entry = |symbol| std::iter::once(Rela { offset: 0, kind: 258, symbol, addend: 0 });
    let outside = aarch64::apply_relocate_add(&mut short, 0, entry(0), &[0], "hello".into()).unwrap_err();
    assert_eq!(
        outside.message,
        "stricter than Linux 6.1, relocation-place: hello: relocation type 258 at offset 0x0 lies outside its section"
    );
    let missing = aarch64::apply_relocate_add(&mut short, 0, entry(9), &[0], "hello".into()).unwrap_err();
    assert_eq!(
        missing.message,
        "stricter than Linux 6.1, relocation-symbol: hello: relocation type 258 uses symbol 9, which does not exist"
    );
}
