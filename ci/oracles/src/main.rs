//! Compares the finished loader with kmod, GNU ld and independent implementations over all real modules.
//! Each comparison is one subcommand, in a file of its own; it prints counts and the first differences, and
//! exits with 1 where there is any. Nothing here runs in a plain `cargo test`.

mod answers;
mod btf;
mod depmod;
mod files;
mod functions;
mod genksyms;
mod ld;
mod life;
mod modinfo;
mod referee;
mod stricter;
mod symvers;
mod versions;

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
    /// What compute modules answer, and what independent implementations say
    Answers(answers::Options),
    /// The lines of a kernel's Module.symvers for what the machine implements: labs/machine/Module.symvers
    Symvers {
        /// The Module.symvers in the kernel's headers
        symvers: PathBuf,
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
    /// What the kernel's genksyms makes of every C file that exports symbols
    Genksyms(genksyms::Options),
    /// The kernel's functions that the book names, in the kernel's sources
    Functions(functions::Options),
    /// The `__versions` of every module, written again
    Versions {
        /// The kernel's Module.symvers
        #[arg(long)]
        symvers: PathBuf,
        /// Directories of modules, searched to the bottom
        #[arg(required = true)]
        directories: Vec<PathBuf>,
    },
    /// The life of every module in a simulated kernel: in, out, in, out, and what it leaves behind
    Life(life::Options),
    /// What a real kernel under QEMU answers to every module and to damaged ones
    Referee(referee::Options),
    /// What a real kernel under QEMU does with the files that only our loader refuses
    Stricter(stricter::Options),
    /// Serves `life`: a process for kernels to live in
    #[command(hide = true)]
    LifeChild {
        /// The kernel's Module.symvers
        symvers: PathBuf,
        /// The modules' directory with depmod's files
        tree: PathBuf,
        /// Send the kernels' logs as well
        #[arg(long)]
        log: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().oracle {
        Oracle::Btf { dump: None, vmlinuz } => btf::compare(&vmlinuz),
        Oracle::Btf { dump: Some(structure), vmlinuz } => btf::dump(&structure, &vmlinuz),
        Oracle::Answers(options) => answers::compare(&options),
        Oracle::Symvers { symvers } => symvers::extract(&symvers),
        Oracle::Modinfo { directories } => modinfo::compare(&directories),
        Oracle::Depmod { basedir, version } => depmod::compare(&basedir, &version),
        Oracle::Ld { directories } => ld::compare(&directories),
        Oracle::Genksyms(options) => genksyms::compare(&options),
        Oracle::Functions(options) => functions::compare(&options),
        Oracle::Versions { symvers, directories } => versions::compare(&symvers, &directories),
        Oracle::Life(options) => life::run(&options),
        Oracle::Referee(options) => referee::run(&options),
        Oracle::Stricter(options) => stricter::run(&options),
        Oracle::LifeChild { symvers, tree, log } => life::serve(&symvers, tree, log).map(|()| true),
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
