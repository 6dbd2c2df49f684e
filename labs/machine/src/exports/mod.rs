//! What the kernel exports to modules: names, addresses, CRCs (`__ksymtab` and `__kcrctab` of vmlinux).

mod code;
mod emit;
mod table;

use code::CodePool;
use table::Finished;
pub use table::{Table, Trap};

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use abi::symvers::Symvers;

use crate::{Place, memory::Memory};

/// What an exported name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Code; the value is its address.
    Function,
    /// A variable; the value is its address.
    Data,
    /// A per-CPU variable; the value is its offset from GS.
    PerCpu,
}

/// One exported symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its name.
    pub name: Arc<str>,
    /// What relocations put in for it.
    pub value: u64,
    /// Bytes of it, as far as they are known; for an oops.
    pub size: u64,
    /// Function, variable, per-CPU variable.
    pub kind: Kind,
    /// The symbol version, where Module.symvers has one.
    pub crc: Option<u32>,
    /// Only for modules with a licence compatible with the GPL.
    pub gpl_only: bool,
    /// The namespace that a module must import; empty where there is none.
    pub namespace: Arc<str>,
    /// Whether the machine implements it, or merely knows its name.
    pub implemented: bool,
}

/// The machine's exports. Those that it implements are there from the start; names that it merely knows are bound to
/// traps as modules ask for them.
#[derive(Debug)]
pub struct Exports {
    symvers: Arc<Symvers>,
    by_name: RwLock<HashMap<Arc<str>, Arc<Export>>>,
    code: Mutex<CodePool>,
    traps: RwLock<HashMap<u64, Trap>>,
    twice: Vec<Arc<str>>,
    memory: Memory,
}

impl Exports {
    /// What `table` was filled with, with the CRCs that Module.symvers has for them.
    ///
    /// # Errors
    /// Something went wrong while the table was filled, or the host refuses to make its code executable.
    pub(crate) fn new(table: Table, symvers: Arc<Symvers>, memory: Memory) -> io::Result<Exports> {
        let Finished { symbols, twice, traps, code } = table.finish()?;
        let exports = Exports {
            symvers,
            by_name: RwLock::default(),
            code: Mutex::new(code),
            traps: RwLock::new(traps),
            twice,
            memory,
        };
        for (name, value, size, kind) in symbols {
            exports.insert(&name, value, size, kind, true);
        }
        Ok(exports)
    }

    /// The export called `name`, if it is implemented or has been bound.
    pub fn get(&self, name: &str) -> Option<Arc<Export>> {
        self.by_name.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The value of an export that is there: an address, or an offset from GS.
    pub fn value(&self, name: &str) -> Option<u64> {
        self.get(name).map(|export| export.value)
    }

    /// Every export there is at the moment, sorted by name.
    pub fn all(&self) -> Vec<Arc<Export>> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = by_name.values().cloned().collect();
        all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// Names that were registered more than once, which is a mistake; the first counts.
    pub fn twice(&self) -> &[Arc<str>] {
        &self.twice
    }

    /// The kernel's Module.symvers.
    pub fn symvers(&self) -> &Symvers {
        &self.symvers
    }

    /// A value for the name that vmlinux or a module of the real kernel exports and this machine does not implement.
    ///
    /// Where the module calls it, that is a trap which ends the task and says the name; where the module only takes its
    /// address, a page of zeroes of its own that cannot be executed, so that variables read 0 and function pointers
    /// still trap with the name. The first to ask decides.
    ///
    /// # Errors
    /// The host has no more low memory.
    pub fn bind_missing(&self, name: &str, is_called: bool) -> io::Result<Arc<Export>> {
        if let Some(there) = self.get(name) {
            return Ok(there);
        }
        let (value, size, kind) = if is_called {
            (self.trap(Trap::Missing(name.into()))?, 16, Kind::Function)
        } else {
            (self.missing_data(name)?, 4096, Kind::Data)
        };
        Ok(self.insert(name, value, size, kind, false))
    }

    fn missing_data(&self, name: &str) -> io::Result<u64> {
        let address = self.memory.object(4096, 4096)?;
        self.traps().insert(address, Trap::Missing(name.into()));
        Ok(address)
    }

    fn trap(&self, trap: Trap) -> io::Result<u64> {
        let address = self.code().add(&self.memory, &emit::trap())?;
        self.traps().insert(address, trap);
        Ok(address)
    }

    /// A stub below 2 GiB through which module code may call `function`, an `extern "C"` function with `arguments`
    /// integer or pointer arguments that does not unwind: for the ops structures that the kernel hands to modules.
    ///
    /// # Errors
    /// The host has no more low memory.
    pub fn stub(&self, function: *const (), arguments: usize) -> io::Result<u64> {
        self.code().add(&self.memory, &emit::realigning(function as u64, arguments))
    }

    /// What the trap at `address` (its first byte, or anywhere in its page of zeroes) stands for.
    pub(crate) fn trap_at(&self, address: u64) -> Option<Trap> {
        let traps = self.traps.read().unwrap_or_else(PoisonError::into_inner);
        traps.get(&address).or_else(|| traps.get(&(address & !0xfff))).cloned()
    }

    /// The export that `address` lies in. Of several names for one place, the first in the alphabet.
    pub fn place(&self, address: u64) -> Option<Place> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let inside = |export: &&Arc<Export>| {
            export.kind != Kind::PerCpu && address.wrapping_sub(export.value) < export.size.max(1)
        };
        let export = by_name.values().filter(inside).min_by(|a, b| a.name.cmp(&b.name))?;
        let offset = address.wrapping_sub(export.value);
        Some(Place { symbol: export.name.to_string(), offset, size: export.size, module: None })
    }

    fn insert(&self, name: &str, value: u64, size: u64, kind: Kind, implemented: bool) -> Arc<Export> {
        let entry = self.symvers.get(name);
        let export = Arc::new(Export {
            name: name.into(),
            value,
            size,
            kind,
            crc: entry.map(|entry| entry.crc),
            gpl_only: entry.is_some_and(|entry| entry.gpl_only),
            namespace: entry.map_or("", |entry| &entry.namespace).into(),
            implemented,
        });
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.entry(export.name.clone()).or_insert(export).clone()
    }

    fn code(&self) -> std::sync::MutexGuard<'_, CodePool> {
        self.code.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn traps(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<u64, Trap>> {
        self.traps.write().unwrap_or_else(PoisonError::into_inner)
    }
}
