//! One process of the fuzzer. `FUZZ_TARGET` names what it fuzzes, `FUZZ_SEEDS` the folder that gets the seeds; all
//! else is libFuzzer's.

#![cfg(feature = "libfuzzer")]
#![no_main]

use std::{env, fs, path::Path, process::exit, sync::LazyLock};

use fuzz::{TARGETS, Target, target};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use specimens::damage::damages;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = env::var("FUZZ_TARGET").unwrap_or_default();
    target(&name).unwrap_or_else(|| {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("FUZZ_TARGET is '{name}', and must be one of {}", names.join(", "));
        exit(2)
    })
});

fuzz_target!(init: sow(), |data: &[u8]| (TARGET.run)(data));

/// Writes the seeds, before libFuzzer reads its corpus.
fn sow() {
    let Some(folder) = env::var_os("FUZZ_SEEDS") else { return };
    for (number, seed) in (TARGET.seeds)().iter().enumerate() {
        let path = Path::new(&folder).join(format!("seed-{number:04}"));
        if let Err(error) = fs::write(&path, seed) {
            eprintln!("cannot write {}: {error}", path.display());
            exit(2);
        }
    }
}

// A module's fields are damaged as often as its bytes.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if TARGET.is_module && seed.is_multiple_of(2) {
        let damaged = damages(&data[..size], seed.into()).next();
        if let Some(damaged) = damaged.filter(|damaged| damaged.bytes.len() <= max_size) {
            data[..damaged.bytes.len()].copy_from_slice(&damaged.bytes);
            return damaged.bytes.len();
        }
    }
    fuzzer_mutate(data, size, max_size)
});
