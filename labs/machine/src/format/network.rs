//! Addresses of the network, and UUIDs: `%pM`, `%pI4`, `%pI6c`, `%pIS`, `%pUb`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::bytes;

/// `%pM`, `%pMR`, `%pMF`, `%pm`.
pub(super) fn mac(bytes: &[u8], letter: u8, variant: u8) -> Vec<u8> {
    let separator = match (letter, variant) {
        (b'm', _) => "",
        (_, b'F') => "-",
        _ => ":",
    };
    let mut pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    if variant == b'R' {
        pairs.reverse();
    }
    pairs.join(separator).into_bytes()
}

/// `%pI4`, `%pI6`, `%pI6c`, `%pIS` and those with a small `i`; `None` for letters that mean nothing.
///
/// # Safety
/// `value` points to an address of that kind, or to a socket address for `S`.
pub(super) unsafe fn ip(value: u64, letters: &[u8]) -> Option<Vec<u8>> {
    let letter = |at: usize| letters.get(at).copied().unwrap_or(0);
    let separated = letter(0) == b'I';
    // SAFETY: the caller's promise, for each.
    unsafe {
        match letter(1) {
            b'4' => Some(v4(&bytes(value, 4), separated, letter(2))),
            b'6' => Some(v6(&bytes(value, 16), separated, letter(2) == b'c')),
            b'S' => socket(value, separated, letters),
            _ => None,
        }
    }
}

/// # Safety
/// `value` points to a `struct sockaddr_in` or `struct sockaddr_in6`.
unsafe fn socket(value: u64, separated: bool, letters: &[u8]) -> Option<Vec<u8>> {
    let has = |letter: u8| letters.get(2..).unwrap_or_default().contains(&letter);
    // SAFETY: the caller's promise: the family says which it is, and the port follows it.
    let (family, port, mut out) = unsafe {
        let head = bytes(value, 4);
        let family = u16::from_le_bytes([*head.first()?, *head.get(1)?]);
        let port = u16::from_be_bytes([*head.get(2)?, *head.get(3)?]);
        let address = match family {
            2 => v4(&bytes(value + 4, 4), separated, 0),
            10 => v6(&bytes(value + 8, 16), separated, has(b'c')),
            _ => return Some(b"(einval)".to_vec()),
        };
        (family, port, address)
    };
    if has(b'p') {
        if family == 10 {
            out.insert(0, b'[');
            out.push(b']');
        }
        out.extend(format!(":{port}").into_bytes());
    }
    Some(out)
}

/// Dotted; with a small `i` every part has three digits; `h` and `l` read it in the host's order.
fn v4(bytes: &[u8], separated: bool, order: u8) -> Vec<u8> {
    let mut parts = bytes.to_vec();
    if matches!(order, b'h' | b'l') {
        parts.reverse();
    }
    let show = |part: &u8| if separated { part.to_string() } else { format!("{part:03}") };
    parts.iter().map(show).collect::<Vec<_>>().join(".").into_bytes()
}

fn v6(bytes: &[u8], separated: bool, compressed: bool) -> Vec<u8> {
    let Some(octets) = bytes.first_chunk::<16>() else { return Vec::new() };
    let address = Ipv6Addr::from(*octets);
    if separated && compressed {
        return compress(address).into_bytes();
    }
    let words: Vec<String> = address.segments().iter().map(|word| format!("{word:04x}")).collect();
    words.join(if separated { ":" } else { "" }).into_bytes()
}

/// The longest run of zeroes as `::`; mapped and ISATAP addresses end in dots.
fn compress(address: Ipv6Addr) -> String {
    let words = address.segments();
    let isatap = matches!(words[4..6], [0x0000 | 0x0200, 0x5efe]);
    if address.to_ipv4_mapped().is_none() && !isatap {
        return std_like(&words);
    }
    let octets = address.octets();
    let last = Ipv4Addr::new(octets[12], octets[13], octets[14], octets[15]);
    let front = std_like(&words[..6]);
    let colon = if front.ends_with(':') { "" } else { ":" };
    format!("{front}{colon}{last}")
}

/// The words without leading zeroes, the first longest run of two zero words or more left out.
fn std_like(words: &[u16]) -> String {
    let run = |at: usize| words[at..].iter().take_while(|&&word| word == 0).count();
    let longest = (0..words.len()).map(run).max().unwrap_or(0);
    let show = |words: &[u16]| words.iter().map(|word| format!("{word:x}")).collect::<Vec<_>>().join(":");
    match (0..words.len()).find(|&at| longest > 1 && run(at) == longest) {
        Some(at) => format!("{}::{}", show(&words[..at]), show(&words[at + longest..])),
        None => show(words),
    }
}

/// `%pUb`, `%pUB`, `%pUl`, `%pUL`.
pub(super) fn uuid(bytes: &[u8], variant: u8) -> Vec<u8> {
    const LITTLE: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let little = matches!(variant, b'l' | b'L');
    let mut text = String::new();
    for (at, &from) in LITTLE.iter().enumerate() {
        let byte = bytes.get(if little { from } else { at }).copied().unwrap_or(0);
        text += &format!("{byte:02x}");
        if matches!(at, 3 | 5 | 7 | 9) {
            text.push('-');
        }
    }
    if matches!(variant, b'L' | b'B') { text.to_uppercase().into_bytes() } else { text.into_bytes() }
}
