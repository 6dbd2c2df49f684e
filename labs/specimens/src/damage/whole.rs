//! Damage that knows nothing of the file: cut short, bytes changed, added, taken away.

use super::{Kind, dice::Dice, draft::Draft};

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "truncated", about: "a file that ends too soon", apply: truncated },
    Kind { name: "bytes-at-random", about: "one to eight bytes anywhere", apply: bytes },
    Kind { name: "bit", about: "one bit anywhere", apply: bit },
    Kind { name: "zeroed", about: "a run of zeros, as a bad disk has it", apply: zeroed },
    Kind { name: "appended", about: "bytes behind the end", apply: appended },
    Kind {
        name: "shifted",
        about: "a byte more or less, and all behind it in another place",
        apply: shifted,
    },
];

fn truncated(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let from = draft.bytes().len();
    let to = match dice.below(4) {
        0 => dice.below(from.min(65)),
        1 => from.saturating_sub(1 + dice.below(64)),
        _ => dice.below(from),
    };
    draft.bytes_mut().truncate(to);
    Some(format!("the file: {from} bytes became {to}"))
}

fn bytes(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let size = draft.bytes().len();
    let count = 1 + dice.below(8);
    let mut said = Vec::new();
    for _ in 0..count {
        let (at, to) = (dice.below(size), dice.byte());
        let byte = draft.bytes_mut().get_mut(at)?;
        said.push(format!("{at:#x}: {:#04x} became {to:#04x}", *byte));
        *byte = to;
    }
    Some(said.join(", "))
}

fn bit(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let at = dice.below(draft.bytes().len());
    let from = draft.number(at, 1)?;
    draft.set(format!("the byte at {at:#x}"), at, 1, from ^ 1 << dice.below(8))
}

fn zeroed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let size = draft.bytes().len();
    let (start, count) = (dice.below(size), 1 + dice.below(512));
    let end = start.saturating_add(count).min(size);
    draft.bytes_mut().get_mut(start..end)?.fill(0);
    Some(format!("the bytes from {start:#x} to {end:#x} became zero"))
}

fn appended(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let (from, count) = (draft.bytes().len(), 1 + dice.below(100));
    let bytes: Vec<u8> = (0..count).map(|_| dice.byte()).collect();
    draft.bytes_mut().extend_from_slice(&bytes);
    Some(format!("the file: {from} bytes became {}", from + count))
}

fn shifted(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let at = dice.below(draft.bytes().len());
    if dice.once_in(2) {
        let byte = dice.byte();
        draft.bytes_mut().insert(at, byte);
        return Some(format!("the file: a byte {byte:#04x} became part of it at {at:#x}"));
    }
    draft.bytes().get(at)?;
    let byte = draft.bytes_mut().remove(at);
    Some(format!("the file: the byte {byte:#04x} at {at:#x} became nothing"))
}
