//! `cargo course`: the course's tool.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use course::{
    book, check, damage, demo, export, fuzz, hint, interrupt, layout, modules, mutants, prove, referee,
    reset, root::Root, start, status, sync, trace, trouble, watch,
};

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
    /// Run the tests of a lab and explain what they say
    Check(check::Options),
    /// Check a lab each time one of its files is saved
    Watch(watch::Options),
    /// Show one hint more for the task at hand
    Hint(hint::Options),
    /// Begin a lab again; what you wrote is kept
    Reset(reset::Options),
    /// Take the reference for a lab and go on; what you wrote is kept
    FastForward(reset::Options),
    /// Make a class's copy of the course, without solutions
    Export(export::Options),
    /// Prove of the labs what the course promises of each
    Prove(prove::Options),
    /// Change the solutions in small ways, and see whether the tests notice
    Mutants(mutants::Options),
    /// Damage modules in ways that are told, to see what a loader or a kernel makes of them
    Damage(damage::Options),
    /// Give every parser of the course bytes that nobody would think of, and see whether one panics
    Fuzz(fuzz::Options),
    /// Ask a real kernel what it says of modules, and the loader too
    Referee(referee::Options),
    /// Explore the labs' races, and write every interleaving for the book's explorer
    Trace(trace::Options),
    /// Write again what the repository derives: the starters, the sessions printed in book and README
    Sync(sync::Options),
}

fn main() -> ExitCode {
    interrupt::say_so();
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", layout::wrapped_for_stderr(&format!("error: {}", trouble::sentence(&error))));
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
        Some(Command::Check(options)) => check::run(&root, options),
        Some(Command::Watch(options)) => watch::run(&root, options),
        Some(Command::Hint(options)) => hint::run(&root, options),
        Some(Command::Reset(options)) => reset::reset(&root, options),
        Some(Command::FastForward(options)) => reset::fast_forward(&root, options),
        Some(Command::Export(options)) => export::run(&root, options),
        Some(Command::Prove(options)) => prove::run(&root, options),
        Some(Command::Mutants(options)) => mutants::run(&root, options),
        Some(Command::Damage(options)) => damage::run(options),
        Some(Command::Fuzz(options)) => fuzz::run(&root, options),
        Some(Command::Referee(options)) => referee::run(&root, options),
        Some(Command::Trace(options)) => trace::run(&root, options),
        Some(Command::Sync(options)) => sync::run(&root, options),
    }
}
