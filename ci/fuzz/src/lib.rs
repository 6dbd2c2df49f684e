//! Every parser of the course under libFuzzer: `cargo course fuzz` builds this with cargo-fuzz, runs it and says what
//! came of it.
//!
//! A target is a function that takes any bytes and must not panic, whatever they are. It may also say what must be
//! true of any bytes, as that a text that was written can be read again.

pub mod modules;
mod targets;

pub use targets::TARGETS;

/// One thing to be fuzzed.
pub struct Target {
    /// What `cargo course fuzz` calls it.
    pub name: &'static str,
    /// What is read, in a few words.
    pub about: &'static str,
    /// Whether the bytes are a module's file, and can be damaged as one.
    pub is_module: bool,
    /// Reads the bytes.
    pub run: fn(&[u8]),
    /// What to begin with: what a sound input looks like.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
