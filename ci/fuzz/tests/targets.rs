//! What is fuzzed, without a fuzzer: every target takes its own seeds, and those of the others.

use std::collections::BTreeSet;

use fuzz::{TARGETS, modules, target};

#[test]
fn every_target_has_a_name_of_its_own_and_seeds_of_which_none_is_empty() {
    let names: BTreeSet<_> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len());
    for one in TARGETS {
        assert_eq!(target(one.name).map(|found| found.name), Some(one.name));
        let seeds = (one.seeds)();
        assert!(!seeds.is_empty() && seeds.iter().all(|seed| !seed.is_empty()), "{}", one.name);
    }
    assert!(target("nothing").is_none());
}

#[test]
fn no_target_panics_at_its_own_seeds_or_at_what_is_another_ones() {
    for one in TARGETS {
        (one.run)(b"");
        for seed in (one.seeds)() {
            (one.run)(&seed);
            (one.run)(&seed[..seed.len() / 2]);
        }
        for other in TARGETS {
            for seed in (other.seeds)().iter().take(5) {
                (one.run)(seed);
            }
        }
    }
}

#[test]
fn the_seeds_of_those_that_read_modules_are_sound_and_damaged() {
    let (sound, all) = (modules::sound(), modules::sound_and_damaged());
    assert!(sound.iter().all(|file| elf::Module::parse(file).is_ok()));
    assert!(all.len() > 10 * sound.len());
}
