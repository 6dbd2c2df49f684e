//! The kernel's list of modules as user space reads it. `kernel/module/procfs.c`, m_show and print_unload_info;
//! `kernel/module/main.c, module_flags`; kmod's `lsmod`.

use std::fmt::Write;

use bstr::BStr;
use symbols::ModuleState;
use vermagic::Taints;

use crate::{kernel::Kernel, loaded::LoadedModule};

/// A module's taints in letters, with `+` while it comes and `-` while it goes: `(OE)`, or nothing.
pub fn module_flags(module: &LoadedModule, show_state: bool) -> String {
    let mut flags = module.taints().module_letters();
    match module.state() {
        ModuleState::Going if show_state => flags.push('-'),
        ModuleState::Coming if show_state => flags.push('+'),
        _ => {}
    }
    if flags.is_empty() { flags } else { format!("({flags})") }
}

impl Kernel {
    /// /proc/modules: name, size, count, users, state, address, taints.
    pub fn proc_modules(&self) -> String {
        self.registry.formed().iter().map(|module| self.m_show(module)).collect()
    }

    /// One line of /proc/modules, its fields parted by one blank:
    ///
    /// | field | |
    /// |---|---|
    /// | name | |
    /// | size | [`LoadedModule::size`], in decimal |
    /// | count | [`Refcount::count`](crate::Refcount::count), in decimal |
    /// | users | the name of each ([`Registry::users`](crate::Registry::users), in that order) with a comma behind it, the last one too; then, where it has an init and no exit, `[permanent],`; and a lone `-` where there is neither |
    /// | state | `Live`, `Loading` (COMING) or `Unloading` (GOING) |
    /// | address | [`LoadedModule::address`], `0x` and sixteen digits |
    /// | taints | [`module_flags`] with the state's sign; the blank before it and the field itself are left out where the module has no taints |
    ///
    /// and a newline at the end.
    fn m_show(&self, module: &LoadedModule) -> String {
        // ANCHOR: task_m_show
        let mut used_by: String =
            self.registry.users(module.id).iter().map(|user| format!("{},", user.name)).collect();
        let formed = module.formed();
        if formed.is_some_and(|formed| formed.init.is_some() && formed.exit.is_none()) {
            used_by.push_str("[permanent],");
        }
        if used_by.is_empty() {
            used_by.push('-');
        }
        let state = match module.state() {
            ModuleState::Going => "Unloading",
            ModuleState::Coming => "Loading",
            _ => "Live",
        };
        let (name, size, count) = (&module.name, module.size(), module.refcount.count());
        let mut line = format!("{name} {size} {count} {used_by} {state} {:#018x}", module.address());
        if module.taints() != Taints::NONE {
            line += &format!(" {}", module_flags(module, true));
        }
        line + "\n"
        // ANCHOR_END: task_m_show
    }

    /// What `lsmod` prints.
    pub fn lsmod(&self) -> String {
        let mut out = "Module                  Size  Used by\n".to_owned();
        for module in self.registry.formed() {
            let users: Vec<_> =
                self.registry.users(module.id).iter().map(|user| user.name.to_string()).collect();
            let (name, size, count) = (module.name.to_string(), module.size(), module.refcount.count());
            // Writing into a String cannot fail.
            let _ = writeln!(out, "{name:<19} {size:>8}  {count} {}", users.join(","));
        }
        out
    }

    /// /proc/kallsyms: the kernel's exports, then every module's symbols.
    pub fn proc_kallsyms(&self) -> String {
        let mut out = String::new();
        for export in self.machine.exports().all() {
            let letter = match export.kind {
                machine::Kind::Function => 'T',
                machine::Kind::Data => 'D',
                machine::Kind::PerCpu => 'A',
            };
            let _ = writeln!(out, "{:016x} {letter} {}", export.value, export.name);
        }
        for module in self.registry.modules() {
            let (memory, formed) = (module.memory.read(), module.formed());
            let Some(memory) = &*memory else { continue };
            let is_exported = |symbol: &kallsyms::Ksym| {
                let name = modversions::Name::new(BStr::new(symbol.name));
                formed.is_some_and(|formed| {
                    formed.exports.find(&name, false).is_some_and(|export| export.value == symbol.value)
                })
            };
            memory.kallsyms.lines(is_exported).for_each(|line| {
                let _ = writeln!(out, "{line}");
            });
        }
        out
    }
}
