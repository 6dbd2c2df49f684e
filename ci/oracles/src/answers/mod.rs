//! What Debian's compute modules compute, against independent implementations: each module is inserted into the finished
//! loader's simulated kernel and asked for many answers; crates, other people's published vectors, or a second and
//! plainer way to the same number say what they have to be.
//!
//! `check` says what a check is and what it stands on, `parent` and `worker` run them in processes of their own, and
//! every other file holds the checks of one family.

mod aeads;
mod aegis;
mod agreement;
mod async_tx;
mod bench;
mod blocks;
mod check;
mod ciphers;
mod codes;
mod compression;
mod crc;
mod curves;
mod digests;
mod function;
mod generators;
mod inputs;
mod libraries;
mod macs;
mod modes;
mod nls;
mod numbers;
mod parent;
mod raid;
mod report;
mod search;
mod selftests;
mod shash;
mod skciphers;
mod worker;

use std::{ops::Range, path::PathBuf};

use check::Check;

/// Which modules, and how many have to be right.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The modules: .../lib/modules/VERSION
    directory: PathBuf,
    /// The Module.symvers that they were built with
    #[arg(long)]
    symvers: PathBuf,
    /// How many modules at least have to be verified
    #[arg(long, default_value_t = 120)]
    at_least: usize,
    /// One JSON object instead of the table
    #[arg(long)]
    json: bool,
    /// Only the checks of modules whose name holds this
    #[arg(long, default_value = "")]
    only: String,
    /// Run this range of checks in this process, and print a line of JSON for each: how the checks are run
    #[arg(long, hide = true, value_parser = range)]
    worker: Option<Range<usize>>,
}

/// Runs every check; true when no answer was wrong and enough modules were verified.
pub fn compare(options: &Options) -> anyhow::Result<bool> {
    let checks = checks(&options.only);
    match &options.worker {
        Some(range) => worker::run(options, &checks, range.clone()),
        None => parent::run(options, &checks),
    }
}

/// Every check, family by family, of the modules whose name holds `only`.
fn checks(only: &str) -> Vec<Check> {
    let families: [fn() -> Vec<Check>; 17] = [
        crc::checks,
        compression::checks,
        codes::checks,
        raid::checks,
        numbers::checks,
        libraries::checks,
        search::checks,
        nls::checks,
        digests::checks,
        ciphers::checks,
        skciphers::checks,
        aeads::checks,
        generators::checks,
        curves::checks,
        agreement::checks,
        async_tx::checks,
        selftests::checks,
    ];
    let all = families.iter().flat_map(|family| family());
    all.filter(|check| check.modules.iter().any(|module| module.contains(only))).collect()
}

/// Two numbers with `-` between them.
fn range(text: &str) -> Result<Range<usize>, String> {
    let numbers = text.split_once('-').and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    numbers.ok_or_else(|| format!("'{text}' is no range FROM-TO"))
}
