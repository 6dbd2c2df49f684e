//! The signature behind a module (scripts/sign-file.c, include/linux/module_signature.h).

use super::{Kind, dice::Dice, draft::Draft};
use crate::signed;

pub(super) const KINDS: &[Kind] =
    &[Kind { name: "signature", about: "a signature that cannot be one", apply: broken }];

const MARKER: &[u8] = b"~Module signature appended~\n";

/// The size of `struct module_signature`, whose last four bytes are the length of what is before it.
const DESCRIPTION: usize = 12;

/// The file without its signature; as it is where it has none.
pub fn unsigned(file: &[u8]) -> &[u8] {
    let cut = || {
        let rest = file.strip_suffix(MARKER)?;
        let (rest, description) = rest.split_at_checked(rest.len().checked_sub(DESCRIPTION)?)?;
        let length = u32::from_be_bytes(*description.last_chunk()?);
        rest.get(..rest.len().checked_sub(length as usize)?)
    };
    cut().unwrap_or(file)
}

fn broken(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let sound = draft.bytes().to_vec();
    let (said, file) = match dice.below(5) {
        0 => ("the marker, with nothing before it", [&sound, MARKER].concat()),
        1 => {
            let mut file = signed(&sound, b"blob");
            let at = file.len() - MARKER.len() - 4;
            file.get_mut(at..at + 4)?.copy_from_slice(&u32::MAX.to_be_bytes());
            ("one that is longer than the file", file)
        }
        2 => {
            // The kernel cuts off as much as the length says, sound file or not.
            let left = dice.below(64.min(sound.len()));
            let mut file = signed(&sound, b"");
            let length = ((sound.len() - left) as u32).to_be_bytes();
            let at = file.len() - MARKER.len() - 4;
            file.get_mut(at..at + 4)?.copy_from_slice(&length);
            ("one that leaves less than a header of the file", file)
        }
        3 => {
            let kind = dice.byte() % 2; // PKEY_ID_PGP, PKEY_ID_X509
            // The kernel cuts off no more than the marker then, and a header that is none is left of a short file.
            let is_short = dice.once_in(2);
            let short = 20 + dice.below(28);
            let mut file = signed(if is_short { sound.get(..short)? } else { &sound }, b"blob");
            let at = file.len() - MARKER.len() - DESCRIPTION + 2;
            *file.get_mut(at)? = kind;
            (
                if is_short {
                    "one that is not PKCS#7, behind half a header"
                } else {
                    "one that is not PKCS#7"
                },
                file,
            )
        }
        _ => {
            let mut file = signed(&sound, b"blob");
            file.pop();
            ("one whose marker is cut", file)
        }
    };
    *draft.bytes_mut() = file;
    Some(format!("the signature: none became {said}"))
}
