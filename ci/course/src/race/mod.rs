//! A race as the book's explorer has it: a script with everything that can happen, which `book/widgets/race-explorer.js`
//! lets the reader drive through, and a fragment for the page, which stands there without it and on paper.

mod explored;
mod fragment;
mod merged;
mod script;
mod source;

use anyhow::{Context, Result, ensure};

use crate::{root::Root, trace};
use explored::Race;

/// The most that a page should have to load for one race; bytes.
const LARGEST: usize = 300 * 1024;

/// What is derived of one race.
pub struct Page {
    /// For `book/widgets/races/NAME.js`.
    pub script: String,
    /// For `book/widgets/races/NAME.md`, which a chapter includes.
    pub fragment: String,
}

/// Derives both from an explored scenario.
///
/// # Errors
/// The trace has not the form that `labs/explore/src/traces.rs` describes, a source that it names is not there, or there
/// is more of it than a page should load.
pub fn page(root: &Root, explored: &trace::Explored) -> Result<Page> {
    let name = &explored.name;
    let race = Race::read(&explored.trace).with_context(|| name.clone())?;
    let script = script::script(root, name, &race).with_context(|| name.clone())?;
    ensure!(
        script.len() <= LARGEST,
        "{name}: {} bytes are too much for a page: a scenario with fewer steps shows as much",
        script.len()
    );
    Ok(Page { script, fragment: fragment::fragment(name, &race) })
}
