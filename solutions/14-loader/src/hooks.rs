//! What the machine asks the loader: whose address is this, may that module be entered, what does a parameter's text
//! mean.

use std::sync::{Arc, Weak};

use abi::{Elements, Errno, ParamKind};
use bstr::BStr;
use machine::{Bug, Fixup, ModuleHooks, Place, answer};
use modversions::Name;
use params::{Charp, CopyString, Setting, Type, param_array, param_array_get, standard};
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

    /// Sets a parameter whose variable the machine keeps: whether the text is taken is all that is asked.
    fn set_text(&self, name: &[u8], value: &[u8], variable: &mut dyn Type) -> Result<(), Errno> {
        let mut param = Setting::of(name.into());
        let answer = variable.set(Some(&mut value.to_vec()), &mut param);
        self.pr_err(&param.printed);
        answer
    }

    fn pr_err(&self, lines: &[String]) {
        if let Some(kernel) = self.kernel.upgrade() {
            lines.iter().for_each(|line| kernel.machine.printk(machine::Level::ERR, line));
        }
    }
}

/// What may come to a learner's code is asked through [`answer`]: it may panic.
impl ModuleHooks for Hooks {
    fn try_module_get(&self, module: u64) -> bool {
        // What came with the kernel is always there.
        module == 0
            || answer(|| {
                let module = self.registry.by_owner(module);
                module.is_some_and(|module| {
                    module.entrance.may_enter(module.state()) && module.refcount.try_get()
                })
            })
    }

    fn module_make_live(&self, module: u64) {
        answer(|| {
            if let Some(module) = self.registry.by_owner(module) {
                // A module that goes is refused, and who asked has no way to hear of it.
                let _ = module.entrance.module_make_live(module.state());
            }
        });
    }

    fn module_get(&self, module: u64) {
        if let Some(module) = self.registry.by_owner(module) {
            module.refcount.get();
        }
    }

    fn module_put(&self, module: u64) {
        if let Some(module) = self.registry.by_owner(module) {
            module.put();
        }
    }

    fn module_name(&self, module: u64) -> Option<String> {
        self.registry.by_owner(module).map(|module| module.name.to_string())
    }

    fn symbolize(&self, address: u64) -> Option<Place> {
        answer(|| {
            let module = self.registry.by_address(address)?;
            let memory = module.memory.read();
            let location = memory.as_ref()?.kallsyms.lookup_address(address)?;
            Some(Place {
                symbol: location.symbol.to_string(),
                offset: location.offset,
                size: location.size,
                module: Some(location.module.to_string()),
            })
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
        answer(|| {
            let mut lines = Vec::new();
            let value = symbol_get(&mut self.registry.hold(), &Name::new(name.into()), &mut lines);
            if let Some(kernel) = self.kernel.upgrade() {
                lines.iter().for_each(|line| kernel.machine.printk(machine::Level::WARNING, line));
            }
            value
        })
    }

    fn symbol_put(&self, name: &str) -> bool {
        answer(|| {
            let held = self.registry.hold();
            let found = find_symbol(&held, &Name::new(name.into()), true);
            let (is_there, id) = (found.is_some(), found.and_then(|found| found.owner).map(|owner| owner.id));
            drop(held);
            let modules = self.registry.modules();
            if let Some(module) = modules.iter().find(|module| Some(module.id) == id) {
                module.put();
            }
            is_there
        })
    }

    fn request_module(&self, name: &str) -> i32 {
        answer(|| {
            let Some(kernel) = self.kernel.upgrade() else { return -2 };
            match kernel.modprobe(name, "") {
                Ok(_) => 0,
                Err(_) => 256, // the exit status of a modprobe that failed
            }
        })
    }

    fn param_set(&self, kind: ParamKind, value: Option<&[u8]>, old: u64) -> Result<u64, Errno> {
        answer(|| {
            let mut variable = standard(kind, old);
            let mut text = value.map(<[u8]>::to_vec);
            variable.set(text.as_deref_mut(), &mut Setting::of("".into()))?;
            Ok(variable.bits())
        })
    }

    fn param_get(&self, kind: ParamKind, bits: u64) -> Result<Vec<u8>, Errno> {
        answer(|| standard(kind, bits).get())
    }

    fn param_set_charp(&self, name: &[u8], value: &[u8]) -> Result<(), Errno> {
        answer(|| self.set_text(name, value, &mut Charp::default()))
    }

    fn param_set_copystring(&self, name: &[u8], value: &[u8], maxlen: u32) -> Result<(), Errno> {
        answer(|| self.set_text(name, value, &mut CopyString::new(maxlen, "")))
    }

    fn param_array(&self, name: &[u8], list: &mut [u8], elements: &mut dyn Elements) -> Result<(), Errno> {
        answer(|| {
            let mut param = Setting::of(name.into());
            let answer = param_array(list, elements, &mut param);
            self.pr_err(&param.printed);
            answer
        })
    }

    fn param_array_get(
        &self,
        count: usize,
        get: &mut dyn FnMut(usize) -> Result<Vec<u8>, Errno>,
    ) -> Result<Vec<u8>, Errno> {
        answer(|| param_array_get(count, get))
    }

    fn static_key_changed(&self, key: u64, enabled: bool) {
        answer(|| {
            let Some(kernel) = self.kernel.upgrade() else { return };
            for module in self.registry.modules() {
                kernel.update_branches(&module, key, enabled);
            }
        })
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
