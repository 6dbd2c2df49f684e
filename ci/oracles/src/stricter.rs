//! `oracles stricter`: what a real kernel, booted under QEMU, does with each file that only our loader refuses, and
//! whether the list in labs/specimens, from which the book makes its page, says so.

use std::fs;
use std::path::PathBuf;

use abi::Errno;
use anyhow::{Context, anyhow};
use clap::Args;
use referee::{Answer, Asking, Init, Order, Referee, Said};
use specimens::stricter::{Case, Seen};

use crate::referee::{ask, kernel, root, vermagic};

/// What the subcommand takes.
#[derive(Args)]
pub struct Options {
    /// The directory of the course's own modules, built for that kernel
    directory: PathBuf,
    /// That kernel's Module.symvers
    #[arg(long)]
    symvers: PathBuf,
    /// That kernel
    #[arg(long)]
    vmlinuz: PathBuf,
}

/// Asks the kernel; true where it does with every file what the list says.
pub fn run(options: &Options) -> anyhow::Result<bool> {
    let kernel = kernel(&options.vmlinuz, &options.symvers, &vermagic(&options.directory)?);
    let folder = tempfile::tempdir()?;
    let orders = Case::all().iter().map(|case| {
        let path = options.directory.join(case.base).with_extension("ko");
        let sound = fs::read(&path).with_context(|| path.display().to_string())?;
        let broken = case.of(&sound).with_context(|| format!("{}: nothing to break", path.display()))?;
        let file = folder.path().join(case.name).with_extension("ko");
        fs::write(&file, broken.bytes).with_context(|| file.display().to_string())?;
        Ok(Order { name: case.name.to_owned(), ..Order::alone(file) })
    });
    let orders: Vec<Order> = orders.collect::<anyhow::Result<_>>()?;

    // The kernel is a new one after each crash, and what does not crash it leaves nothing behind.
    let asking = Asking { retry_alone: false, ..Asking::default() };
    let referee = Referee::new(&root()?, kernel, asking)?;
    let said = ask(&referee, &orders)?;

    let mut agree = 0;
    for (case, said) in Case::all().iter().zip(&said) {
        let seen = seen(said).with_context(|| case.name)?;
        if seen == case.seen {
            agree += 1;
        } else {
            println!("{}: the list has {:?}, the kernel {seen:?}", case.name, case.seen);
            said.lines.iter().chain(&said.crash).take(20).for_each(|line| println!("    {line}"));
        }
    }
    println!(
        "{agree} of {} files: {} does with them what the list says",
        said.len(),
        referee.kernel().release
    );
    Ok(agree == Case::all().len())
}

/// What the kernel did with a file when it was inserted.
fn seen(said: &Said) -> anyhow::Result<Seen> {
    match (said.answer, said.init) {
        (Answer::Crashed, _) | (_, Some(Init::Crashed)) => Ok(Seen::Dies),
        (Answer::Hung, _) | (_, Some(Init::Hung)) => Err(anyhow!("the kernel hangs")),
        (Answer::Refused(number), _) => {
            let errno = Errno::from_number(number).with_context(|| format!("{number} is no errno"))?;
            Ok(Seen::Refuses(errno))
        }
        (Answer::Loaded, _) => Ok(Seen::Loads),
    }
}
