//! Addresses as symbols, and as numbers that stand for them.

use std::{
    hash::{BuildHasher, RandomState},
    sync::OnceLock,
};

use crate::task::try_current;

/// `%pS`, `%ps` or `%pB`: the symbol that `address` lies in, or the address itself.
pub(super) fn symbol(address: u64, letter: u8) -> String {
    // A return address may lie behind the end of its function, where the call was the last instruction.
    let back = u64::from(letter == b'B');
    let place = try_current().and_then(|current| current.machine().symbolize(address.wrapping_sub(back)));
    match place {
        Some(mut place) if letter == b's' => {
            place.module = place.module.map(|module| format!(" [{module}]"));
            format!("{}{}", place.symbol, place.module.unwrap_or_default())
        }
        Some(mut place) => {
            place.offset += back;
            place.to_string()
        }
        None => format!("{address:#x}"),
    }
}

/// A number of 32 bits for `address`: the same for the same address as long as the process lives.
pub(super) fn hash(address: u64) -> u64 {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    KEY.get_or_init(RandomState::new).hash_one(address) & 0xffff_ffff
}
