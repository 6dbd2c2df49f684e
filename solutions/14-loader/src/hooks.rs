//! What the machine asks the loader: whose address is this, may that module be entered.

use std::sync::{Arc, Weak};

use bstr::BStr;
use machine::{Bug, Fixup, ModuleHooks, Place};
use modversions::Name;
use symbols::{find_symbol, symbol_get};
use vermagic::{Taint, Taints};

use crate::{kernel::Kernel, loaded::LoadedModule, proc::module_flags, registry::Registry};

/// The loader's answers to the machine.
pub(crate) struct Hooks {
    registry: Arc<Registry>,
    kernel: Weak<Kernel>,
}

impl Hooks {
    pub(crate) fn new(registry: Arc<Registry>, kernel: Weak<Kernel>) -> Hooks {
        Hooks { registry, kernel }
    }
}

impl ModuleHooks for Hooks {
    fn try_module_get(&self, module: u64) -> bool {
        module == 0 || self.registry.by_owner(module).is_some_and(|module| module.refcount.try_get())
    }

    fn module_get(&self, module: u64) {
        if let Some(module) = self.registry.by_owner(module) {
            module.refcount.get();
        }
    }

    fn module_put(&self, module: u64) {
        if let Some(module) = self.registry.by_owner(module) {
            module.refcount.put();
        }
    }

    fn module_name(&self, module: u64) -> Option<String> {
        self.registry.by_owner(module).map(|module| module.name.to_string())
    }

    fn symbolize(&self, address: u64) -> Option<Place> {
        let module = self.registry.by_address(address)?;
        let memory = module.memory.read();
        let location = memory.as_ref()?.kallsyms.lookup_address(address)?;
        Some(Place {
            symbol: location.symbol.to_string(),
            offset: location.offset,
            size: location.size,
            module: Some(location.module.to_string()),
        })
    }

    fn is_text(&self, address: u64) -> bool {
        self.registry.by_address(address).is_some_and(|module| module.is_text(address))
    }

    fn bug_at(&self, address: u64) -> Option<Bug> {
        self.registry.by_address(address)?.formed()?.bug_at(address)
    }

    fn bug_done(&self, address: u64) -> bool {
        let module = self.registry.by_address(address);
        module.is_some_and(|module| module.formed().is_some_and(|formed| formed.bug_done(address)))
    }

    fn fixup_at(&self, address: u64) -> Option<Fixup> {
        self.registry.by_address(address)?.formed()?.fixup_at(address)
    }

    fn modules_linked_in(&self) -> String {
        let named = |module: &Arc<LoadedModule>| format!("{}{}", module.name, module_flags(module, true));
        let names: Vec<_> = self.registry.formed().iter().map(named).collect();
        names.join(" ")
    }

    fn tainted(&self) -> String {
        self.registry.taints().to_string()
    }

    fn add_taint(&self, letter: char) {
        if let Some(&taint) = Taint::ALL.iter().find(|taint| taint.letter() == letter) {
            self.registry.add_taints(Taints::from_iter([taint]));
        }
    }

    fn symbol_get(&self, name: &str) -> Option<u64> {
        let mut lines = Vec::new();
        let value = symbol_get(&mut self.registry.hold(), &Name::new(name.into()), &mut lines);
        if let Some(kernel) = self.kernel.upgrade() {
            lines.iter().for_each(|line| kernel.machine.printk(machine::Level::WARNING, line));
        }
        value
    }

    fn symbol_put(&self, name: &str) {
        let held = self.registry.hold();
        let owner = find_symbol(&held, &Name::new(name.into()), true).and_then(|found| found.owner);
        let id = owner.map(|owner| owner.id);
        drop(held);
        let modules = self.registry.modules();
        if let Some(module) = modules.iter().find(|module| Some(module.id) == id) {
            module.refcount.put();
        }
    }

    fn request_module(&self, name: &str) -> i32 {
        let Some(kernel) = self.kernel.upgrade() else { return -2 };
        match kernel.modprobe(name, "") {
            Ok(_) => 0,
            Err(_) => 256, // the exit status of a modprobe that failed
        }
    }

    fn static_key_changed(&self, key: u64, enabled: bool) {
        let Some(kernel) = self.kernel.upgrade() else { return };
        for module in self.registry.modules() {
            kernel.update_branches(&module, key, enabled);
        }
    }
}

impl Registry {
    /// The address of the symbol `name`: an export of vmlinux or of a module, or any symbol of a module.
    pub fn lookup_symbol(&self, name: &BStr) -> Option<u64> {
        let exported = find_symbol(&self.hold(), &Name::new(name), true).map(|found| found.export.value);
        exported.or_else(|| {
            let modules = self.modules();
            modules.iter().find_map(|module| module.memory.read().as_ref()?.kallsyms.lookup_name(name))
        })
    }
}
