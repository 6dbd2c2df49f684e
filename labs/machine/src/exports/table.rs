//! The table that the services fill while the machine boots.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::Arc,
};

use super::{CodePool, Kind, emit};
use crate::{memory::Memory, percpu::PerCpu};

/// What executing a trap means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trap {
    /// An export that the machine knows by name only.
    Missing(Arc<str>),
    /// The kernel stops here with these words, in which `%pB` stands for the caller.
    Panic(&'static str),
    /// The same, in the words of the printf format and arguments that it was called with.
    PanicFormat,
}

/// Name, value, size, kind.
type Symbol = (Arc<str>, u64, u64, Kind);

/// What a table holds when it is full.
pub(super) struct Finished {
    pub(super) symbols: Vec<Symbol>,
    pub(super) twice: Vec<Arc<str>>,
    pub(super) traps: HashMap<u64, Trap>,
    pub(super) code: CodePool,
}

/// Exports by name, and the memory that they are made of. Every method gives the symbol's value.
///
/// Functions are `unsafe extern "C"`, take and return integers and pointers only, and never unwind. They find out where
/// they are by [`crate::current`] and keep their state in [`crate::Machine::state`].
pub struct Table<'a> {
    memory: &'a Memory,
    percpu: &'a PerCpu,
    symbols: Vec<Symbol>,
    names: HashSet<Arc<str>>,
    /// Names that were there already; the first to take a name has it.
    twice: Vec<Arc<str>>,
    traps: HashMap<u64, Trap>,
    code: CodePool,
    /// Where something went wrong: the first error. The rest of the table does nothing then.
    failed: Option<io::Error>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(memory: &'a Memory, percpu: &'a PerCpu) -> Table<'a> {
        Table {
            memory,
            percpu,
            symbols: Vec::new(),
            names: HashSet::new(),
            twice: Vec::new(),
            traps: HashMap::new(),
            code: CodePool::booting(),
            failed: None,
        }
    }

    /// The machine's low memory.
    pub fn memory(&self) -> &'a Memory {
        self.memory
    }

    /// The per-CPU areas.
    pub fn percpu(&self) -> &'a PerCpu {
        self.percpu
    }

    /// The value of a symbol that is in the table already.
    pub fn value(&self, name: &str) -> Option<u64> {
        self.symbols.iter().find(|symbol| &*symbol.0 == name).map(|symbol| symbol.1)
    }

    /// A Rust function with `arguments` arguments: `table.function("kfree", kfree as *const (), 1)`.
    pub fn function(&mut self, name: &str, function: *const (), arguments: usize) -> u64 {
        self.code(name, &emit::realigning(function as u64, arguments))
    }

    /// As [`Table::function`], for a function that no name stands for, because only a structure points to it; its
    /// address.
    pub fn stub(&mut self, function: *const (), arguments: usize) -> u64 {
        let added = self.code.add(self.memory, &emit::realigning(function as u64, arguments));
        self.or_failed(added)
    }

    /// A Rust function that is variadic for its callers: it gets the `fixed` arguments and then a
    /// `*mut` [`crate::format::VaList`].
    pub fn variadic(&mut self, name: &str, function: *const (), fixed: usize) -> u64 {
        self.code(name, &emit::variadic(function as u64, fixed))
    }

    /// Machine code that works wherever it lies, for pointers in structures: its address.
    pub fn unnamed(&mut self, code: &[u8]) -> u64 {
        let added = self.code.add(self.memory, code);
        self.or_failed(added)
    }

    /// Machine code that works wherever it lies.
    pub fn code(&mut self, name: &str, code: &[u8]) -> u64 {
        let address = self.unnamed(code);
        self.symbol(name, address, code.len() as u64, Kind::Function)
    }

    /// A function that ends the task with an oops.
    pub fn trap(&mut self, name: &str, trap: Trap) -> u64 {
        let address = self.code(name, &emit::trap());
        self.traps.insert(address, trap);
        address
    }

    /// A variable of `size` bytes, which begin with `initial`; the rest are zeroes.
    pub fn data(&mut self, name: &str, size: usize, align: usize, initial: &[u8]) -> u64 {
        let object = self.memory.object(size.max(initial.len()), align);
        let address = self.or_failed(object);
        if address != 0 {
            // SAFETY: the object is new, at least as long as `initial`, and nobody else's yet.
            unsafe { (address as *mut u8).copy_from_nonoverlapping(initial.as_ptr(), initial.len()) };
        }
        self.symbol(name, address, size as u64, Kind::Data)
    }

    /// A per-CPU variable of `size` bytes, which begin with `initial` on every CPU; its offset from GS.
    pub fn per_cpu(&mut self, name: &str, size: usize, align: usize, initial: &[u8]) -> u64 {
        let allocated = self.percpu.allocate(size.max(initial.len()), align, initial);
        let offset = self.or_failed(allocated);
        self.symbol(name, offset, size as u64, Kind::PerCpu)
    }

    /// A further name for the symbol `of`, which is in the table already.
    pub fn alias(&mut self, name: &str, of: &str) -> u64 {
        match self.symbols.iter().find(|symbol| &*symbol.0 == of).cloned() {
            Some((_, value, size, kind)) => self.symbol(name, value, size, kind),
            None => {
                self.or_failed(Err(io::Error::other(format!("{name} is another name of nothing ({of})"))))
            }
        }
    }

    /// A name for what lies at `value` already.
    pub fn symbol(&mut self, name: &str, value: u64, size: u64, kind: Kind) -> u64 {
        if !self.names.insert(name.into()) {
            self.twice.push(name.into());
            return value;
        }
        self.symbols.push((name.into(), value, size, kind));
        value
    }

    fn or_failed(&mut self, result: io::Result<u64>) -> u64 {
        result.unwrap_or_else(|error| {
            self.failed.get_or_insert(error);
            0
        })
    }

    /// What the table holds; its code is executable from here on.
    pub(super) fn finish(mut self) -> io::Result<Finished> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.code.end_boot()?;
        Ok(Finished { symbols: self.symbols, twice: self.twice, traps: self.traps, code: self.code })
    }
}
