//! From the sources in `book/` to pages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use mdbook_driver::{MDBook, config::Config};
use mdbook_mermaid::Mermaid;

use crate::diagrams;

/// Builds the book whose sources are below `sources`, of the course at `root`, into `out`; returns its first page.
///
/// # Errors
/// A page cannot be read or rendered, or includes something that is not there.
pub fn build(root: &Path, sources: &Path, out: &Path) -> Result<PathBuf> {
    let mut book = MDBook::load(sources).context("cannot read the book")?;
    book.config.build.build_dir = out.to_path_buf();
    book.with_preprocessor(Mermaid);
    book.build().context("cannot build the book")?;
    check_includes(&book, out)?;
    diagrams::put_library(root, out)?;
    Ok(out.join("index.html"))
}

/// What the book says of itself in `book.toml`.
#[derive(Debug)]
pub struct About {
    /// Its name
    pub title: String,
    /// A sentence
    pub description: String,
    /// Those who wrote it
    pub authors: String,
    /// What it is written in, as a language tag
    pub language: String,
}

/// What the book of the course at `root` says of itself.
///
/// # Errors
/// `book.toml` cannot be read.
pub fn about(root: &Path) -> Result<About> {
    let path = root.join("book.toml");
    let book = Config::from_disk(&path).with_context(|| format!("cannot read {}", path.display()))?.book;
    Ok(About {
        title: book.title.unwrap_or_default(),
        description: book.description.unwrap_or_default(),
        authors: book.authors.join(", "),
        language: book.language.unwrap_or_default(),
    })
}

/// mdBook only logs an include that it cannot resolve, and leaves it standing in the page; an anchor that is not in the
/// file leaves an empty listing. Neither must pass.
fn check_includes(book: &MDBook, out: &Path) -> Result<()> {
    for item in book.iter() {
        let mdbook_driver::book::BookItem::Chapter(chapter) = item else { continue };
        let Some(source) = &chapter.path else { continue };
        let page = out.join(source).with_extension("html");
        let page = if source.ends_with("README.md") { page.with_file_name("index.html") } else { page };
        let html =
            std::fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
        let is_whole = !html.contains("{{#") && !html.contains("></code></pre>");
        ensure!(is_whole, "book/{}: something that it includes is not there", source.display());
    }
    Ok(())
}
