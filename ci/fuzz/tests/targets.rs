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

#[test]
fn every_dictionary_is_a_targets_and_every_line_of_it_is_a_word() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries");
    for entry in
        std::fs::read_dir(folder).expect("the dictionaries").map(|entry| entry.expect("a file").path())
    {
        let name = entry.file_stem().and_then(|name| name.to_str()).expect("a name");
        assert!(target(name).is_some(), "{}: nothing of that name is fuzzed", entry.display());
        let text = std::fs::read_to_string(&entry).expect("it can be read");
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let word = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            assert!(word.is_some_and(|word| !word.is_empty() && !word.contains('"')), "{name}: {line}");
        }
    }
}
