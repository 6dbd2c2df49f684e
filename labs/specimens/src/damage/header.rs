//! The ELF header (include/uapi/linux/elf.h, `Elf64_Ehdr`).

use super::{Kind, dice::Dice, draft::Draft};
use crate::header;

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "header-magic", about: "the first four bytes", apply: magic },
    Kind { name: "header-class", about: "EI_CLASS: 32 or 64 bits", apply: class },
    Kind { name: "header-byte-order", about: "EI_DATA: which byte comes first", apply: byte_order },
    Kind { name: "header-type", about: "e_type: relocatable, or what else", apply: kind },
    Kind { name: "header-machine", about: "e_machine: for which processor", apply: machine },
    Kind { name: "header-shoff", about: "e_shoff: where the section headers lie", apply: shoff },
    Kind { name: "header-shentsize", about: "e_shentsize: how large one of them is", apply: shentsize },
    Kind { name: "header-shnum", about: "e_shnum: how many there are", apply: shnum },
    Kind { name: "header-shstrndx", about: "e_shstrndx: which section holds their names", apply: shstrndx },
    Kind { name: "header-unread", about: "a field that no loader of modules looks at", apply: unread },
];

fn magic(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let at = dice.below(4);
    let to = dice.value(draft.number(at, 1)?, 1, &[]);
    draft.set(format!("EI_MAG{at}"), at, 1, to)
}

/// Another value for one field.
fn field(
    draft: &mut Draft,
    dice: &mut Dice,
    (name, at, width): (&str, usize, usize),
    telling: &[u64],
) -> Option<String> {
    let to = dice.value(draft.number(at, width)?, width, telling);
    draft.set(name, at, width, to)
}

fn class(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    field(draft, dice, ("EI_CLASS", header::CLASS, 1), &[0, 1])
}

fn byte_order(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    field(draft, dice, ("EI_DATA", header::DATA, 1), &[0, 2])
}

fn kind(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    field(draft, dice, ("e_type", header::TYPE, 2), &[0, 2, 3, 4])
}

fn machine(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    field(draft, dice, ("e_machine", header::MACHINE, 2), &[3, 40, 183, 243])
}

fn shoff(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (from, size) = (draft.number(header::SHOFF, 8)?, draft.bytes().len() as u64);
    let telling =
        [from.wrapping_add(64), from.wrapping_sub(64), size, size.saturating_sub(64), u64::MAX - 63];
    field(draft, dice, ("e_shoff", header::SHOFF, 8), &telling)
}

fn shentsize(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    field(draft, dice, ("e_shentsize", header::SHENTSIZE, 2), &[40, 56, 65, 128])
}

fn shnum(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let names = draft.number(header::SHSTRNDX, 2)?;
    field(draft, dice, ("e_shnum", header::SHNUM, 2), &[names, names / 2])
}

fn shstrndx(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let count = draft.number(header::SHNUM, 2)?;
    let any = dice.below(count as usize) as u64;
    field(draft, dice, ("e_shstrndx", header::SHSTRNDX, 2), &[0, count, any, any])
}

fn unread(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    const FIELDS: [(&str, usize, usize); 9] = [
        ("EI_VERSION", 6, 1),
        ("EI_OSABI", 7, 1),
        ("e_version", 20, 4),
        ("e_entry", 24, 8),
        ("e_phoff", 32, 8),
        ("e_flags", 48, 4),
        ("e_ehsize", 52, 2),
        ("e_phentsize", 54, 2),
        ("e_phnum", 56, 2),
    ];
    let one = *dice.pick(&FIELDS)?;
    field(draft, dice, one, &[])
}
