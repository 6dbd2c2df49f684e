//! What a module exports: `__ksymtab` and `__kcrctab`, and their GPL-only siblings (`struct kernel_symbol`).

use abi::offsets::kernel_symbol as record;

use super::{
    Kind,
    dice::Dice,
    draft::{Draft, Part},
};
use crate::section;

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "export-pointer", about: "where an export's value, name or namespace is", apply: pointer },
    Kind { name: "export-name", about: "an export's name: the kernel's own, or another's", apply: name },
    Kind { name: "export-namespace", about: "an export's namespace", apply: namespace },
    Kind { name: "export-crc", about: "an export's version", apply: crc },
    Kind { name: "exports-truncated", about: "a table of exports that is cut", apply: truncated },
    Kind { name: "exports-unversioned", about: "exports without versions", apply: unversioned },
    Kind { name: "exports-gpl", about: "exports for modules under the GPL, or for all", apply: gpl },
];

/// Where the addend lies in a relocation's record, and its symbol; bytes.
const ADDEND: usize = 16;
const SYMBOL: usize = 12;

/// One of the module's tables of exports.
fn table(draft: &Draft, dice: &mut Dice) -> Option<Part> {
    let tables = ["__ksymtab", "__ksymtab_gpl"].map(|name| draft.named(name)).into_iter().flatten();
    let tables: Vec<Part> = tables.filter(|table| table.size >= record::SIZE).collect();
    dice.pick(&tables).cloned()
}

/// Where the record lies of the relocation that fills in this field of one of the exports.
fn relocation(draft: &Draft, dice: &mut Dice, field: usize) -> Option<usize> {
    let table = table(draft, dice)?;
    let export = dice.below(table.size / record::SIZE);
    draft.relocation_of(table.number, export * record::SIZE + field)
}

fn pointer(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (field, name) = *dice.pick(&[
        (record::VALUE, "value_offset"),
        (record::NAME, "name_offset"),
        (record::NAMESPACE, "namespace_offset"),
    ])?;
    let at = relocation(draft, dice, field)? + ADDEND;
    let telling = [1, 0x1000, 0x7fff_0000, 0xffff_ffff_8000_0000];
    let to = dice.value(draft.number(at, 8)?, 8, &telling);
    draft.set(format!("an export's {name}, the relocation's r_addend"), at, 8, to)
}

/// Lets a field of an export point to `string`, which goes to the end of the module's strings of exports.
fn point_to(draft: &mut Draft, dice: &mut Dice, field: usize, what: &str, string: &[u8]) -> Option<String> {
    let at = relocation(draft, dice, field)?;
    let symbol = draft.number(at + SYMBOL, 4)? as usize;
    let symbols = draft.symbol_table()?;
    let symbol = symbols.offset.checked_add(symbol.checked_mul(super::draft::RECORD)?)?;
    let (section, value) = (draft.number(symbol + 6, 2)? as usize, draft.number(symbol + 8, 8)?);
    let offset = draft.add_string(section, string)?;
    draft.overwrite(at + ADDEND, &offset.wrapping_sub(value).to_le_bytes())?;
    Some(format!("an export's {what} became '{}'", string.escape_ascii()))
}

fn name(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let long = b"long".repeat(200);
    let to = dice.pick(&[&b"_printk"[..], b"_printk", b"", b"another_name", &long])?.to_vec();
    point_to(draft, dice, record::NAME, "name", &to)
}

fn namespace(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let to = dice.pick(&[&b"ANOTHER"[..], b"", b"CRYPTO_INTERNAL"]).copied()?;
    point_to(draft, dice, record::NAMESPACE, "namespace", to)
}

/// The table of versions that belongs to a table of exports.
fn crcs_of(draft: &Draft, table: &Part) -> Option<Part> {
    draft.named(&table.name.replace("__ksymtab", "__kcrctab"))
}

/// One of the module's tables of versions.
fn crcs(draft: &Draft, dice: &mut Dice) -> Option<Part> {
    crcs_of(draft, &table(draft, dice)?)
}

fn crc(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = crcs(draft, dice)?;
    let at = table.offset + 4 * dice.below(table.size / 4);
    let to = dice.value(draft.number(at, 4)?, 4, &[0]);
    draft.set(format!("{}, a version", table.title()), at, 4, to)
}

fn truncated(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = if dice.once_in(2) { table(draft, dice)? } else { crcs(draft, dice)? };
    let size = part.size as u64;
    let to = *dice.pick(&[0, 1, size.saturating_sub(1), size.saturating_sub(4), size / 2])?;
    draft.set(format!("{}, sh_size", part.title()), part.header + section::SIZE, 8, to)
}

fn unversioned(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = crcs(draft, dice)?;
    match dice.once_in(2) {
        true => {
            draft.set(format!("{}, sh_type (it is gone)", table.title()), table.header + section::TYPE, 4, 0)
        }
        false => draft.rename(&table, "__kcrctab_of_another"),
    }
}

fn gpl(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbols = table(draft, dice)?;
    let crcs = crcs_of(draft, &symbols)?;
    let gpl_only = symbols.name.ends_with("_gpl");
    let other = |name: &str| match gpl_only {
        true => name.trim_end_matches("_gpl").to_owned(),
        false => format!("{name}_gpl"),
    };
    let said = draft.rename(&symbols, &other(&symbols.name))?;
    if dice.once_in(3) {
        return Some(said); // their versions stay with the others
    }
    Some(format!("{said}; {}", draft.rename(&crcs, &other(&crcs.name))?))
}
