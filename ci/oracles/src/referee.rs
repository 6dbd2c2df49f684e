//! `oracles referee`: what Linux itself, booted under QEMU, answers to every module and to damaged ones, and what the
//! finished loader says to the same files.

mod damaged;
mod known;
mod ours;
mod report;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use referee::{Asking, Kernel, Order, Referee, Said};

use crate::life::plan::Plan;
use ours::Loader;
use report::{Case, Report};

/// What the subcommand takes.
#[derive(Args)]
pub struct Options {
    /// A kernel release's directory of modules, such as /lib/modules/VERSION
    directory: PathBuf,
    /// That kernel's Module.symvers
    #[arg(long)]
    symvers: PathBuf,
    /// That kernel
    #[arg(long)]
    vmlinuz: PathBuf,
    /// Only one module in so many
    #[arg(long, default_value_t = 1)]
    every: usize,
    /// Only modules with this in their path
    #[arg(long)]
    only: Option<String>,
    /// Besides, the `.ko` files in these folders, each inserted alone
    #[arg(long)]
    files: Vec<PathBuf>,
    /// Besides, so many damaged modules that the loader does not refuse by a rule of its own
    #[arg(long, default_value_t = 0)]
    damaged: usize,
    /// Besides, so many that it does refuse so: most of them crash a kernel, and each of those takes a boot
    #[arg(long, default_value_t = 0)]
    hostile: usize,
    /// Of how many real ones they are made
    #[arg(long, default_value_t = 24)]
    bases: usize,
    /// The seed of the damage
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Everything as JSON instead
    #[arg(long)]
    json: bool,
}

/// Asks both; true where every difference is a known one.
pub fn run(options: &Options) -> anyhow::Result<bool> {
    let root = root()?;
    let vermagic = vermagic(&options.directory)?;
    let mut loader = Loader::new(&options.symvers, &vermagic)?;
    let kernel = kernel(&options.vmlinuz, &options.symvers, &vermagic);
    let mut orders = real_modules(options)?;
    let damage = tempfile::tempdir()?;
    if options.damaged + options.hostile > 0 {
        orders.extend(damaged::orders(options, &loader, damage.path())?);
    }
    for folder in &options.files {
        orders.extend(crate::files::files_ending_in("ko", folder)?.into_iter().map(Order::alone));
    }
    ensure!(!orders.is_empty(), "no such modules");

    let asking = Asking { retry_alone: false, ..Asking::default() };
    let referee = Referee::new(&root, kernel, asking)?;
    eprintln!("{} files", orders.len());
    let start = Instant::now();
    let said = ask(&referee, &orders)?;
    let asked = start.elapsed();
    let mut cases = compare(&mut loader, &orders, said)?;

    // What an earlier module does late (a thread, a timer) may be heard while a later one is asked about.
    let again: Vec<usize> = (0..cases.len()).filter(|&at| !cases[at].is_settled()).collect();
    for &at in &again {
        let alone = referee.ask(&orders[at..=at], &|_| {})?;
        cases[at] = compare(&mut loader, &orders[at..=at], alone)?.remove(0);
    }
    let report = Report { cases, asked, again: again.len() };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report.cases)?);
    } else {
        report.print();
    }
    Ok(report.cases.iter().all(Case::is_settled))
}

/// Asks, with a bar that shows how far it is.
pub(crate) fn ask(referee: &Referee, orders: &[Order]) -> anyhow::Result<Vec<Said>> {
    let progress = ProgressBar::new(orders.len() as u64);
    progress.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}")?);
    let said = referee.ask(orders, &|done| progress.set_position(done as u64));
    progress.finish_and_clear();
    said
}

fn compare(loader: &mut Loader, orders: &[Order], said: Vec<Said>) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (order, said) in orders.iter().zip(said) {
        let ours = loader.answer(order, &said)?;
        cases.push(Case::new(order, said, ours));
    }
    Ok(cases)
}

/// Every module after what it depends on.
fn real_modules(options: &Options) -> anyhow::Result<Vec<Order>> {
    let plan = Plan::new(&options.directory)?;
    let is_chosen = |order: &crate::life::plan::Order| {
        let path = order.files.last().map(|file| file.display().to_string()).unwrap_or_default();
        options.only.as_ref().is_none_or(|only| path.contains(only))
    };
    let chosen = plan.orders.into_iter().filter(is_chosen).step_by(options.every.max(1));
    Ok(chosen
        .filter_map(|mut order| {
            let file = order.files.pop()?;
            Some(Order { name: order.name, before: order.files, file, arguments: String::new() })
        })
        .collect())
}

/// Debian's kernel with this version magic.
pub(crate) fn kernel(vmlinuz: &Path, symvers: &Path, vermagic: &str) -> Kernel {
    Kernel {
        release: vermagic.split(' ').next().unwrap_or_default().to_owned(),
        vmlinuz: vmlinuz.to_owned(),
        initrd: None,
        append: String::new(),
        build: Some((symvers.to_owned(), vermagic.to_owned())),
    }
}

/// The version magic of one of the modules.
pub(crate) fn vermagic(directory: &Path) -> anyhow::Result<String> {
    let files = crate::files::modules(&[directory.to_owned()])?;
    let path = files.first().context("no modules")?;
    let file = loader::files::read_module(path)?;
    let module = elf::Module::parse(&file).with_context(|| path.display().to_string())?;
    let vermagic =
        module.modinfo.get("vermagic").with_context(|| format!("{}: no vermagic", path.display()))?;
    Ok(vermagic.to_string())
}

/// The course's folder.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir()?;
    let root = here.ancestors().find(|folder| folder.join("labs/labs.toml").is_file());
    Ok(root.context("this is not in a clone of the course")?.to_owned())
}
