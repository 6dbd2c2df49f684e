//! The course's own modules, sound and damaged, for those who read modules.

use std::{fs, path::Path};

use specimens::damage::damages;

/// The files of the course's own modules, and the smallest one that is written byte by byte.
///
/// # Panics
/// There is no C compiler: then nothing is worth fuzzing.
pub fn sound() -> Vec<Vec<u8>> {
    let built = course_modules::cached().expect("the course's own modules can be built here");
    let files = built.iter().map(|module| fs::read(&module.path).expect("what was built can be read"));
    files.chain([specimens::hello().build()]).collect()
}

/// The same, and each of them damaged in many ways.
pub fn sound_and_damaged() -> Vec<Vec<u8>> {
    let sound = sound();
    let damaged: Vec<_> =
        sound.iter().flat_map(|file| damages(file, 1).take(20).map(|damaged| damaged.bytes)).collect();
    [sound, damaged].concat()
}

/// `hello`, with these bytes as its section `name`.
pub fn hello_with(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut hello = specimens::hello();
    hello.named(name).data = bytes.to_vec();
    hello.build()
}

/// The sections of this name in the course's own modules.
pub fn sections(name: &str) -> Vec<Vec<u8>> {
    let section = |file: &Vec<u8>| {
        let module = elf::Module::parse(file).ok()?;
        Some(module.sections.get(module.section_named(name)?)?.data.to_vec())
    };
    sound().iter().filter_map(section).collect()
}

/// The files of a folder of the course that have this ending.
pub fn files_in(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut paths: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == ending));
    paths.sort();
    paths.into_iter().filter_map(|path| fs::read(path).ok()).collect()
}
