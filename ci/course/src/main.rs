//! `cargo course`: the course's tool.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use course::{book, demo, interrupt, modules, root::Root, start, status, sync, trouble};

/// Loadable: build the Linux module loader in Rust.
#[derive(Parser)]
#[command(
    bin_name = "cargo course",
    version,
    after_help = "Without a command: builds the finished loader, loads a module with it, builds the book, and says where to go on."
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Load a module into a simulated kernel, before your eyes
    Demo,
    /// Build the book and serve it on this machine
    Book(book::Options),
    /// Find or fetch the modules of a real kernel
    Modules(modules::Options),
    /// Say what there is, and what is next
    Status(status::Options),
    /// Write again what the repository derives: the sessions printed in book and README
    Sync(sync::Options),
}

fn main() -> ExitCode {
    interrupt::say_so();
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", trouble::sentence(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let root = Root::here()?;
    match &arguments.command {
        None => start::run(&root),
        Some(Command::Demo) => demo::run(&root),
        Some(Command::Book(options)) => book::run(&root, options),
        Some(Command::Modules(options)) => modules::run(&root, options),
        Some(Command::Status(options)) => status::run(&root, options),
        Some(Command::Sync(options)) => sync::run(&root, options),
    }
}
