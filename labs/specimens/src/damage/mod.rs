//! Damages module files, on purpose and in ways that can be told: one field at a time, another value each time.
//!
//! What a kernel (or a loader) makes of a damaged file is the best test of what it believes. Bytes changed at random
//! mostly hit code and strings that nobody checks; so most kinds of damage here know where the fields of
//! a module lie, and which values are on the edge of what a check lets through.
//!
//! ```
//! let sound = specimens::hello().build();
//! for damaged in specimens::damage::damages(&sound, 1).take(3) {
//!     println!("{}: {}", damaged.kind, damaged.what);
//! }
//! ```
//!
//! The same seed and the same file give the same damage on every computer.

mod dice;
mod draft;
mod exports;
mod header;
mod license;
mod modinfo;
mod parameters;
mod relocations;
mod sections;
mod signature;
pub mod stricter;
mod strings;
mod symbols;
mod this_module;
mod vermagic;
mod versions;
mod whole;

use std::fmt;

use dice::Dice;
use draft::Draft;
pub use signature::unsigned;

/// A way to damage a module.
pub struct Kind {
    /// A short name, fit for a file's.
    pub name: &'static str,
    /// What it damages, in a few words.
    pub about: &'static str,
    /// Damages the draft and says what was done; `None` where the module has nothing to be damaged in this way.
    apply: fn(&mut Draft, &mut Dice) -> Option<String>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Every kind of damage, in the order of the file's parts.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    let concepts = [
        header::KINDS,
        sections::KINDS,
        symbols::KINDS,
        relocations::KINDS,
        modinfo::KINDS,
        vermagic::KINDS,
        license::KINDS,
        versions::KINDS,
        exports::KINDS,
        parameters::KINDS,
        this_module::KINDS,
        signature::KINDS,
        whole::KINDS,
    ];
    concepts.into_iter().flatten()
}

/// A module with one damage.
#[derive(Debug)]
pub struct Damaged {
    /// Which kind of damage.
    pub kind: &'static Kind,
    /// What was done, as `FIELD: BEFORE became AFTER`.
    pub what: String,
    /// The damaged file.
    pub bytes: Vec<u8>,
}

/// Damages `file` in one way after the other, without end; the signature is cut off first, because a kernel that
/// finds a wrong one refuses the file and looks no further.
///
/// All kinds that `file` has something for come up equally often, in an order that `seed` decides.
pub fn damages(file: &[u8], seed: u64) -> Damages {
    let mut kinds: Vec<_> = kinds().collect();
    Dice::new(seed, 0).shuffle(&mut kinds);
    Damages { sound: Draft::new(unsigned(file).to_vec()), seed, kinds, turn: 0 }
}

/// How often a kind may throw its dice before the next one has its turn.
const THROWS: u64 = 6;

/// What [`damages`] returns. It ends where no kind finds anything to damage, as in an empty file.
#[derive(Debug)]
pub struct Damages {
    sound: Draft,
    seed: u64,
    kinds: Vec<&'static Kind>,
    /// How many turns the kinds have had.
    turn: u64,
}

impl Damages {
    /// Damages the file in this way only, with the dice of throw number `throw`.
    fn attempt(&self, kind: &'static Kind, throw: u64) -> Option<Damaged> {
        let mut draft = self.sound.clone();
        let what = (kind.apply)(&mut draft, &mut Dice::new(self.seed, throw))?;
        let bytes = draft.into_bytes();
        (bytes != self.sound.bytes()).then_some(Damaged { kind, what, bytes })
    }
}

impl Iterator for Damages {
    type Item = Damaged;

    fn next(&mut self) -> Option<Damaged> {
        for _ in 0..self.kinds.len() {
            let kind = *self.kinds.get((self.turn % self.kinds.len() as u64) as usize)?;
            self.turn += 1;
            // A throw may leave the file as it was.
            let mut throws = (0..THROWS).map(|throw| self.turn * THROWS + throw);
            if let Some(damaged) = throws.find_map(|throw| self.attempt(kind, throw)) {
                return Some(damaged);
            }
        }
        None
    }
}
