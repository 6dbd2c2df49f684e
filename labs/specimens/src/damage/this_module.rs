//! `.gnu.linkonce.this_module`: the module's `struct module`, as the file has it.

use abi::offsets::module as fields;

use super::{
    Kind,
    dice::Dice,
    draft::{Draft, Part, shown},
};
use crate::section;

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "this-module-name", about: "the name by which the module is known", apply: name },
    Kind { name: "this-module-size", about: "the size of struct module", apply: size },
    Kind { name: "this-module-init", about: "where init and exit are", apply: init },
    Kind { name: "this-module-no-init", about: "a module without init, or without exit", apply: no_init },
    Kind { name: "this-module-bytes", about: "other fields of struct module", apply: bytes },
    Kind { name: "this-module-removed", about: "no struct module", apply: removed },
];

/// `char name[MODULE_NAME_LEN]`; bytes.
const NAME_LEN: usize = 56;

fn table(draft: &Draft) -> Option<Part> {
    draft.named(".gnu.linkonce.this_module").filter(|part| draft.data(part).is_some())
}

fn name(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let at = table(draft)?.offset + fields::NAME;
    let names = [&b"another"[..], b"", b"../../up", b"with-a-dash", b"two\nlines", &[b'x'; NAME_LEN]];
    let to = dice.pick(&names)?;
    let mut field = to.to_vec();
    field.resize(NAME_LEN, 0);
    let old = draft.bytes().get(at..at.checked_add(NAME_LEN)?)?;
    let from = shown(old.split(|&byte| byte == 0).next()?);
    draft.overwrite(at, &field)?;
    Some(format!("struct module, name: '{from}' became '{}'", shown(to)))
}

fn size(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = table(draft)?;
    let size = part.size as u64;
    let to = *dice.pick(&[0, 24, 80, size - 1, size + 1, size / 2, size + 64])?;
    draft.set(format!("{}, sh_size", part.title()), part.header + section::SIZE, 8, to)
}

/// Where the record lies of the relocation that fills in init or exit, and which of the two.
fn relocation(draft: &Draft, dice: &mut Dice) -> Option<(usize, &'static str)> {
    let part = table(draft)?;
    let both = [(fields::INIT, "init"), (fields::EXIT, "exit")];
    let find = |(field, name)| Some((draft.relocation_of(part.number, field)?, name));
    let there: Vec<_> = both.into_iter().filter_map(find).collect();
    dice.pick(&there).copied()
}

fn init(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (at, name) = relocation(draft, dice)?;
    if dice.once_in(3) {
        let to = dice.below(fields::SIZE - 8) as u64;
        return draft.set(format!("struct module, {name}, the relocation's r_offset"), at, 8, to);
    }
    let to = dice.value(draft.number(at + 16, 8)?, 8, &[1, 0x1000, 1 << 20]);
    draft.set(format!("struct module, {name}, the relocation's r_addend"), at + 16, 8, to)
}

fn no_init(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (at, name) = relocation(draft, dice)?;
    draft.set(format!("struct module, {name}, the relocation's type (R_X86_64_NONE)"), at + 8, 4, 0)
}

fn bytes(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = table(draft)?;
    let place = dice.below(part.size.checked_sub(8)? / 8) * 8;
    let at = part.offset + place;
    let to = dice.value(draft.number(at, 8)?, 8, &[]);
    draft.set(format!("struct module, the 8 bytes at {place:#x}"), at, 8, to)
}

fn removed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = table(draft)?;
    match dice.once_in(2) {
        true => {
            draft.set(format!("{}, sh_type (it is gone)", part.title()), part.header + section::TYPE, 4, 0)
        }
        false => draft.rename(&part, ".gnu.linkonce.that_module"),
    }
}
