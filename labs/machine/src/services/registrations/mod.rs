//! Buses, drivers, protocols, filesystems and hooks that modules register with. The machine has neither the hardware
//! nor the networks behind them: it notes who registered what, answers 0, and minds that each registration is taken
//! back. Linux: drivers/base/driver.c, net/core/dev.c, fs/filesystems.c and their like.
//!
//! These are stubs, and say so in the log. Which there are is a matter of tables: [`drivers`], [`network`], [`kernel`]
//! list pairs of functions, [`objects`] functions that make something and those that destroy it again, [`answers`]
//! those that do nothing and always say the same. What is implemented elsewhere counts instead of a stub of its name.

mod answers;
mod books;
mod drivers;
mod kernel;
mod network;
mod objects;
mod stub;
#[cfg(test)]
mod tests;

pub use books::Registration;

use std::{collections::BTreeMap, sync::OnceLock};

use stub::{Does, Stub};

use crate::Table;

/// A function that registers and what it goes by, then its twin that takes the registration back and what that one
/// goes by. What is registered counts as often as it was, whatever the rest of the arguments say.
#[derive(Clone, Copy)]
struct Pair(&'static str, Key, &'static str, Key);

/// What tells one registration from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    /// The first argument.
    First,
    /// The second argument.
    Second,
    /// A structure so many bytes inside of the one that the second argument points to.
    SecondPlus(u64),
    /// The `int` that the structure begins with to which the first argument points.
    IntAtFirst,
    /// The two words (`struct cb_id`) to which the first argument points.
    WordsAtFirst,
    /// There is never more than one.
    Nothing,
}

/// What functions make: their names, its size in bytes as `pahole` shows it, and who frees it by its first argument.
struct Object {
    makers: &'static [&'static str],
    size: u64,
    destroyers: &'static [&'static str],
}

pub(super) fn register(table: &mut Table<'_>) {
    static STUBS: OnceLock<Vec<Stub>> = OnceLock::new();
    STUBS.get_or_init(stubs).iter().for_each(|stub| stub::add(table, stub));
}

/// All the tables in one list, each name once: several functions may register what one takes back, and what takes
/// back may also destroy.
fn stubs() -> Vec<Stub> {
    let mut all: BTreeMap<&str, Vec<Does>> = BTreeMap::new();
    let mut add = |name, does| {
        let list = all.entry(name).or_default();
        if !list.contains(&does) {
            list.push(does);
        }
    };
    for Pair(register, key, undone_by, undone_key) in [drivers::PAIRS, network::PAIRS, kernel::PAIRS].concat()
    {
        add(register, Does::Register { undone_by, key });
        add(undone_by, Does::Unregister { key: undone_key });
    }
    for Object { makers, size, destroyers } in objects::OBJECTS {
        makers.iter().for_each(|name| add(name, Does::Make { size: *size }));
        destroyers.iter().for_each(|name| add(name, Does::Destroy));
    }
    answers::ANSWERS.iter().for_each(|(name, value)| add(name, Does::Answer(*value)));
    all.into_iter().map(|(name, does)| Stub { name, does }).collect()
}
