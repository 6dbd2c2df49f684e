//! `cargo course book`: builds the book and serves it, or only builds it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{
    cargo::{BOOK_BUILDER, BROWSER},
    originals,
    progress::Progress,
    root::Root,
};

/// The options of `cargo course book`.
#[derive(Debug, Args)]
pub struct Options {
    /// Build it and print its address, without serving it
    #[arg(long)]
    no_serve: bool,
    /// Open it in the browser
    #[arg(long)]
    open: bool,
    /// The port that it is served on
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Print the whole book into this PDF file, with Chromium
    #[arg(long, value_name = "FILE", conflicts_with = "open")]
    pdf: Option<PathBuf>,
    /// Make the whole book into this EPUB file, with Chromium and pandoc
    #[arg(long, value_name = "FILE", conflicts_with = "open")]
    epub: Option<PathBuf>,
    /// Only print what each chapter has: words, listings, diagrams, predictions, questions, widgets
    #[arg(long)]
    figures: bool,
    /// Only put the library of the diagrams where `mdbook build` takes it from
    #[arg(long)]
    for_mdbook: bool,
}

/// Builds the book, and serves it with live reload unless that is not wanted.
///
/// # Errors
/// A page is wrong, or the builder does not build.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    if !originals::has_solutions(root) {
        println!("The book came with this copy of the course: file://{}", page(root).display());
        return Ok(());
    }
    for (format, file) in [("pdf", &options.pdf), ("epub", &options.epub)] {
        if let Some(file) = file {
            make(root, format, file)?;
        }
    }
    if options.pdf.is_some() || options.epub.is_some() {
        return Ok(());
    }
    let mut builder = builder(root)?;
    if options.figures {
        builder.arg("--figures");
    } else if options.for_mdbook {
        builder.arg("--for-mdbook");
    } else if !options.no_serve {
        builder.arg("--serve").arg("--port").arg(options.port.to_string());
    }
    builder.args(options.open.then_some("--open"));
    let status = builder.status().context("cannot run the book's builder")?;
    ensure!(status.success(), "the book is not built: its builder's words are above");
    Ok(())
}

/// Builds the book and makes `file` of it.
fn make(root: &Root, format: &str, file: &Path) -> Result<()> {
    let mut browser = Command::new(BROWSER.build(root)?);
    browser.arg("--root").arg(root.path()).arg(format).arg(file).stdin(Stdio::null());
    let progress = Progress::spinner(&format!("making {}", file.display()));
    let output = browser.output().context("cannot run what drives the browser")?;
    drop(progress);
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{} is not made: {}",
        file.display(),
        said.trim().trim_start_matches("error: ")
    );
    println!("The book is in {}.", file.display());
    Ok(())
}

/// Builds the book, and returns its first page.
///
/// # Errors
/// As [`run`].
pub fn build(root: &Root) -> Result<PathBuf> {
    run_builder(builder(root)?)?;
    Ok(page(root))
}

/// Builds the book whose sources are below `sources` into `out`.
///
/// # Errors
/// As [`run`].
pub fn build_from(root: &Root, sources: &Path, out: &Path) -> Result<()> {
    let mut builder = builder(root)?;
    builder.arg("--sources").arg(sources).arg("--out").arg(out);
    run_builder(builder)
}

fn run_builder(mut builder: Command) -> Result<()> {
    let progress = Progress::spinner("building the book");
    let output = builder.stdin(Stdio::null()).output().context("cannot run the book's builder")?;
    drop(progress);
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the book is not built: {}", said.trim());
    Ok(())
}

/// The book's first page: what was built, or in a copy of the course without solutions the one that came with it.
pub fn page(root: &Root) -> PathBuf {
    match originals::has_solutions(root) {
        true => root.target().join("book/index.html"),
        false => root.join("book/index.html"),
    }
}

fn builder(root: &Root) -> Result<Command> {
    let mut command = Command::new(BOOK_BUILDER.build(root)?);
    command.arg(root.path());
    Ok(command)
}
