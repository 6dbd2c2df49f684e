//! Loads, opens, reads, closes and removes the course's modules on all CPUs at once, for as many rounds as are asked for:
//! `cargo run --release -p loader-solution --example soak -- --rounds 20000 --cpus 4`.

mod soak;

use std::process::ExitCode;

use clap::Parser;

/// Loads, opens, reads and removes modules on all CPUs at once, and looks for what is left.
#[derive(Parser)]
struct Arguments {
    /// How often each CPU loads and removes a module
    #[arg(long, default_value_t = 5000)]
    rounds: u32,
    /// How many simulated CPUs
    #[arg(long, default_value_t = 4)]
    cpus: usize,
    /// How many removals by force under a sleeping call follow, each of which must end in an oops
    #[arg(long, default_value_t = 20)]
    forced: u32,
}

fn main() -> ExitCode {
    let Arguments { rounds, cpus, forced } = Arguments::parse();
    let report = soak::soak(cpus, rounds, forced);
    println!("{report}");
    if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
