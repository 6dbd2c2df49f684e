//! `cargo course book`: builds the book and serves it, or only builds it.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{cargo::BOOK_BUILDER, progress::Progress, root::Root};

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
}

/// Builds the book, and serves it with live reload unless that is not wanted.
///
/// # Errors
/// A page is wrong, or the builder does not build.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    let mut builder = builder(root)?;
    if !options.no_serve {
        builder.arg("--serve").arg("--port").arg(options.port.to_string());
    }
    builder.args(options.open.then_some("--open"));
    let status = builder.status().context("cannot run the book's builder")?;
    ensure!(status.success(), "the book is not built: its builder's words are above");
    Ok(())
}

/// Builds the book, and returns its first page.
///
/// # Errors
/// As [`run`].
pub fn build(root: &Root) -> Result<PathBuf> {
    let mut builder = builder(root)?;
    let progress = Progress::spinner("building the book");
    let output = builder.stdin(Stdio::null()).output().context("cannot run the book's builder")?;
    drop(progress);
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the book is not built: {}", said.trim());
    Ok(root.target().join("book/index.html"))
}

fn builder(root: &Root) -> Result<Command> {
    let mut command = Command::new(BOOK_BUILDER.build(root)?);
    command.arg(root.path());
    Ok(command)
}
