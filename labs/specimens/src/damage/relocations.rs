//! Relocations (`Elf64_Rela`): where, what kind, which symbol, how much to add.

use super::{
    Kind,
    dice::Dice,
    draft::{Draft, Part, RECORD},
};
use crate::{SHT_RELA, section};

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "relocation-offset", about: "r_offset: the place that is filled in", apply: offset },
    Kind { name: "relocation-symbol", about: "r_info: which symbol's address goes there", apply: symbol },
    Kind { name: "relocation-type", about: "r_info: how it is computed", apply: kind },
    Kind { name: "relocation-addend", about: "r_addend: what is added", apply: addend },
    Kind { name: "relocation-place", about: "a place that is not empty beforehand", apply: place },
    Kind { name: "relocation-doubled", about: "a place that is filled in twice", apply: doubled },
    Kind { name: "relocation-removed", about: "a place that is not filled in", apply: removed },
    Kind { name: "relocation-table", about: "the table's size, type or flags", apply: table },
];

/// Where in a record its fields lie; bytes.
const SYMBOL: usize = 12;
const TYPE: usize = 8;
const ADDEND: usize = 16;

/// Linux's own flag for relocations that live patching applies (include/uapi/linux/elf.h).
const SHF_RELA_LIVEPATCH: u64 = 0x0010_0000;

/// A record of a table of relocations.
struct Relocation {
    /// Where it lies in the file; bytes.
    record: usize,
    number: usize,
    table: Part,
    target: Part,
}

impl Relocation {
    fn title(&self) -> String {
        format!("relocation {} of {}", self.number, self.target.name)
    }
}

/// One record, in a table whose target is loaded, if there is one.
fn any(draft: &Draft, dice: &mut Dice) -> Option<Relocation> {
    let is_such = |part: &&Part| {
        let target = draft.part(part.info);
        part.kind == SHT_RELA && part.size >= RECORD && target.is_some_and(Part::is_alloc)
    };
    let tables: Vec<&Part> = draft.parts().iter().filter(is_such).collect();
    let table = (*dice.pick(&tables)?).clone();
    let number = dice.below(table.size / RECORD);
    let target = draft.part(table.info)?.clone();
    Some(Relocation { record: table.offset.checked_add(number * RECORD)?, number, table, target })
}

/// Another value for a field of a record.
fn field(
    draft: &mut Draft,
    dice: &mut Dice,
    (name, at, width): (&str, usize, usize),
    telling: impl FnOnce(&Draft, &Relocation) -> Vec<u64>,
) -> Option<String> {
    let relocation = any(draft, dice)?;
    let telling = telling(draft, &relocation);
    let at = relocation.record + at;
    let to = dice.value(draft.number(at, width)?, width, &telling);
    draft.set(format!("{}, {name}", relocation.title()), at, width, to)
}

fn offset(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    field(draft, dice, ("r_offset", 0, 8), |draft, relocation| {
        let size = relocation.target.size as u64;
        let from = draft.number(relocation.record, 8).unwrap_or_default();
        let near = size.saturating_sub(4);
        vec![
            from.wrapping_add(4),
            from.wrapping_sub(1),
            near,
            size.saturating_sub(1),
            size,
            1 << 32,
            u64::MAX - 7,
        ]
    })
}

fn symbol(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let count = (draft.symbol_table()?.size / RECORD) as u64;
    let other = dice.below(count as usize) as u64;
    field(draft, dice, ("r_info, symbol", SYMBOL, 4), |_, _| {
        vec![0, other, count.saturating_sub(1), count, 0xffff_ffff]
    })
}

fn kind(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    // NONE, 64, PC32, GOT32, PLT32, COPY, GLOB_DAT, RELATIVE, GOTPCREL, 32, 32S, 16, 8, PC64, REX_GOTPCRELX, none.
    let telling = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 10, 11, 12, 14, 24, 42, 43, 255];
    field(draft, dice, ("r_info, type", TYPE, 4), |_, _| telling.to_vec())
}

fn addend(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let telling = [1 << 31, (1 << 31) - 1, -(1i64 << 31), 1 << 32, 1 << 40, i64::MAX, i64::MIN, 4, -4];
    let telling = telling.map(|addend| addend as u64);
    field(draft, dice, ("r_addend", ADDEND, 8), |_, _| telling.to_vec())
}

fn place(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let relocation = any(draft, dice)?;
    let place = relocation.target.offset.checked_add(draft.number(relocation.record, 8)? as usize)?;
    let to = dice.value(draft.number(place, 1)?, 1, &[1, 0xff]);
    draft.set(format!("the place of {}", relocation.title()), place, 1, to)
}

fn doubled(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let relocation = any(draft, dice)?;
    let mut table = draft.data(&relocation.table)?.to_vec();
    let record = relocation.record..relocation.record.checked_add(RECORD)?;
    table.extend_from_slice(draft.bytes().get(record)?);
    draft.replace(relocation.table.number, &table)?;
    Some(format!("{}: one record became two", relocation.title()))
}

fn removed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let relocation = any(draft, dice)?;
    draft.set(format!("{}, r_info, type (R_X86_64_NONE)", relocation.title()), relocation.record + TYPE, 4, 0)
}

fn table(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let Relocation { table, target, .. } = any(draft, dice)?;
    if dice.once_in(3) {
        const SHT_REL: u64 = 9;
        return draft.set(
            format!("{}, sh_type (SHT_REL)", table.title()),
            table.header + section::TYPE,
            4,
            SHT_REL,
        );
    }
    if dice.once_in(4) {
        return for_live_patching(draft, dice, &table, &target);
    }
    let size = table.size as u64;
    let to = *dice.pick(&[0, size - 1, size - 24, size + 1])?;
    draft.set(format!("{}, sh_size", table.title()), table.header + section::SIZE, 8, to)
}

/// Says of a table that live patching applies it: to the kernel, to another module, or to what its name does not tell.
fn for_live_patching(draft: &mut Draft, dice: &mut Dice, table: &Part, target: &Part) -> Option<String> {
    let to = table.flags | SHF_RELA_LIVEPATCH;
    let field = format!("{}, sh_flags (live patching)", table.title());
    let said = draft.set(field, table.header + section::FLAGS, 8, to)?;
    let Some(object) = *dice.pick(&[Some("vmlinux"), Some("vmlinux"), Some("another"), None])? else {
        return Some(said);
    };
    let renamed = draft.rename(table, &format!(".klp.rela.{object}.{}", target.name))?;
    Some(format!("{said}; {renamed}"))
}
