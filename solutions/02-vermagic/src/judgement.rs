//! The record of one load: what is printed about the module on the way and which taints it earns. Every
//! lab from here on writes into it. The kernel spreads the same over its log, `struct load_info` and
//! `struct module`; `try_to_force_load` and `add_taint_module` are in `kernel/module/main.c`.

use abi::{Errno, LoadError, Policy};
use bstr::BStr;
use elf::Module;

use crate::{LOCK_DEBUGGING_ENDS, Taint, Taints};

// ANCHOR: Judgement
/// What is known and said about a module while the kernel makes up its mind.
///
/// `lines` is what the kernel has printed so far, in order. A function that refuses the module takes the
/// lines that it printed itself out again and hands them over in its [`LoadError`]; so `lines`, then the
/// error's message, is the whole log, and nothing appears twice.
#[derive(Debug, Clone)]
pub struct Judgement<'a> {
    /// The module's name, as `struct module` has it (`mod->name`).
    pub name: &'a BStr,
    /// The name by which the module is called before `struct module` is trusted: `.modinfo`'s, where it
    /// has one (`info->name`). The two differ in damaged files only.
    pub info_name: &'a BStr,
    /// The choices in which kernels of one ABI differ.
    pub policy: Policy,
    /// The taints of the whole kernel; those that the module brings are added.
    pub kernel: Taints,
    /// The module's own taints.
    pub module: Taints,
    /// What was printed, one entry a line, without level and time stamp.
    pub lines: Vec<String>,
}
// ANCHOR_END: Judgement

impl<'a> Judgement<'a> {
    /// The beginning: nothing said, the module clean, in a kernel that has the taints `kernel`.
    pub fn new(module: &Module<'a>, policy: Policy, kernel: Taints) -> Judgement<'a> {
        let (name, info_name) = (module.this_module_name, module.name);
        Judgement { name, info_name, policy, kernel, module: Taints::NONE, lines: Vec::new() }
    }

    /// Prints a line into the kernel's log.
    pub fn print(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Taints kernel and module (`add_taint_module`). A licence that is not free and a load by force also
    /// turn the kernel's lock checker off, because its findings could no longer be trusted; it says so
    /// the first time (`kernel/panic.c, add_taint`).
    pub fn add_taint_module(&mut self, taint: Taint) {
        self.add_taint(taint);
        self.module.add(taint);
    }

    /// Taints the kernel and not the module (`kernel/panic.c, add_taint`).
    pub fn add_taint(&mut self, taint: Taint) {
        if self.kernel.lock_debugging_ends_with(taint) {
            self.print(LOCK_DEBUGGING_ENDS);
        }
        self.kernel.add(taint);
    }

    /// Loads the module although something that should vouch for it is missing, if this kernel does such a
    /// thing at all (`policy.force_load`, which is `CONFIG_MODULE_FORCE_LOAD`).
    ///
    /// If it does: unless the *kernel* has the taint [`Taint::ForcedModule`] already, it prints ``NAME: REASON:
    /// kernel tainted.``, where NAME is `name`; then it taints kernel and module with it, each time
    /// ([`Judgement::add_taint_module`], which has a line of its own to print).
    ///
    /// # Errors
    /// `ENOEXEC`, without a line and without a taint, in a kernel that does not force.
    pub fn try_to_force_load(&mut self, reason: &str) -> Result<(), Errno> {
        // ANCHOR: task_try_to_force_load
        if !self.policy.force_load {
            return Err(Errno::ENOEXEC);
        }
        if !self.kernel.has(Taint::ForcedModule) {
            self.print(format!("{}: {reason}: kernel tainted.", self.name));
        }
        self.add_taint_module(Taint::ForcedModule);
        Ok(())
        // ANCHOR_END: task_try_to_force_load
    }

    /// The refusal with `errno`, with every line printed since there were `since` of them.
    pub fn refuse(&mut self, since: usize, errno: Errno) -> LoadError {
        let since = since.min(self.lines.len());
        LoadError::new(errno, self.lines.split_off(since).join("\n"))
    }
}
