//! The book's search, as a reader uses it.

use anyhow::{Context, Result};

use crate::tab::Tab;

/// Opens the search by its key on the page that `tab` shows, types `word`, and waits for results.
///
/// # Errors
/// There are none.
pub fn try_it(tab: &Tab, word: &str) -> Result<()> {
    tab.press("s")?;
    let field = "document.activeElement?.id === 'mdbook-searchbar'";
    tab.wait_for(field).context("the key s does not lead into the search field")?;
    tab.type_text(word)?;
    tab.wait_for("document.querySelector('#mdbook-searchresults li a') !== null")
        .with_context(|| format!("a search for '{word}' finds nothing"))?;
    tab.press("Escape")?;
    tab.wait_for("document.getElementById('mdbook-search-wrapper').classList.contains('hidden')")
        .context("the key Escape does not close the search")
}
