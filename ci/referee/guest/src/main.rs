//! The only process of the kernel that is asked: its `/init`. It follows the orders in `/orders`, one a line, and
//! reports on the second serial port, where nobody else writes; the kernel's own console is the first.
//!
//! | order | what is done | what is reported |
//! |---|---|---|
//! | `begin N` | nothing | `begin N` |
//! | `need PATH` | the file is one of those that must be there first | |
//! | `ask PATH`, a tab, ARGUMENTS | what is needed is inserted, what no longer is removed; the slate is wiped; the file is inserted | `before ERRNO PATH` for each one needed; `ask`; `answer ERRNO`; `line TEXT` for each record of the kernel's log; `taints NUMBER` |
//! | `end` | what `ask` inserted is removed | `removal ERRNO`; `left NAME` for each module that ought to be gone; `end` |
//!
//! First comes `up clean`, or `up once` where the slate cannot be wiped, and last `over`. ERRNO is 0 for success. TEXT is
//! as `/dev/kmsg` gives it, with everything that is not printable escaped. After an order that leaves a module behind, the
//! boot is over: who comes next deserves another kernel.
//!
//! The kernel passes unknown words of its command line on as environment variables: `from=N` is the order to begin with,
//! and `only=1` makes it the last one too. Before each `ask` the console has the line `referee: ask`.

mod kernel;
mod log;
mod slate;

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};

use kernel::Errno;
use log::Log;
use slate::Slate;

fn main() {
    kernel::mount_all();
    if let Ok(report) = OpenOptions::new().write(true).open("/dev/ttyS1") {
        kernel::make_raw(&report);
        // There is nobody to tell that the report cannot be written: the host sees that it ends.
        let _ = work(report);
    }
    kernel::restart();
}

/// Follows the orders to their end, or until the kernel is not to be used further.
fn work(report: File) -> io::Result<()> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let (from, alone) = (number("from").unwrap_or(0), number("only").is_some());
    let (log, slate) = (Log::open()?, Slate::find());
    let mut guest = Guest { report, log, slate, alone, needed: Vec::new(), there: Vec::new(), asked: None };
    guest.say("up", if guest.slate.is_some() { "clean" } else { "once" })?;
    // Should the kernel die, its console has what the log can no longer tell.
    fs::write("/proc/sys/kernel/printk", "8")?;
    let orders = fs::read_to_string("/orders")?;
    let mut current = 0;
    for order in orders.lines() {
        let (verb, rest) = order.split_once(' ').unwrap_or((order, ""));
        if verb == "begin" {
            current = rest.parse().unwrap_or(0);
        }
        if current >= from && !guest.follow(verb, rest)? {
            break;
        }
    }
    guest.say("over", "")
}

/// A module that was inserted because another needs it.
struct There {
    path: String,
    outcome: Result<(), Errno>,
    /// Its name, where it is loaded.
    name: Option<String>,
}

struct Guest {
    report: File,
    log: Log,
    slate: Option<Slate>,
    alone: bool,
    /// What the order at hand needs.
    needed: Vec<String>,
    /// What was needed and is there, in the order of insertion.
    there: Vec<There>,
    /// The module that was asked about, while it is there.
    asked: Option<String>,
}

impl Guest {
    /// Follows one order; false where the boot is to end after it.
    fn follow(&mut self, verb: &str, rest: &str) -> io::Result<bool> {
        match verb {
            "begin" => {
                self.needed.clear();
                self.say("begin", rest)?;
                Ok(true)
            }
            "need" => {
                self.needed.push(rest.to_owned());
                Ok(true)
            }
            "ask" => {
                let is_ready = self.make_ready()?;
                if is_ready {
                    self.ask(rest)?;
                }
                Ok(is_ready)
            }
            _ => self.end(),
        }
    }

    /// Sees to it that what is needed is there, and nothing else; false where something does not go.
    fn make_ready(&mut self) -> io::Result<bool> {
        let kept =
            self.there.iter().zip(&self.needed).take_while(|(there, path)| there.path == **path).count();
        for there in self.there.drain(kept..).rev() {
            // What cannot be removed is found below.
            there.name.map(|name| kernel::remove(&name));
        }
        if kernel::modules() != self.expected() {
            return Ok(false);
        }
        for path in self.needed.get(kept..).unwrap_or_default() {
            let before = kernel::modules();
            let outcome = kernel::insert(path, "");
            let name = kernel::modules().difference(&before).next().cloned();
            self.there.push(There { path: path.clone(), outcome, name });
        }
        for There { path, outcome, .. } in &self.there {
            writeln!(self.report, "before {} {path}", number(*outcome))?;
        }
        Ok(true)
    }

    fn ask(&mut self, rest: &str) -> io::Result<()> {
        let (path, arguments) = rest.split_once('\t').unwrap_or((rest, ""));
        if let Some(slate) = &self.slate {
            slate.wipe();
        }
        self.say("ask", "")?;
        // Without the line's end the kernel would wait for the rest of it.
        fs::write("/dev/kmsg", "referee: ask\n")?;
        self.log.skip()?;
        let outcome = kernel::insert(path, arguments);
        self.say("answer", &number(outcome).to_string())?;
        // A line that the log has cut off has no end, and stays hidden until another follows (printk.c, vprintk_store).
        fs::write("/dev/kmsg", format!("{ANSWERED}\n"))?;
        for text in self.log.read()?.iter().filter(|text| *text != ANSWERED) {
            self.say("line", text)?;
        }
        let taints = fs::read_to_string("/proc/sys/kernel/tainted").unwrap_or_default();
        self.say("taints", taints.trim())?;
        self.asked = kernel::modules().difference(&self.expected()).next().cloned();
        Ok(())
    }

    fn end(&mut self) -> io::Result<bool> {
        if let Some(name) = self.asked.take() {
            let outcome = kernel::remove(&name);
            self.say("removal", &number(outcome).to_string())?;
        }
        let there = kernel::modules();
        for name in there.difference(&self.expected()) {
            writeln!(self.report, "left {name}")?;
        }
        self.say("end", "")?;
        Ok(there == self.expected() && !self.alone)
    }

    /// The modules that should be there.
    fn expected(&self) -> BTreeSet<String> {
        self.there.iter().filter_map(|there| there.name.clone()).collect()
    }

    fn say(&mut self, word: &str, rest: &str) -> io::Result<()> {
        writeln!(self.report, "{word} {rest}")
    }
}

/// Our own line behind those of an answer.
const ANSWERED: &str = "referee: answered";

fn number(outcome: Result<(), Errno>) -> i32 {
    outcome.err().map_or(0, |errno| errno.0)
}
