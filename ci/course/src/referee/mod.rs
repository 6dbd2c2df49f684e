//! `cargo course referee`: a real kernel is asked about module files, and so is the loader; line against line.

mod beside;
mod dependencies;
mod kernels;
mod own;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use referee::{Agreement, Asking, Order, Ours, Referee, Said, compare};
use serde_json::json;

use crate::{layout::Look, progress::Progress, root::Root};
use kernels::Asked;

/// The options of `cargo course referee`.
#[derive(Debug, Args)]
pub struct Options {
    /// Module files; what they depend on is inserted first, from beside them or from the kernel's own modules
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Ask another flavour of the same kernel too, such as cloud-amd64 or rt-amd64; fetched where it is not here yet
    #[arg(long, value_name = "NAME")]
    flavour: Vec<String>,
    /// Ask this kernel instead (a vmlinuz or bzImage for x86-64)
    #[arg(long, value_name = "VMLINUZ", conflicts_with = "flavour")]
    kernel: Option<PathBuf>,
    /// That kernel's Module.symvers, for the loader to judge by; else the one that `cargo course modules` found
    #[arg(long, value_name = "FILE", requires = "kernel")]
    symvers: Option<PathBuf>,
    /// That kernel's version magic
    #[arg(long, value_name = "STRING", requires = "kernel")]
    vermagic: Option<String>,
    /// An initramfs that is unpacked before the referee's own, where a kernel needs one to come up
    #[arg(long, value_name = "FILE")]
    initrd: Option<PathBuf>,
    /// More words for the kernel's command line
    #[arg(long, value_name = "WORDS", default_value = "", allow_hyphen_values = true)]
    append: String,
    /// Seconds without a sign of life after which a kernel is taken to hang
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    /// Print the answers as JSON
    #[arg(long)]
    json: bool,
}

/// One file, one kernel, and both answers.
struct Case {
    file: PathBuf,
    kernel: String,
    said: Said,
    ours: Ours,
    agreement: Agreement,
}

/// Asks both, and prints what they say.
///
/// # Errors
/// A file, a kernel or a tool is missing; the loader does not build. That they disagree is an answer, not an error.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    for file in &options.files {
        ensure!(file.is_file(), "{} is no file", file.display());
    }
    let loader = own::loader(root)?;
    let mut cases = Vec::new();
    for kernel in kernels::all(root, options)? {
        cases.extend(ask(root, options, &kernel, &loader.path)?);
    }
    // One file's answers beside one another, whichever kernel gave them.
    cases.sort_by_key(|case| options.files.iter().position(|file| *file == case.file));
    if options.json {
        println!("{:#}", json!(cases.iter().map(as_json).collect::<Vec<_>>()));
        return Ok(());
    }
    let look = Look::of_stdout();
    println!("{}\n", loader.whose());
    cases.iter().for_each(|case| print!("{}", beside::text(case, &look)));
    print!("{}", beside::table(&cases, &look));
    Ok(())
}

/// Asks one kernel, and the loader for that kernel.
fn ask(root: &Root, options: &Options, asked: &Asked, loader: &Path) -> Result<Vec<Case>> {
    let orders: Vec<Order> = options.files.iter().map(|file| asked.order(file)).collect::<Result<_>>()?;
    let progress = Progress::steps(&format!("Linux {}", asked.kernel.release), orders.len() as u64);
    let asking = Asking { patience: Duration::from_secs(options.patience), ..Asking::default() };
    let referee = Referee::new(root.path(), asked.kernel.clone(), asking)?;
    let answers = referee.ask(&orders, &|done| progress.at(done as u64))?;
    drop(progress);
    let mut cases = Vec::new();
    for (order, mut said) in orders.into_iter().zip(answers) {
        let ours = own::answer(loader, asked, &order, &said)?;
        // What was inserted before has had the loader, which goes through it once, say some things already.
        said.is_clean &= order.before.is_empty();
        let agreement = compare(&said, &ours);
        cases.push(Case { file: order.file, kernel: asked.kernel.release.clone(), said, ours, agreement });
    }
    Ok(cases)
}

fn as_json(case: &Case) -> serde_json::Value {
    json!({
        "file": case.file,
        "kernel": case.kernel,
        "agreement": case.agreement,
        "linux": case.said,
        "loader": {
            "errno": case.ours.errno,
            "messages": case.ours.lines,
            "taints": case.ours.taints,
            "stricter": case.ours.is_stricter,
        },
    })
}
