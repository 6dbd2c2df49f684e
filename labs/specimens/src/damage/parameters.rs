//! Parameters: `__param` (`struct kernel_param`).

use abi::offsets::kernel_param as record;

use super::{
    Kind,
    dice::Dice,
    draft::{Draft, Part},
};
use crate::section;

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "parameter-pointer", about: "where a parameter's name, ops or variable is", apply: pointer },
    Kind { name: "parameter-unset", about: "a pointer of a parameter that stays NULL", apply: unset },
    Kind { name: "parameter-bits", about: "a parameter's permissions, level and flags", apply: bits },
    Kind { name: "parameter-bytes", about: "bytes where a pointer goes", apply: bytes },
    Kind { name: "parameters-truncated", about: "a table of parameters that is cut", apply: truncated },
];

const POINTERS: [(usize, &str); 4] =
    [(record::NAME, "name"), (record::OWNER, "mod"), (record::OPS, "ops"), (record::ARG, "arg")];

fn table(draft: &Draft) -> Option<Part> {
    draft.named("__param").filter(|table| table.size >= record::SIZE)
}

/// A parameter's place in the table; bytes.
fn any(table: &Part, dice: &mut Dice) -> usize {
    dice.below(table.size / record::SIZE) * record::SIZE
}

/// Where the record lies of the relocation that fills in one of a parameter's pointers, and that pointer's name.
fn relocation(draft: &Draft, dice: &mut Dice) -> Option<(usize, &'static str)> {
    let table = table(draft)?;
    let (field, name) = *dice.pick(&POINTERS)?;
    Some((draft.relocation_of(table.number, any(&table, dice) + field)?, name))
}

fn pointer(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (at, name) = relocation(draft, dice)?;
    let telling = [1, 0x1000, 0x7fff_0000, 0xffff_ffff_8000_0000];
    let to = dice.value(draft.number(at + 16, 8)?, 8, &telling);
    draft.set(format!("a parameter's {name}, the relocation's r_addend"), at + 16, 8, to)
}

fn unset(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (at, name) = relocation(draft, dice)?;
    draft.set(format!("a parameter's {name}, the relocation's type (R_X86_64_NONE)"), at + 8, 4, 0)
}

fn bits(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = table(draft)?;
    let (name, field, width) =
        *dice.pick(&[("perm", record::PERM, 2), ("level", record::LEVEL, 1), ("flags", record::FLAGS, 1)])?;
    let at = table.offset + any(&table, dice) + field;
    let to = dice.value(draft.number(at, width)?, width, &[]);
    draft.set(format!("a parameter's {name}"), at, width, to)
}

fn bytes(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = table(draft)?;
    let (field, name) = *dice.pick(&POINTERS)?;
    let at = table.offset + any(&table, dice) + field;
    let to = dice.value(draft.number(at, 8)?, 8, &[]);
    draft.set(format!("a parameter's {name}, the bytes before it is relocated"), at, 8, to)
}

fn truncated(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = table(draft)?;
    let size = table.size as u64;
    let to = *dice.pick(&[0, 1, size - 1, size - 8, size / 2, size - 40])?;
    draft.set(format!("{}, sh_size", table.title()), table.header + section::SIZE, 8, to)
}
