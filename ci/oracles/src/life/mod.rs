//! `oracles life`: every real module is inserted after what it depends on, removed again, and all that twice, each in
//! a simulated kernel of its own; what became of it, and what it left behind.

mod books;
mod child;
mod outcome;
pub mod plan;
mod pool;
mod report;
mod round;
mod without_init;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;

pub use child::serve;
use plan::Plan;

/// What the subcommand takes.
#[derive(Args)]
pub struct Options {
    /// A kernel release's directory of modules, such as /lib/modules/VERSION
    directory: PathBuf,
    /// That kernel's Module.symvers
    #[arg(long)]
    symvers: PathBuf,
    /// Fail where fewer inits return 0
    #[arg(long, default_value_t = 0)]
    at_least: usize,
    /// Only these modules
    #[arg(long, num_args = 1..)]
    only: Vec<String>,
    /// List the modules that came to this: alive, refused, missing, oops, dependency, unlinked, crashed, hung, unclean
    #[arg(long)]
    list: Vec<String>,
    /// Print each module's kernel log
    #[arg(long)]
    log: bool,
    /// Everything as JSON instead
    #[arg(long)]
    json: bool,
    /// Kernels at a time
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Seconds after which a module is taken to hang
    #[arg(long, default_value_t = 40)]
    patience: u64,
}

/// Lets every module live twice; true where enough did, all link, and none that lived left anything behind.
pub fn run(options: &Options) -> anyhow::Result<bool> {
    let plan = Plan::new(&options.directory)?;
    let only: BTreeSet<String> = options.only.iter().map(|name| name.replace('-', "_")).collect();
    let chosen: Vec<_> =
        plan.orders.iter().filter(|order| only.is_empty() || only.contains(&order.name)).cloned().collect();
    ensure!(!chosen.is_empty(), "no such modules");

    let start = Instant::now();
    let pool = pool::Pool {
        symvers: options.symvers.clone(),
        tree: plan.tree.path().to_owned(),
        with_log: options.log,
        workers: options.workers.max(1),
        patience: Duration::from_secs(options.patience),
    };
    let mut lives = pool.run(chosen)?;
    lives.sort_by(|a, b| a.name.cmp(&b.name));
    if options.json {
        println!("{}", serde_json::to_string_pretty(&lives)?);
    } else {
        report::print(&lives, &options.list, start.elapsed());
    }
    Ok(lives.iter().filter(|life| life.is_alive()).count() >= options.at_least
        && lives.iter().all(|life| life.linked && (life.is_clean() || life.explanation().is_some())))
}
