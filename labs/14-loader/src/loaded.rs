//! One loaded module: its memory, its state, and what is known of it. `struct module`, include/linux/module.h.

use std::{
    ops::Range,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use abi::offsets;
use bstr::{BStr, BString};
use kallsyms::Kallsyms;
use layout::Layout;
use lifecycle::{Entrance, Visibility, transition};
use machine::{Complaint, Level, Region, printk, try_current};
use parking_lot::RwLock;
use symbols::{ModuleId, ModuleState};
use vermagic::Taints;

use crate::{counting::References, formed::Formed, unloading::TaskWaiter};

/// A module in the kernel's list.
#[derive(Debug)]
pub struct LoadedModule {
    /// Its number, never used twice.
    pub id: ModuleId,
    /// Its name, as `struct module` has it.
    pub name: BString,
    /// Where its sections are.
    pub layout: Layout,
    /// Its version, where modinfo has one.
    pub version: Option<BString>,
    /// The address of its `struct module`: what owner pointers hold.
    pub this_module: u64,
    /// Its memory; `None` while it is being linked.
    pub(crate) memory: RwLock<Option<ModuleMemory>>,
    /// What is known of it once it is linked.
    pub(crate) formed: OnceLock<Formed>,
    taints: RwLock<Taints>,
    percpu: OnceLock<u64>,
    /// Who may enter it while its init runs.
    pub entrance: Entrance,
    /// Its state, and who holds it.
    pub refcount: References,
    /// Who waits until nobody does (`mod->waiter`).
    pub(crate) waiter: TaskWaiter,
    /// It has been said that somebody is still in it.
    warned: AtomicBool,
}

/// The pages of a module.
#[derive(Debug)]
pub(crate) struct ModuleMemory {
    /// What stays.
    pub(crate) core: Region,
    /// What is freed once `init` has succeeded.
    pub(crate) init: Option<Region>,
    /// The names of its addresses.
    pub(crate) kallsyms: Kallsyms,
}

impl LoadedModule {
    /// A module that has a name and a place in the list, and nothing else yet: UNFORMED.
    pub fn unformed(
        id: ModuleId,
        name: &BStr,
        version: Option<&BStr>,
        layout: Layout,
        this_module: u64,
    ) -> LoadedModule {
        LoadedModule {
            id,
            name: name.to_owned(),
            layout,
            version: version.map(|version| version.to_owned()),
            this_module,
            memory: RwLock::new(None),
            formed: OnceLock::new(),
            taints: RwLock::default(),
            percpu: OnceLock::new(),
            entrance: Entrance::new(Visibility::default()),
            refcount: References::default(),
            waiter: TaskWaiter::default(),
            warned: AtomicBool::new(false),
        }
    }

    /// Where it is in its life.
    pub fn state(&self) -> ModuleState {
        self.refcount.state()
    }

    /// Moves it on, and says so in its `struct module`, where its own code may look. A way that no module may go is a
    /// bug of the loader's: there is a warning, as with the kernel's WARN, and it goes on.
    pub fn set_state(&self, state: ModuleState) {
        if let Err(bug) = transition(self.state(), state)
            && try_current().is_some()
        {
            bug.lines().for_each(|line| printk(Level::WARNING, &format!("{}: {line}\n", self.name)));
        }
        self.refcount.set_state(state);
        if let Some(memory) = &*self.memory.read() {
            let offset = self.this_module.wrapping_sub(memory.core.address());
            let offset = (offset as usize).wrapping_add(offsets::module::STATE);
            // A `struct module` outside the core part cannot be: the section is neither init nor empty. Where
            // the host has no memory for the second mapping, only the module's own view of its state is late.
            let _ = memory.core.patch(offset, &(state as u32).to_le_bytes());
        }
    }

    /// Its own taints.
    pub fn taints(&self) -> Taints {
        *self.taints.read()
    }

    pub(crate) fn set_taints(&self, taints: Taints) {
        *self.taints.write() = taints;
    }

    /// Where its per-CPU data lies in every CPU's area, where it has any.
    pub fn percpu(&self) -> Option<u64> {
        self.percpu.get().copied()
    }

    pub(crate) fn set_percpu(&self, offset: u64) {
        // Set once, by whoever forms the module.
        let _ = self.percpu.set(offset);
    }

    /// What is known of it once it is linked; `None` while it is UNFORMED.
    pub fn formed(&self) -> Option<&Formed> {
        self.formed.get()
    }

    /// Its size as `lsmod` shows it: the core part, and the init part while it is there; bytes.
    pub fn size(&self) -> u64 {
        let has_init = self.memory.read().as_ref().is_none_or(|memory| memory.init.is_some());
        self.layout.core.size + if has_init { self.layout.init.size } else { 0 }
    }

    /// The address of its core part, 0 while it is being linked.
    pub fn address(&self) -> u64 {
        self.memory.read().as_ref().map_or(0, |memory| memory.core.address())
    }

    /// Whether `address` lies in it.
    pub fn contains(&self, address: u64) -> bool {
        self.memory.read().as_ref().is_some_and(|memory| {
            memory.core.contains(address) || memory.init.as_ref().is_some_and(|init| init.contains(address))
        })
    }

    /// `module_put`: gives a reference back, and wakes who waits for it. False where there was none to give; in a task the
    /// kernel warns then.
    pub fn put(&self) -> bool {
        let put = self.refcount.module_put(&self.waiter);
        if !put && try_current().is_some() {
            Complaint { file: "kernel/module/main.c", line: 857, function: "module_put" }.warn_on();
        }
        put
    }

    /// Where its instructions lie.
    pub(crate) fn text(&self) -> Vec<Range<u64>> {
        let memory = self.memory.read();
        let Some(memory) = &*memory else { return Vec::new() };
        let core = memory.core.address();
        let init = memory.init.as_ref().map(|init| init.address());
        let init = init.map(|init| init..init + self.layout.init.text_size);
        std::iter::once(core..core + self.layout.core.text_size).chain(init).collect()
    }

    /// `address` by its names, as an oops has it. They are there for as long as its memory, in the list or not.
    pub(crate) fn place(&self, address: u64) -> String {
        let memory = self.memory.read();
        let location = memory.as_ref().and_then(|memory| memory.kallsyms.lookup_address(address));
        location.map_or_else(|| format!("{address:#x}"), |location| location.to_string())
    }

    /// Whether it has been said already that somebody is still in it; from now on it has.
    pub(crate) fn was_warned(&self) -> bool {
        // Relaxed: a flag of its own, which guards nothing.
        self.warned.swap(true, Ordering::Relaxed)
    }

    /// Whether `address` lies in its instructions.
    pub fn is_text(&self, address: u64) -> bool {
        self.memory.read().as_ref().is_some_and(|memory| {
            let within = |base: u64, size: u64| address.wrapping_sub(base) < size;
            within(memory.core.address(), self.layout.core.text_size)
                || memory.init.as_ref().is_some_and(|init| within(init.address(), self.layout.init.text_size))
        })
    }
}
