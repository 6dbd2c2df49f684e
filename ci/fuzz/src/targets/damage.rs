//! The generator of damaged modules itself, which must cope with what it made.

use specimens::damage::{damages, unsigned};

use crate::{Target, modules};

pub(super) const TARGET: Target = Target {
    name: "damage",
    about: "the generator of damaged modules, given what it made",
    is_module: true,
    run,
    seeds: modules::sound,
};

fn run(data: &[u8]) {
    let seed = data.iter().fold(0u64, |seed, &byte| seed.rotate_left(5) ^ u64::from(byte));
    for damaged in damages(data, seed).take(8) {
        assert_ne!(damaged.bytes, unsigned(data), "{}: {}", damaged.kind, damaged.what);
    }
}
