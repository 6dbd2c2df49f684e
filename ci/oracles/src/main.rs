//! Compares the finished loader with kmod, GNU ld and independent implementations over all real modules.
//! Each comparison is one subcommand, in a file of its own; it prints counts and the first differences, and
//! exits with 1 where there is any. Nothing here runs in a plain `cargo test`.

mod btf;
mod depmod;
mod files;
mod ld;
mod modinfo;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Compares the finished loader with independent implementations over real modules.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    oracle: Oracle,
}

#[derive(Subcommand)]
enum Oracle {
    /// What the kernel's own type information says of the structure offsets in labs/abi
    Btf {
        /// Print this structure's fields with their offsets instead
        #[arg(long)]
        dump: Option<String>,
        /// The kernel: a vmlinuz compressed with xz, or a vmlinux
        vmlinuz: PathBuf,
    },
    /// What kmod's modinfo prints of every module
    Modinfo {
        /// Directories of modules, searched to the bottom
        #[arg(required = true)]
        directories: Vec<PathBuf>,
    },
    /// The files that kmod's depmod writes
    Depmod {
        /// The directory that holds lib/modules
        basedir: PathBuf,
        /// The kernel release, such as 6.1.0-56-amd64
        version: String,
    },
    /// What GNU ld makes of every module: each byte of each loaded section
    Ld {
        /// Directories of modules, searched to the bottom
        #[arg(required = true)]
        directories: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().oracle {
        Oracle::Btf { dump: None, vmlinuz } => btf::compare(&vmlinuz),
        Oracle::Btf { dump: Some(structure), vmlinuz } => btf::dump(&structure, &vmlinuz),
        Oracle::Modinfo { directories } => modinfo::compare(&directories),
        Oracle::Depmod { basedir, version } => depmod::compare(&basedir, &version),
        Oracle::Ld { directories } => ld::compare(&directories),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("oracles: {error:#}");
            ExitCode::FAILURE
        }
    }
}
