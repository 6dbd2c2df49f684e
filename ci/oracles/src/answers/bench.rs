//! Where a check works: a kernel of its own, with the module in question inserted, and a count of what was compared.

use std::{cell::Cell, fmt::Debug, sync::Arc};

use abi::Symvers;
use loader::{Kernel, KernelConfig};
use machine::services::Failure;

use super::{
    Options,
    check::{Trouble, silent},
    function::Function,
};

/// The kernel and the count.
pub struct Bench {
    kernel: Arc<Kernel>,
    compared: Cell<usize>,
}

impl Bench {
    /// Boots a kernel with two CPUs.
    pub fn boot(options: &Options, symvers: &Arc<Symvers>) -> anyhow::Result<Bench> {
        let kernel = Kernel::boot(KernelConfig {
            symvers: Some(symvers.clone()),
            modules: Some(options.directory.clone()),
            ..KernelConfig::default()
        })?;
        Ok(Bench { kernel, compared: Cell::new(0) })
    }

    /// The kernel.
    pub fn kernel(&self) -> &Arc<Kernel> {
        &self.kernel
    }

    /// How many answers were compared so far.
    pub fn compared(&self) -> usize {
        self.compared.get()
    }

    /// Inserts a module after those it depends on.
    pub fn insert(&self, module: &str) -> Result<(), Trouble> {
        self.insert_with(module, "")
    }

    /// Inserts a module with parameters.
    pub fn insert_with(&self, module: &str, arguments: &str) -> Result<(), Trouble> {
        let inserted = self.kernel.modprobe(module, arguments);
        inserted.map_err(|error| silent(format!("{error:#}{}", self.last_words())))
    }

    /// A function of the kernel or of a module by its name.
    pub fn function(&self, name: &str) -> Result<Function, Trouble> {
        self.symbol(name).map(Function::at)
    }

    /// The address of a symbol.
    pub fn symbol(&self, name: &str) -> Result<u64, Trouble> {
        let found = self.kernel.registry().lookup_symbol(name.as_bytes().into());
        found.ok_or_else(|| silent(format!("no symbol is called {name}")))
    }

    /// Runs `body` as a task of the kernel, where module code can be called.
    pub fn task<T: Send>(&self, body: impl FnOnce() -> T + Send) -> Result<T, Trouble> {
        let ended = self.kernel.machine().run(0, "answers", body);
        ended.map_err(|killed| silent(format!("{killed}{}", self.last_words())))
    }

    /// Compares one answer with what it has to be; `question` is told where they differ.
    pub fn same<T: PartialEq + Debug>(
        &self,
        answer: T,
        expected: T,
        question: impl FnOnce() -> String,
    ) -> Result<(), Trouble> {
        self.compared.set(self.compared.get() + 1);
        if answer == expected {
            return Ok(());
        }
        let (answer, expected) = (shortened(&answer), shortened(&expected));
        Err(Trouble::Wrong(format!("{}: {answer} and not {expected}", question())))
    }

    /// What a subsystem says, where it is no answer.
    pub fn failed(&self, failure: &Failure) -> Trouble {
        silent(format!("{failure}{}", self.last_words()))
    }

    /// Where the kernel's last oops or warning was, for whoever looks into a failure.
    fn last_words(&self) -> String {
        let texts = self.kernel.machine().log().texts();
        let is_telling =
            |line: &&str| line.contains("RIP: ") || line.starts_with(" ? ") || line.contains("BUG: ");
        let lines: Vec<&str> = texts.lines().filter(is_telling).collect();
        lines
            .iter()
            .skip(lines.len().saturating_sub(12))
            .fold(String::new(), |words, line| words + " | " + line.trim())
    }
}

/// A value as it is printed in a difference: long ones cut.
fn shortened(value: &impl Debug) -> String {
    let text = format!("{value:02x?}");
    if text.len() <= 200 { text } else { format!("{}…", text.chars().take(200).collect::<String>()) }
}
