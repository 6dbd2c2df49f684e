//! What every kind of relocation makes of a few symbols, as a table.

use std::fmt::Write;

use elf::Rela;
use relocate::{aarch64, x86_64};

const KINDS: [(u32, &str); 7] =
    [(0, "NONE"), (1, "64"), (2, "PC32"), (4, "PLT32"), (10, "32"), (11, "32S"), (24, "PC64")];

#[test]
fn every_kind_against_a_few_symbols() {
    let mut text = String::new();
    for symbol in [0x1000_0100, 0x7fff_fffc, 0xffff_ffff_8100_0000] {
        for (kind, name) in KINDS {
            let mut section = [0; 8];
            let entry = Rela { offset: 0, kind, symbol: 0, addend: -4 };
            let result = x86_64::apply_relocate_add(
                &mut section,
                0x1000_0000,
                std::iter::once(entry),
                &[symbol],
                "m".into(),
            );
            let bytes: String = section.iter().map(|byte| format!("{byte:02x} ")).collect();
            let outcome = result.map_or_else(|refusal| refusal.to_string(), |()| bytes);
            writeln!(text, "{symbol:#018x} {name:5} {}", outcome.trim_end()).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

/// Each kind for AArch64 that stands in an instruction, with an instruction that it may stand in.
const INSNS: [(u32, &str, u32); 32] = [
    (263, "MOVW_UABS_G0", 0xd280_0000),
    (264, "MOVW_UABS_G0_NC", 0xf280_0000),
    (265, "MOVW_UABS_G1", 0xd2a0_0000),
    (266, "MOVW_UABS_G1_NC", 0xf2a0_0000),
    (267, "MOVW_UABS_G2", 0xd2c0_0000),
    (268, "MOVW_UABS_G2_NC", 0xf2c0_0000),
    (269, "MOVW_UABS_G3", 0xf2e0_0000),
    (270, "MOVW_SABS_G0", 0xd280_0000),
    (271, "MOVW_SABS_G1", 0xd2a0_0000),
    (272, "MOVW_SABS_G2", 0xd2c0_0000),
    (273, "LD_PREL_LO19", 0x5800_0001),
    (274, "ADR_PREL_LO21", 0x1000_0003),
    (275, "ADR_PREL_PG_HI21", 0x9000_0004),
    (276, "ADR_PREL_PG_HI21_NC", 0x9000_0004),
    (277, "ADD_ABS_LO12_NC", 0x9100_0021),
    (278, "LDST8_ABS_LO12_NC", 0x3940_0020),
    (279, "TSTBR14", 0x3618_0005),
    (280, "CONDBR19", 0x5400_0001),
    (282, "JUMP26", 0x1400_0000),
    (283, "CALL26", 0x9400_0000),
    (284, "LDST16_ABS_LO12_NC", 0x7940_0020),
    (285, "LDST32_ABS_LO12_NC", 0xb940_0020),
    (286, "LDST64_ABS_LO12_NC", 0xf940_0020),
    (287, "MOVW_PREL_G0", 0xd280_0000),
    (288, "MOVW_PREL_G0_NC", 0xf280_0000),
    (289, "MOVW_PREL_G1", 0xd2a0_0000),
    (290, "MOVW_PREL_G1_NC", 0xf2a0_0000),
    (291, "MOVW_PREL_G2", 0xd2c0_0000),
    (292, "MOVW_PREL_G2_NC", 0xf2c0_0000),
    (293, "MOVW_PREL_G3", 0xd2e0_0000),
    (299, "LDST128_ABS_LO12_NC", 0x3dc0_0020),
    (300, "MOVW_GOTOFF_G0", 0xd280_0000),
];

#[test]
fn every_instruction_of_aarch64_against_a_few_symbols() {
    let mut text = String::new();
    for symbol in [0xffff_8000_0800_1240, 0xffff_8000_07ff_ff80, 0xffff_8001_0a00_5670, 0x1234_5678_9abc_def0]
    {
        for (kind, name, insn) in INSNS {
            let mut section = insn.to_le_bytes();
            let entry = std::iter::once(Rela { offset: 0, kind, symbol: 0, addend: 0 });
            let result = aarch64::apply_relocate_add(
                &mut section,
                0xffff_8000_0800_0000,
                entry,
                &[symbol],
                "m".into(),
            );
            let outcome = result.map_or_else(
                |refusal| refusal.to_string(),
                |()| format!("{:08x}", u32::from_le_bytes(section)),
            );
            writeln!(text, "{symbol:#018x} {name:19} {insn:08x} -> {outcome}").unwrap();
        }
    }
    insta::assert_snapshot!(text);
}
