//! Which modules may be unloaded at all, where not every interface keeps the golden rule: those that use only what is
//! marked safe. Rusty Russell's idea of September 2002; what 2.6.0 had of it is `__unsafe` in include/linux/module.h.

use std::collections::BTreeSet;

use abi::{Errno, LoadError};

/// The interfaces that take a reference to a module before they call it.
#[derive(Debug, Clone, Default)]
pub struct SafeList(BTreeSet<String>);

impl SafeList {
    /// Those with these names.
    pub fn of(names: &[&str]) -> SafeList {
        SafeList(names.iter().map(|name| name.to_string()).collect())
    }

    /// Whether the interface of exactly this name is marked.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// What a module uses of the kernel.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    /// Its name.
    pub name: String,
    /// The functions that it imports, in the order of its symbol table.
    pub imports: Vec<String>,
    /// It, or somebody for it, has counted in the old way (`mod->unsafe`).
    pub is_unsafe: bool,
}

impl Usage {
    /// Somebody has used `__MOD_INC_USE_COUNT` on it at this place of the source: from now on it stays, and the kernel
    /// says so once. The words are those of 2.6.0.
    pub fn mark_unsafe(&mut self, file: &str, line: u32) -> Option<String> {
        let is_first = !std::mem::replace(&mut self.is_unsafe, true);
        is_first
            .then(|| format!("Module {} cannot be unloaded due to unsafe usage in {file}:{line}", self.name))
    }

    /// Whether it may be unloaded, as far as its interfaces are concerned. True where it goes by force only, which the
    /// kernel is to remember.
    ///
    /// | | refused with `EBUSY`, unless forced | |
    /// |--:|---|---|
    /// | 1 | it `is_unsafe` | in silence: `mark_unsafe` has said it |
    /// | 2 | it imports what is not marked | `NAME: cannot be unloaded: FUNCTION is not marked safe`, a line for each |
    ///
    /// # Errors
    /// As above.
    pub fn is_safe_to_unload(&self, safe: &SafeList, force: bool) -> Result<bool, LoadError> {
        // ANCHOR: task_is_safe_to_unload
        let says = |name: &String| format!("{}: cannot be unloaded: {name} is not marked safe", self.name);
        let lines: Vec<String> = self.imports.iter().filter(|name| !safe.has(name)).map(says).collect();
        match (self.is_unsafe, lines.is_empty()) {
            (false, true) => Ok(false),
            _ if force => Ok(true),
            (true, _) => Err(LoadError::silent(Errno::EBUSY)),
            (false, false) => Err(LoadError::new(Errno::EBUSY, lines.join("\n"))),
        }
        // ANCHOR_END: task_is_safe_to_unload
    }
}
