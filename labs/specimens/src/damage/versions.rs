//! `__versions`: which version of each symbol the module was built against (`struct modversion_info`).

use abi::offsets::modversion_info as record;

use super::{
    Kind,
    dice::Dice,
    draft::{Draft, Part, shown},
};
use crate::section;

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "version-crc", about: "a symbol's version", apply: crc },
    Kind { name: "version-layout", about: "the version of module_layout", apply: layout },
    Kind { name: "version-name", about: "a version for another name", apply: name },
    Kind { name: "version-unterminated", about: "a name without an end", apply: unterminated },
    Kind { name: "version-removed", about: "a symbol without a version", apply: removed },
    Kind { name: "version-doubled", about: "a symbol with two versions", apply: doubled },
    Kind { name: "versions-truncated", about: "a record that is cut", apply: truncated },
    Kind { name: "versions-removed", about: "no versions at all", apply: all_removed },
];

struct Record {
    table: Part,
    number: usize,
    /// Where it lies in the file; bytes.
    at: usize,
    name: String,
}

impl Record {
    fn title(&self) -> String {
        format!("__versions, {}", self.name)
    }
}

fn records(draft: &Draft) -> Option<Vec<Record>> {
    let table = draft.named("__versions")?;
    let record = |(number, bytes): (usize, &[u8])| {
        let name = bytes.get(record::NAME..).and_then(|name| name.split(|&byte| byte == 0).next());
        let at = table.offset + number * record::SIZE;
        Record { table: table.clone(), number, at, name: shown(name.unwrap_or_default()) }
    };
    Some(draft.data(&table)?.chunks_exact(record::SIZE).enumerate().map(record).collect())
}

fn any(draft: &Draft, dice: &mut Dice) -> Option<Record> {
    let mut records = records(draft)?;
    let at = dice.below(records.len());
    (at < records.len()).then(|| records.swap_remove(at))
}

fn set_crc(draft: &mut Draft, dice: &mut Dice, record: &Record) -> Option<String> {
    let from = draft.number(record.at + record::CRC, 8)?;
    // The field has 64 bits and the version 32: whether the upper half counts is worth a question.
    let to = dice.value(from, 8, &[from ^ 1, from ^ 1 << 32, 0, !from & 0xffff_ffff]);
    draft.set(format!("{}, crc", record.title()), record.at + record::CRC, 8, to)
}

fn crc(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let record = any(draft, dice)?;
    set_crc(draft, dice, &record)
}

fn layout(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let record = records(draft)?.into_iter().find(|record| record.name == "module_layout")?;
    if dice.once_in(2) { set_crc(draft, dice, &record) } else { remove(draft, &record) }
}

fn name(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let record = any(draft, dice)?;
    let at = record.at + record::NAME + dice.below(record.name.len().max(1));
    let to = dice.value(draft.number(at, 1)?, 1, &[u64::from(b'x'), 0]);
    draft.set(format!("{}, a byte of the name", record.title()), at, 1, to)
}

fn unterminated(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let record = any(draft, dice)?;
    draft.overwrite(record.at + record::NAME, &[b'x'; record::SIZE - record::NAME])?;
    Some(format!("{}: its name became 56 times x, with no NUL behind it", record.title()))
}

fn remove(draft: &mut Draft, record: &Record) -> Option<String> {
    let mut table = draft.data(&record.table)?.to_vec();
    let start = record.number * record::SIZE;
    table.get(start..start + record::SIZE)?;
    table.drain(start..start + record::SIZE);
    draft.replace(record.table.number, &table)?;
    Some(format!("{}: its record became nothing", record.title()))
}

fn removed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let record = any(draft, dice)?;
    remove(draft, &record)
}

fn doubled(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let record = any(draft, dice)?;
    let mut table = draft.data(&record.table)?.to_vec();
    let start = record.number * record::SIZE;
    let mut copy = table.get(start..start + record::SIZE)?.to_vec();
    copy.get_mut(..4)?.iter_mut().for_each(|byte| *byte ^= 0xff);
    let (wrong_one, at) = if dice.once_in(2) { ("first", 0) } else { ("last", table.len()) };
    table.splice(at..at, copy);
    draft.replace(record.table.number, &table)?;
    Some(format!("{}: one record became two, of which the {wrong_one} has another crc", record.title()))
}

fn truncated(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = draft.named("__versions")?;
    let size = draft.data(&table)?.len() as u64;
    let to = *dice.pick(&[size - 1, size.saturating_sub(32), size / 2 + 1, 63, 1])?;
    draft.set(format!("{}, sh_size", table.title()), table.header + section::SIZE, 8, to)
}

fn all_removed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = draft.named("__versions")?;
    match dice.below(4) {
        0 => draft.set(format!("{}, sh_size", table.title()), table.header + section::SIZE, 8, 0),
        1 => {
            draft.set(format!("{}, sh_type (it is gone)", table.title()), table.header + section::TYPE, 4, 0)
        }
        2 => {
            let what = format!("{}, sh_type (SHT_NOBITS)", table.title());
            draft.set(what, table.header + section::TYPE, 4, crate::SHT_NOBITS.into())
        }
        _ => draft.rename(&table, "__version"),
    }
}
