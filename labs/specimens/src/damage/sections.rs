//! The table of section headers (`Elf64_Shdr`), and the table of their names.

use super::{
    Kind,
    dice::Dice,
    draft::{Draft, Part, number},
};
use crate::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NULL, header, section};

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "section-zero", about: "section 0, which must be empty", apply: zero },
    Kind { name: "section-names", about: "the table of the sections' names", apply: names },
    Kind { name: "section-name", about: "sh_name: where a section's name lies", apply: name },
    Kind { name: "section-type", about: "sh_type: what a section holds", apply: kind },
    Kind { name: "section-flags", about: "sh_flags: loaded, writable, executable", apply: flags },
    Kind { name: "section-write-exec", about: "a section both writable and executable", apply: write_exec },
    Kind { name: "section-not-loaded", about: "a section that is no longer ALLOC", apply: not_loaded },
    Kind { name: "section-addr", about: "sh_addr: an address, which a module has none of", apply: addr },
    Kind { name: "section-offset", about: "sh_offset: where a section's bytes lie", apply: offset },
    Kind { name: "section-size", about: "sh_size: how many bytes it has", apply: size },
    Kind { name: "section-link", about: "sh_link: a symbol table's strings", apply: link },
    Kind { name: "section-info", about: "sh_info: which section is relocated", apply: info },
    Kind { name: "section-align", about: "sh_addralign: its alignment", apply: align },
    Kind { name: "section-removed", about: "a section that is no more", apply: removed },
    Kind { name: "sections-exchanged", about: "two headers in each other's place", apply: exchanged },
];

/// A section: one that the kernel looks for by name or type as often as any other.
fn any(draft: &Draft, dice: &mut Dice) -> Option<Part> {
    const SOUGHT: [&str; 6] =
        [".modinfo", "__versions", ".gnu.linkonce.this_module", ".symtab", ".strtab", ".text"];
    let sought: Vec<&Part> =
        draft.parts().iter().filter(|part| SOUGHT.contains(&part.name.as_str())).collect();
    let any = dice.pick(draft.parts());
    if dice.once_in(2) { dice.pick(&sought).copied().or(any).cloned() } else { any.cloned() }
}

/// Another value for a field of a section's header.
fn field(
    draft: &mut Draft,
    dice: &mut Dice,
    part: &Part,
    (name, at, width): (&str, usize, usize),
    telling: &[u64],
) -> Option<String> {
    let at = part.header.checked_add(at)?;
    let to = dice.value(draft.number(at, width)?, width, telling);
    draft.set(format!("{}, {name}", part.title()), at, width, to)
}

fn zero(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let zero = draft.part(0)?.clone();
    let fields = [
        ("sh_type", section::TYPE, 4),
        ("sh_size", section::SIZE, 8),
        ("sh_addr", section::ADDR, 8),
        ("sh_flags", section::FLAGS, 8),
    ];
    let one = *dice.pick(&fields)?;
    field(draft, dice, &zero, one, &[1, 2])
}

fn names(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = draft.part(draft.number(header::SHSTRNDX, 2)? as usize)?.clone();
    match dice.below(4) {
        0 => draft.set(format!("{}, sh_size", table.title()), table.header + section::SIZE, 8, 0),
        1 => {
            let last = table.offset.checked_add(table.size)?.checked_sub(1)?;
            draft.set(format!("{}, the last byte", table.title()), last, 1, u64::from(b'x'))
        }
        2 => {
            let end = draft.bytes().len() as u64;
            field(draft, dice, &table, ("sh_offset", section::OFFSET, 8), &[end, u64::MAX])
        }
        _ => {
            let shorter = dice.below(table.size) as u64;
            field(draft, dice, &table, ("sh_size", section::SIZE, 8), &[shorter, u64::MAX])
        }
    }
}

fn name(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (part, other) = (any(draft, dice)?, any(draft, dice)?);
    let names = draft.part(draft.number(header::SHSTRNDX, 2)? as usize)?.size as u64;
    let other = draft.number(other.header + section::NAME, 4)?;
    field(draft, dice, &part, ("sh_name", section::NAME, 4), &[names, names.saturating_sub(1), 0, other])
}

