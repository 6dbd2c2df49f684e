//! The kernel's list of modules, and what the rest of the machine may ask about it.
//! `kernel/module/main.c`: the list and module_mutex, find_module, add_unformed_module, m_show.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use abi::{Errno, LoadError};
use bstr::BStr;
use machine::WaitQueue;
use parking_lot::{Mutex, MutexGuard};
use symbols::{ExportTable, Exporter, ModuleId, ModuleState, ModuleUses};
use vermagic::{Taint, Taints};

use crate::loaded::LoadedModule;

/// How long a module waits for another one's `init` (`resolve_symbol_wait`).
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// All that the kernel knows about modules.
#[derive(Debug, Default)]
pub struct Registry {
    modules: Mutex<Modules>,
    /// Woken whenever a module has come as far as it will: LIVE, or gone.
    pub module_wq: WaitQueue,
    taints: Mutex<Taints>,
}

/// What `module_mutex` protects.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// What vmlinux exports.
    pub(crate) vmlinux: ExportTable,
    /// The newest first, as the kernel has it.
    pub(crate) list: Vec<Arc<LoadedModule>>,
    /// Who uses whom.
    pub(crate) uses: ModuleUses,
    next_id: u64,
}

impl Modules {
    /// `find_module`: the module called `name`, UNFORMED ones excepted.
    pub(crate) fn find(&self, name: &BStr) -> Option<Arc<LoadedModule>> {
        let mut formed = self.list.iter().filter(|module| module.state() != ModuleState::Unformed);
        formed.find(|module| module.name == name).cloned()
    }

    /// The module with this number.
    fn by_id(&self, id: ModuleId) -> Option<&Arc<LoadedModule>> {
        self.list.iter().find(|module| module.id == id)
    }
}

impl Registry {
    /// Takes `module_mutex`. Never held while module code runs.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Modules> {
        self.modules.lock()
    }

    /// The loaded modules, the newest first.
    pub fn modules(&self) -> Vec<Arc<LoadedModule>> {
        self.lock().list.clone()
    }

    /// Those of them that may be seen: all but the UNFORMED.
    pub fn formed(&self) -> Vec<Arc<LoadedModule>> {
        let mut modules = self.modules();
        modules.retain(|module| module.state() != ModuleState::Unformed);
        modules
    }

    /// `find_module`: the module called `name`, UNFORMED ones excepted.
    pub fn find(&self, name: &BStr) -> Option<Arc<LoadedModule>> {
        self.lock().find(name)
    }

    /// The module whose `struct module` lies at `address`.
    pub(crate) fn by_owner(&self, address: u64) -> Option<Arc<LoadedModule>> {
        self.lock().list.iter().find(|module| module.this_module == address).cloned()
    }

    /// The formed module that `address` lies in.
    pub(crate) fn by_address(&self, address: u64) -> Option<Arc<LoadedModule>> {
        self.formed().into_iter().find(|module| module.contains(address))
    }

    /// The names of the modules that use `module`, the latest first.
    pub fn users(&self, module: ModuleId) -> Vec<Arc<LoadedModule>> {
        let modules = self.lock();
        modules.uses.users(module).filter_map(|user| modules.by_id(user).cloned()).collect()
    }

    /// The kernel's taints.
    pub fn taints(&self) -> Taints {
        *self.taints.lock()
    }

    pub(crate) fn add_taints(&self, taints: Taints) {
        let mut all = self.taints.lock();
        *all = all.union(taints);
    }

    pub(crate) fn add_taint(&self, taint: Taint) {
        self.taints.lock().add(taint);
    }

    /// A number for a new module.
    pub(crate) fn next_id(&self) -> ModuleId {
        let mut modules = self.lock();
        modules.next_id += 1;
        ModuleId(modules.next_id)
    }

    /// `add_unformed_module`: gives `module` its place at the head of the list, where no module of its name is in
    /// it, in whatever state. Looking and inserting are one step: the lock is held from one to the other.
    ///
    /// Where there is one of its name, it stays as it is, and `module` is refused. First, if the other one is
    /// UNFORMED or COMING, we wait on `module_wq` until it `has_come`, for `PATIENCE` at most; the lock is not
    /// held meanwhile, because the other one needs it to come on. Then its state decides.
    ///
    /// # Errors
    /// In silence: `EEXIST` where the other one is LIVE, `EBUSY` in any other state: it is GOING, or did not make
    /// it, or still does not come.
    pub fn add_unformed_module(&self, module: &Arc<LoadedModule>) -> Result<(), LoadError> {
        // ANCHOR: task_add_unformed_module
        let other = {
            let mut modules = self.lock();
            let Some(other) = modules.list.iter().find(|other| other.name == module.name).cloned() else {
                modules.list.insert(0, module.clone());
                return Ok(());
            };
            other
        };
        if matches!(other.state(), ModuleState::Coming | ModuleState::Unformed) {
            self.module_wq.wait_timeout(PATIENCE, || self.has_come(&other));
        }
        let errno = if other.state() == ModuleState::Live { Errno::EEXIST } else { Errno::EBUSY };
        Err(LoadError::silent(errno))
        // ANCHOR_END: task_add_unformed_module
    }

    /// `finished_loading`: whether `module` is LIVE, on its way out, or gone.
    fn has_come(&self, module: &Arc<LoadedModule>) -> bool {
        self.lock().by_id(module.id).is_none()
            || matches!(module.state(), ModuleState::Live | ModuleState::Going)
    }

    /// Takes `module` out of the list, and gives back every reference it held (`free_module`).
    pub fn remove(&self, module: &LoadedModule) {
        let mut modules = self.lock();
        modules.list.retain(|other| other.id != module.id);
        for used in modules.uses.module_unload_free(module.id) {
            if let Some(used) = modules.by_id(used) {
                used.put();
            }
        }
        drop(modules);
        self.module_wq.wake_all();
    }

    /// The kernel as the resolution of symbols sees it: held still, except while waiting.
    pub(crate) fn hold(&self) -> Held<'_> {
        Held { registry: self, modules: self.lock(), deadline: None }
    }
}

/// `module_mutex`, held for the resolution of one symbol.
pub(crate) struct Held<'r> {
    registry: &'r Registry,
    modules: MutexGuard<'r, Modules>,
    deadline: Option<Instant>,
}

impl symbols::Kernel for Held<'_> {
    fn exports(&self) -> &ExportTable {
        &self.modules.vmlinux
    }

    fn modules(&self) -> impl Iterator<Item = Exporter<'_>> {
        self.modules.list.iter().filter_map(|module| {
            Some(Exporter {
                id: module.id,
                name: BStr::new(&module.name),
                state: module.state(),
                is_proprietary: module.taints().has(Taint::ProprietaryModule),
                exports: &module.formed()?.exports,
            })
        })
    }

    fn uses(&mut self) -> &mut ModuleUses {
        &mut self.modules.uses
    }

    fn strong_try_module_get(&mut self, module: ModuleId) -> Result<(), Errno> {
        self.modules.by_id(module).map_or(Err(Errno::ENOENT), |module| module.refcount.strong_try_get())
    }

    fn wait_for_init(&mut self, module: ModuleId) -> bool {
        let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + PATIENCE);
        let Some(module) = self.modules.by_id(module).cloned() else {
            return true;
        };
        let registry = self.registry;
        MutexGuard::unlocked(&mut self.modules, || {
            let left = deadline.saturating_duration_since(Instant::now());
            registry.module_wq.wait_timeout(left, || registry.has_come(&module))
        })
    }
}
