//! The finished loader's command line: a simulated kernel with a shell on it, and the tools that need no kernel.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use loader::{commands, genksyms, modpost, setup::Setup};

/// Boots a simulated kernel and loads real modules into it.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Without a command: boots the kernel and opens its shell. Type `help` there."
)]
struct Arguments {
    #[command(flatten)]
    setup: Setup,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Boot the kernel and type a script's lines at its shell; the transcript goes to standard output.
    /// Stops at the first failing command that is not marked with `!`
    Run {
        /// The script: one command a line, `#` before a remark
        script: PathBuf,
    },
    /// Say what modules say of themselves, as kmod's modinfo does
    Modinfo {
        /// Print this field only
        #[arg(short = 'F', long)]
        field: Option<String>,
        /// End each line with a NUL
        #[arg(short = '0', long)]
        null: bool,
        /// Module files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write modules.dep and its siblings, as kmod's depmod does
    Depmod {
        /// The directory that holds lib/modules
        #[arg(short, long, default_value = "/")]
        basedir: PathBuf,
        /// The kernel release whose modules are meant
        version: String,
        /// Where the files are written
        #[arg(short, long)]
        outdir: PathBuf,
    },
    /// Read preprocessed C and print the version of each exported symbol, as the kernel's scripts/genksyms does
    Genksyms(genksyms::Options),
    /// Write the C text that finishes compiled modules: versions, dependencies, struct module
    Modpost(modpost::Options),
    /// Judge modules without loading them: one line a file, tab-separated: path, OK or the errno's name, the
    /// kernel's messages
    Verdict(commands::Verdicts),
    /// Compress a table of symbols as the kernel does and say what it takes; or look places of an oops up in it
    Kallsyms {
        /// Lines of address, letter and name: /proc/kallsyms, System.map, or what nm prints
        table: PathBuf,
        /// 0x… or NAME+0x…, as an oops has them
        places: Vec<String>,
    },
    /// Write the final bytes of every allocated section, and a map of them
    Link {
        /// Where the module's first byte goes
        #[arg(long, value_parser = commands::address)]
        base: u64,
        /// The address of every undefined symbol
        #[arg(long, value_parser = commands::address, default_value = "0x1000")]
        undefined: u64,
        /// The module file
        file: PathBuf,
        /// The directory for the sections and the map
        #[arg(short, long)]
        outdir: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = io::stdout().lock();
    let outcome = match arguments.command {
        None => commands::shell(&arguments.setup, &mut out),
        Some(Command::Run { script }) => commands::run(&arguments.setup, &script, &mut out),
        Some(Command::Modinfo { field, null, files }) => {
            commands::modinfo(&files, field.as_deref(), null, &mut out)
        }
        Some(Command::Depmod { basedir, version, outdir }) => commands::depmod(&basedir, &version, &outdir),
        Some(Command::Genksyms(options)) => genksyms::run(&options, &mut out),
        Some(Command::Modpost(options)) => modpost::run(&options),
        Some(Command::Verdict(asked)) => commands::verdict(&asked, &mut out),
        Some(Command::Kallsyms { table, places }) => commands::kallsyms(&table, &places, &mut out),
        Some(Command::Link { base, undefined, file, outdir }) => {
            commands::link(&file, base, undefined, &outdir)
        }
    };
    let outcome = outcome.and_then(|()| Ok(out.flush()?));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loader: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes in one line.
fn one_line(error: &anyhow::Error) -> String {
    format!("{error:#}").replace('\n', " | ")
}

/// Whether the reader of our output has seen enough, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
