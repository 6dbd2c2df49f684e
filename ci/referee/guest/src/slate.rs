//! What a kernel says only once per boot, it says to every file here: before each one its memory of having said it
//! is cleared. The taints and the lock checker's flag are cleared by a module (`slate/slate.c`), and what
//! `printk_once` remembers by the kernel's own `clear_warn_once`.

use std::fs;

use crate::kernel;

/// The module that clears, and where.
pub struct Slate {
    arguments: String,
}

const MODULE: &str = "/slate.ko";

impl Slate {
    /// Looks up what is to be cleared. `None` where this kernel does not let itself be cleared.
    pub fn find() -> Option<Slate> {
        let symbols = fs::read_to_string("/proc/kallsyms").ok()?;
        let address = |name: &str| {
            let mut words = symbols.lines().map(|line| line.split(' '));
            words.find_map(|mut line| {
                let address = line.next()?;
                (line.nth(1) == Some(name) && line.next().is_none()).then(|| address.to_owned())
            })
        };
        let slate = Slate {
            arguments: format!("taints=0x{} locks=0x{}", address("tainted_mask")?, address("debug_locks")?),
        };
        // It fails on purpose, with this error; any other means that it did not come to run.
        (slate.wipe() == libc::ENOTTY).then_some(slate)
    }

    /// Clears; returns the errno.
    pub fn wipe(&self) -> i32 {
        let outcome = kernel::insert(MODULE, &self.arguments).err().map_or(0, |errno| errno.0);
        // Without debugfs, one line ("module verification failed") comes once per boot.
        let _ = fs::write("/sys/kernel/debug/clear_warn_once", "1");
        outcome
    }
}
