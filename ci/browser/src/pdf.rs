//! The whole book as one PDF file: the page for printing, printed by the browser.

use std::path::Path;

use anyhow::Result;

use crate::{address, chromium::Chromium, theme::Theme};

/// Prints the book in `folder` into the file `to`.
///
/// # Errors
/// There is no browser, or the file cannot be written.
pub fn print(folder: &Path, to: &Path) -> Result<()> {
    let chromium = Chromium::start()?;
    let mut tab = chromium.tab()?;
    tab.choose(Theme::Light)?;
    tab.go(&address::of(&folder.join("print.html")))?;
    tab.print(to)
}
