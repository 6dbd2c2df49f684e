//! Opens every page of the book in headless Chromium, as a reader would, without a network, and says what is wrong: in
//! light and in dark, on a telephone and at a desk, by keyboard and by the rules of accessibility.

mod address;
mod axe;
mod check;
mod chromium;
mod connection;
mod epub;
mod links;
mod look;
mod pdf;
mod report;
mod search;
mod tab;
mod theme;
mod widgets;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result};
use book_builder::assemble;
use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Arguments {
    /// The root of the course
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// A book that is built already; otherwise it is built first
    #[arg(long)]
    book: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Look at every page, and say what is wrong
    Check {
        /// Write a picture of each page into this folder, at each width, light and dark
        #[arg(long)]
        screenshots: Option<PathBuf>,
        /// For a program to read
        #[arg(long)]
        json: bool,
        /// How many tabs are open at once
        #[arg(long, default_value_t = 3)]
        tabs: usize,
    },
    /// Print the whole book into a PDF file
    Pdf {
        /// The file
        out: PathBuf,
    },
    /// Make the whole book into an EPUB file, with pandoc
    Epub {
        /// The file
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is well.
fn run(arguments: &Arguments) -> Result<bool> {
    let root = absolute(&arguments.root)?;
    let (book, seconds_to_build) = match &arguments.book {
        Some(book) => (absolute(book)?, None),
        None => {
            let (book, began) = (root.join("target/book"), Instant::now());
            assemble::build(&root, &root, &book)?;
            (book, Some(began.elapsed().as_secs_f64()))
        }
    };
    match &arguments.command {
        Command::Check { screenshots, json, tabs } => {
            let mut report = check::check(&root, &book, *tabs, screenshots.as_deref())?;
            report.seconds_to_build = seconds_to_build;
            match json {
                true => println!("{}", serde_json::to_string_pretty(&report)?),
                false => println!("{report}"),
            }
            Ok(report.findings.is_empty())
        }
        Command::Pdf { out } => pdf::print(&book, &beside(out)?).map(|()| true),
        Command::Epub { out } => epub::make(&book, &assemble::about(&root)?, &beside(out)?).map(|()| true),
    }
}

/// The place of a file that need not be there yet, wherever a program is that is told of it.
fn beside(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("there is no place called {}", path.display()))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("cannot open {}", path.display()))
}