fn kind(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = any(draft, dice)?;
    // NULL to NOTE, NOBITS, REL, SHLIB, DYNSYM, GROUP, SYMTAB_SHNDX, one of the system's own.
    let telling = [0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 17, 18, 0x6fff_fff6];
    field(draft, dice, &part, ("sh_type", section::TYPE, 4), &telling)
}

fn flags(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = any(draft, dice)?;
    let bit = 1 << dice.below(12);
    let telling = [part.flags ^ bit, part.flags ^ bit, 0, SHF_ALLOC, u64::MAX];
    field(draft, dice, &part, ("sh_flags", section::FLAGS, 8), &telling)
}

fn write_exec(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let loaded: Vec<Part> = draft.parts().iter().filter(|part| part.is_alloc()).cloned().collect();
    let part = dice.pick(&loaded)?;
    let to = part.flags | SHF_WRITE | SHF_EXECINSTR;
    draft.set(format!("{}, sh_flags", part.title()), part.header + section::FLAGS, 8, to)
}

fn not_loaded(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = any(draft, dice).filter(Part::is_alloc)?;
    let to = part.flags & !SHF_ALLOC;
    draft.set(format!("{}, sh_flags", part.title()), part.header + section::FLAGS, 8, to)
}

fn addr(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = any(draft, dice)?;
    field(draft, dice, &part, ("sh_addr", section::ADDR, 8), &[])
}

fn offset(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (part, other) = (any(draft, dice)?, any(draft, dice)?);
    let end = draft.bytes().len() as u64;
    let telling = [end, end - (part.size as u64).min(end), part.offset as u64 + 1, other.offset as u64];
    field(draft, dice, &part, ("sh_offset", section::OFFSET, 8), &telling)
}

fn size(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = any(draft, dice)?;
    let rest = (draft.bytes().len() as u64).saturating_sub(part.offset as u64);
    let telling = [rest, rest + 1, 0, part.size as u64 / 2, part.size as u64 + 8, 0x4000_0000];
    field(draft, dice, &part, ("sh_size", section::SIZE, 8), &telling)
}

fn link(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = draft.symbol_table()?;
    let part = if dice.once_in(3) { any(draft, dice)? } else { table };
    let count = draft.parts().len() as u64 + 1;
    let any = dice.below(count as usize) as u64;
    field(draft, dice, &part, ("sh_link", section::LINK, 4), &[0, count, any])
}

fn info(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let tables: Vec<Part> =
        draft.parts().iter().filter(|part| part.kind == crate::SHT_RELA).cloned().collect();
    let part = dice.pick(&tables).cloned().or_else(|| any(draft, dice))?;
    let count = draft.parts().len() as u64 + 1;
    let any = dice.below(count as usize) as u64;
    let symbols = draft.symbol_table().map_or((0, 0), |table| (table.number as u64, table.link as u64));
    field(draft, dice, &part, ("sh_info", section::INFO, 4), &[0, count, any, symbols.0, symbols.1])
}

fn align(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = any(draft, dice)?;
    field(draft, dice, &part, ("sh_addralign", section::ALIGN, 8), &[0, 3, 4096, 8192, 1 << 21, 1 << 62])
}

fn removed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = any(draft, dice)?;
    draft.set(
        format!("{}, sh_type (it is gone)", part.title()),
        part.header + section::TYPE,
        4,
        SHT_NULL.into(),
    )
}

fn exchanged(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (one, other) = (dice.pick(draft.parts())?.clone(), dice.pick(draft.parts())?.clone());
    let header = |part: &Part| Some(draft.bytes().get(part.header..part.header.checked_add(64)?)?.to_vec());
    let (ones, others) = (header(&one)?, header(&other)?);
    draft.overwrite(one.header, &others)?;
    draft.overwrite(other.header, &ones)?;
    let (first, second) = (number(one.number as u64), number(other.number as u64));
    Some(format!("section headers: the order {first}, {second} became {second}, {first}"))
}
