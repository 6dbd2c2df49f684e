//! What the machine must ask the loader: whose address this is, whose module that is, what a parameter's text means.

use abi::{Elements, Errno, ParamKind};

/// An address in words a reader of an oops understands: `symbol+offset/size [module]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The symbol that the address lies in.
    pub symbol: String,
    /// How far into the symbol; bytes.
    pub offset: u64,
    /// The symbol's size; bytes.
    pub size: u64,
    /// The module, `None` for the kernel itself.
    pub module: Option<String>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}+{:#x}/{:#x}", self.symbol, self.offset, self.size)?;
        match &self.module {
            Some(module) => write!(f, " [{module}]"),
            None => Ok(()),
        }
    }
}

/// A record of a module's `__bug_table`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bug {
    /// The source file.
    pub file: String,
    /// The line in it.
    pub line: u32,
    /// `BUGFLAG_*` of include/asm-generic/bug.h: bit 0 marks a warning, after which the code goes on.
    pub flags: u16,
}

impl Bug {
    /// `BUGFLAG_WARNING`: WARN, not BUG.
    pub const WARNING: u16 = 1;
    /// `BUGFLAG_ONCE`: only the first time says anything.
    pub const ONCE: u16 = 2;
    /// `BUGFLAG_DONE`: it has been said.
    pub const DONE: u16 = 4;
    /// `BUGFLAG_NO_CUT_HERE`: the caller has printed its message and the "cut here" line already.
    pub const NO_CUT_HERE: u16 = 8;
}

/// A record of a module's `__ex_table` (arch/x86/include/asm/extable.h): where to go on after a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixup {
    /// Where execution goes on.
    pub address: u64,
    /// `EX_DATA_*`: type, register, flags and immediate.
    pub data: u32,
}

/// The loader's answers. All of it may be called on any CPU, within any task, also while an oops is written.
#[allow(unused_variables)]
pub trait ModuleHooks: Send + Sync {
    /// Takes a reference on the module whose `struct module` lies at `module`; false when it is going.
    /// `module` 0 is the kernel itself, which is always there.
    fn try_module_get(&self, module: u64) -> bool {
        true
    }

    /// The module whose `struct module` lies at `module` wants to be entered although its init has not returned
    /// (`module_make_live`, proposed in January 2003): its disk is about to be read.
    fn module_make_live(&self, module: u64) {}

    /// Takes a reference where one is held already (`__module_get`).
    fn module_get(&self, module: u64) {}

    /// Drops a reference.
    fn module_put(&self, module: u64) {}

    /// The name of the module whose `struct module` lies at `module`.
    fn module_name(&self, module: u64) -> Option<String> {
        None
    }

    /// Names `address`, where it lies in a module's text or data.
    fn symbolize(&self, address: u64) -> Option<Place> {
        None
    }

    /// Whether `address` lies in some module's text.
    fn is_text(&self, address: u64) -> bool {
        self.symbolize(address).is_some()
    }

    /// The `__bug_table` record for the `ud2` at `address`.
    fn bug_at(&self, address: u64) -> Option<Bug> {
        None
    }

    /// Sets `BUGFLAG_DONE` in the record for `address`; false when it was set before.
    fn bug_done(&self, address: u64) -> bool {
        true
    }

    /// The `__ex_table` record for the instruction at `address`.
    fn fixup_at(&self, address: u64) -> Option<Fixup> {
        None
    }

    /// What follows "Modules linked in:", such as `crc8(E) md4(E+)`.
    fn modules_linked_in(&self) -> String {
        String::new()
    }

    /// `Not tainted`, or `Tainted: G           OE     ` (kernel/panic.c, print_tainted).
    fn tainted(&self) -> String {
        "Not tainted".to_owned()
    }

    /// Adds a taint by its letter (kernel/panic.c, taint_flags).
    fn add_taint(&self, letter: char) {}

    /// The address of the symbol that a module exports, with a reference taken on that module (`__symbol_get`).
    fn symbol_get(&self, name: &str) -> Option<u64> {
        None
    }

    /// Drops the reference that `symbol_get` took (`__symbol_put`). False where nobody exports such a symbol.
    fn symbol_put(&self, name: &str) -> bool {
        false
    }

    /// The static key at `key` has become enabled or disabled: branches in modules' text follow
    /// (`__jump_label_update`).
    fn static_key_changed(&self, key: u64, enabled: bool) {}

    /// Loads a module by name or alias (`request_module`); a negative errno, or 0.
    fn request_module(&self, name: &str) -> i32 {
        -2
    }

    /// What a variable of the type `kind` whose bits are `old` becomes when its parameter is set to `value`; `None`
    /// is the name alone (`param_set_int` and its like). A number's bits above its width repeat its sign.
    fn param_set(&self, kind: ParamKind, value: Option<&[u8]>, old: u64) -> Result<u64, Errno> {
        Err(Errno::ENOSYS)
    }

    /// The line that shows a variable of the type `kind` with these bits (`param_get_int` and its like).
    fn param_get(&self, kind: ParamKind, bits: u64) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOSYS)
    }

    /// Whether the `charp` called `name` takes the text `value`.
    fn param_set_charp(&self, name: &[u8], value: &[u8]) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    /// Whether the text `value` fits into an array of `maxlen` bytes, that of the parameter `name`.
    fn param_set_copystring(&self, name: &[u8], value: &[u8], maxlen: u32) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    /// Sets `elements`, those of the parameter `name`, from a list with commas (`param_array`).
    fn param_array(&self, name: &[u8], list: &mut [u8], elements: &mut dyn Elements) -> Result<(), Errno> {
        Err(Errno::ENOSYS)
    }

    /// The list of `count` elements, each of which `get` shows (`param_array_get`).
    fn param_array_get(
        &self,
        count: usize,
        get: &mut dyn FnMut(usize) -> Result<Vec<u8>, Errno>,
    ) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOSYS)
    }
}

/// Before a loader is there: nothing is known of any address.
pub(crate) struct NoModules;

impl ModuleHooks for NoModules {}
