//! The version magic: which kernel a module was built for.

use super::{Kind, dice::Dice, draft::Draft, strings::Strings};

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "vermagic-release", about: "the version magic's release", apply: release },
    Kind { name: "vermagic-word", about: "a word of it more or less", apply: word },
    Kind { name: "vermagic-space", about: "its spaces", apply: space },
    Kind { name: "vermagic-other", about: "another kernel's, or none", apply: other },
];

/// The release, and what follows from the first space on.
fn parted(strings: &Strings) -> Option<(Vec<u8>, Vec<u8>)> {
    let vermagic = strings.value("vermagic")?;
    let space = vermagic.iter().position(|&byte| byte == b' ').unwrap_or(vermagic.len());
    Some((vermagic.get(..space)?.to_vec(), vermagic.get(space..)?.to_vec()))
}

fn release(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let strings = Strings::of(draft)?;
    let (_, rest) = parted(&strings)?;
    let to = dice.pick(&["6.1.0", "6.1.0-1-rt-amd64", "6.12.1", "2.6.0", ""])?;
    strings.set(draft, "vermagic", Some(&[to.as_bytes(), &rest].concat()))
}

fn word(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let strings = Strings::of(draft)?;
    let (release, rest) = parted(&strings)?;
    let rest = String::from_utf8_lossy(&rest).into_owned();
    let mut words: Vec<&str> = rest.split_whitespace().collect();
    let at = dice.below(words.len());
    match dice.below(3) {
        0 if at < words.len() => drop(words.remove(at)),
        1 if at < words.len() => *words.get_mut(at)? = "preempt_rt",
        _ => words.insert(at, dice.pick(&["SMP", "preempt", "modversions", "RANDSTRUCT", "gcc-2.95"])?),
    }
    let to = format!("{} {} ", String::from_utf8_lossy(&release), words.join(" "));
    strings.set(draft, "vermagic", Some(to.as_bytes()))
}

fn space(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let strings = Strings::of(draft)?;
    let vermagic = String::from_utf8_lossy(strings.value("vermagic")?).into_owned();
    let to = match dice.below(4) {
        0 => vermagic.trim_end().to_owned(),
        1 => vermagic.replace(' ', "  "),
        2 => format!(" {vermagic}"),
        _ => vermagic.replace(' ', "\t"),
    };
    strings.set(draft, "vermagic", Some(to.as_bytes()))
}

fn other(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let strings = Strings::of(draft)?;
    let others = [
        "",
        " ",
        "2.5.48 SMP preempt gcc-2.95",
        "6.1.0-18-686-pae SMP mod_unload modversions 686 ",
        "6.1.0-18-arm64 SMP mod_unload modversions aarch64",
    ];
    let to = dice.pick(&others)?.as_bytes();
    strings.set(draft, "vermagic", Some(to).filter(|_| !dice.once_in(4)))
}
