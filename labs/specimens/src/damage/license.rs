//! The licence, which decides whether a module taints the kernel and which symbols it may use.

use super::{Kind, dice::Dice, draft::Draft, strings::Strings};

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "license-free", about: "another licence that the kernel takes as free", apply: free },
    Kind {
        name: "license-proprietary",
        about: "a licence that it does not take as free, or none",
        apply: proprietary,
    },
    Kind { name: "license-cut", about: "a licence with a NUL in it, and a second one", apply: cut },
];

fn set(draft: &mut Draft, dice: &mut Dice, licenses: &[&str]) -> Option<String> {
    let to = dice.pick(licenses)?.as_bytes();
    Strings::of(draft)?.set(draft, "license", Some(to))
}

fn free(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    const FREE: [&str; 6] =
        ["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"];
    set(draft, dice, &FREE)
}

fn proprietary(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    const NOT_FREE: [&str; 7] = ["Proprietary", "BSD", "gpl", "GPL ", " GPL", "GPL v3", ""];
    if dice.once_in(4) {
        return Strings::of(draft)?.set(draft, "license", None);
    }
    set(draft, dice, &NOT_FREE)
}

/// `GPL\0for files in…`: what follows the NUL is another string, as a driver of 2004 had it.
fn cut(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let cuts =
        [&b"GPL\0for nothing but this file"[..], b"Proprietary\0license=GPL", b"GPL\0license=Proprietary"];
    Strings::of(draft)?.set(draft, "license", dice.pick(&cuts).copied())
}
