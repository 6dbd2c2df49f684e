//! What a module says of itself: the strings of `.modinfo`.

use super::{
    Kind,
    dice::Dice,
    draft::{Draft, shown},
    strings::Strings,
};
use crate::section;

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "modinfo-removed", about: "one string of .modinfo less", apply: removed },
    Kind { name: "modinfo-changed", about: "another value for a key", apply: changed },
    Kind { name: "modinfo-doubled", about: "a key twice, with two values", apply: doubled },
    Kind { name: "modinfo-key", about: "another key for a value", apply: key },
    Kind { name: "modinfo-flags", about: "intree, retpoline, staging, livepatch, test", apply: flags },
    Kind { name: "modinfo-name", about: "the name that messages have", apply: name },
    Kind { name: "modinfo-depends", about: "what modprobe loads first", apply: depends },
    Kind { name: "modinfo-import-ns", about: "the namespaces that it imports", apply: import_ns },
    Kind { name: "modinfo-unterminated", about: "no NUL behind the last string", apply: unterminated },
    Kind { name: "modinfo-empty", about: ".modinfo without a byte", apply: empty },
];

/// The keys that the kernel or kmod reads, as far as the module has them; or any.
fn any(strings: &Strings, dice: &mut Dice) -> Option<usize> {
    const READ: [&str; 8] =
        ["license", "vermagic", "name", "depends", "import_ns", "intree", "retpoline", "version"];
    let read: Vec<usize> = READ.iter().filter_map(|key| strings.position(key)).collect();
    let any = dice.below(strings.all.len());
    if dice.once_in(4) { Some(any) } else { dice.pick(&read).copied().or(Some(any)) }
}

fn removed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let mut strings = Strings::of(draft)?;
    let at = any(&strings, dice).filter(|&at| at < strings.all.len())?;
    let string = strings.all.remove(at);
    strings.write(draft)?;
    Some(format!(".modinfo: '{}' became nothing", shown(&string)))
}

fn changed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let mut strings = Strings::of(draft)?;
    let at = any(&strings, dice)?;
    let string = strings.all.get_mut(at)?;
    let from = shown(string);
    let value = string.iter().position(|&byte| byte == b'=').map_or(0, |equals| equals + 1);
    match dice.below(5) {
        0 => string.truncate(value),
        1 => string.truncate(value + string.len().saturating_sub(value) / 2),
        2 => string.push(b' '),
        3 => string.extend_from_slice(&b"long".repeat(300)),
        _ => {
            let at = value + dice.below(string.len().checked_sub(value)?);
            *string.get_mut(at)? = dice.byte().max(1);
        }
    }
    let to = shown(string);
    strings.write(draft)?;
    Some(format!(".modinfo: '{from}' became '{to}'"))
}

fn doubled(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let mut strings = Strings::of(draft)?;
    let at = any(&strings, dice)?;
    let string = strings.all.get(at)?.clone();
    let key = string.split(|&byte| byte == b'=').next()?;
    let other = [key, b"=other"].concat();
    let (first, second) = if dice.once_in(2) { (other, string.clone()) } else { (string.clone(), other) };
    let said = format!(".modinfo: '{}' became '{}' and '{}'", shown(&string), shown(&first), shown(&second));
    *strings.all.get_mut(at)? = first;
    strings.all.insert(at + 1, second);
    strings.write(draft)?;
    Some(said)
}

fn key(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let mut strings = Strings::of(draft)?;
    let at = any(&strings, dice)?;
    let string = strings.all.get_mut(at)?;
    let from = shown(string);
    let length = string.iter().position(|&byte| byte == b'=').unwrap_or(string.len());
    match dice.below(3) {
        0 => drop(string.drain(..length)),
        1 => *string.get_mut(length)? = b' ',
        _ => *string.get_mut(dice.below(length))? = dice.byte().max(1),
    }
    let to = shown(string);
    strings.write(draft)?;
    Some(format!(".modinfo: '{from}' became '{to}'"))
}

fn flags(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    const FLAGS: [&str; 5] = ["intree", "retpoline", "staging", "livepatch", "test"];
    let strings = Strings::of(draft)?;
    let flag = dice.pick(&FLAGS)?;
    let to = match strings.value(flag) {
        Some(_) => None,
        None => Some(dice.pick(&[&b"Y"[..], b"N", b""]).copied()?),
    };
    strings.set(draft, flag, to)
}

fn name(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let strings = Strings::of(draft)?;
    let long = b"long".repeat(20);
    let names =
        [&b"another"[..], b"", b"with-a-dash", b"with a space", b"../../up", b"two\nlines", b"%s%n", &long];
    let to = dice.pick(&names)?;
    strings.set(draft, "name", Some(to).filter(|_| !dice.once_in(6)).copied())
}

fn depends(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let strings = Strings::of(draft)?;
    let own = strings.value("name").unwrap_or_default().to_vec();
    let to = dice.pick(&[&b"nowhere"[..], b"nowhere,elsewhere", b",,", &own])?.to_vec();
    strings.set(draft, "depends", Some(&to))
}

fn import_ns(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let strings = Strings::of(draft)?;
    let to = match strings.value("import_ns") {
        Some(_) if dice.once_in(2) => None,
        _ => Some(dice.pick(&[&b"ANOTHER"[..], b"", b"CRYPTO_INTERNAL"]).copied()?),
    };
    strings.set(draft, "import_ns", to)
}

fn unterminated(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = draft.named(".modinfo")?;
    let data = draft.data(&part)?;
    // Short of the last NUL, or somewhere in the middle of a string.
    let to = if dice.once_in(2) { data.len() - 1 } else { dice.below(data.len()) };
    draft.set(format!("{}, sh_size", part.title()), part.header + section::SIZE, 8, to as u64)
}

fn empty(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let part = draft.named(".modinfo")?;
    if dice.once_in(2) {
        return draft.set(format!("{}, sh_size", part.title()), part.header + section::SIZE, 8, 0);
    }
    let zeros = vec![0; draft.data(&part)?.len()];
    draft.overwrite(part.offset, &zeros)?;
    Some(format!("{}: its {} bytes became zero", part.title(), zeros.len()))
}
