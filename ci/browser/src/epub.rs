//! The book as an EPUB: readers of it run no scripts, so the diagrams become pictures and what is folded is opened; the
//! rest is pandoc's work.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use book_builder::assemble::About;
use serde::Deserialize;

use crate::{address, chromium::Chromium, tab::Clip, theme::Theme};

/// The cover's size in pixels.
const COVER: Clip = Clip { x: 0.0, y: 0.0, width: 1200.0, height: 1800.0, scale: 1.0 };
/// A diagram's pixels for each pixel of the page.
const SCALE: f64 = 2.0;

/// Where a diagram stands on the page.
#[derive(Deserialize)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Makes the book in `folder`, which calls itself `about`, into the file `to`.
///
/// # Errors
/// There is no browser or no pandoc, or the file cannot be written.
pub fn make(folder: &Path, about: &About, to: &Path) -> Result<()> {
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let scratch = scratch.path();
    let chromium = Chromium::start()?;
    let mut tab = chromium.tab()?;
    tab.choose(Theme::Light)?;
    tab.resize(1000)?;
    tab.go(&address::of(&folder.join("print.html")))?;
    let diagrams = tab.evaluate("inPage.takeDiagrams()")?.as_u64().unwrap_or_default();
    let text = tab.evaluate("inPage.forPaper()")?;
    let page = scratch.join("book.html");
    write(&page, text.as_str().context("the page has no text")?)?;
    for at in 0..diagrams {
        let place = serde_json::from_value(tab.evaluate(&format!("inPage.showTaken({at})"))?)?;
        let Place { x, y, width, height } = place;
        tab.clip(&scratch.join(format!("diagram-{at}.png")), &Clip { x, y, width, height, scale: SCALE })?;
    }
    tab.go(&address::of(&folder.join("cover.svg")))?;
    tab.clip(&scratch.join("cover.png"), &COVER)?;
    pandoc(scratch, about, to)
}

fn pandoc(scratch: &Path, about: &About, to: &Path) -> Result<()> {
    write(&scratch.join("book.css"), include_str!("epub.css"))?;
    let mut command = Command::new("pandoc");
    command.current_dir(scratch).args(["book.html", "--from=html", "--to=epub3", "--toc", "--toc-depth=2"]);
    command.args(["--epub-cover-image=cover.png", "--css=book.css"]);
    for (name, value) in [
        ("title", about.title.as_str()),
        ("description", &about.description),
        ("author", &about.authors),
        ("lang", &about.language),
        ("rights", "CC BY 4.0"),
    ] {
        command.arg(format!("--metadata={name}:{value}"));
    }
    command.arg("--output").arg(to).stdin(Stdio::null());
    let Ok(output) = command.output() else {
        bail!("there is no pandoc here, which makes EPUBs: on Debian and Ubuntu, `apt-get install pandoc`")
    };
    ensure!(output.status.success(), "pandoc: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
