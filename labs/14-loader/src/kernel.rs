//! The simulated kernel: a machine, the list of its modules, and the two system calls, `init_module` and
//! `delete_module`.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock, Weak},
};

use abi::{OnMismatch, Policy, RELEASE, Symvers, VERMAGIC};
use bstr::{BString, ByteSlice};
use lifecycle::Visibility;
use machine::{Config, Level, Machine, ModuleHooks, NotHere};
use symbols::{Export, ExportTable};

use crate::{counting::Counting, hooks::Hooks, registry::Registry, tree::ModuleTree};

/// What a kernel is booted with.
#[derive(Debug, Clone)]
pub struct KernelConfig {
    /// How many CPUs.
    pub cpus: usize,
    /// How modules are judged.
    pub policy: Policy,
    /// The kernel's own version magic.
    pub vermagic: BString,
    /// The kernel build's list of exports; `None` takes the machine's own.
    pub symvers: Option<Arc<Symvers>>,
    /// How references to modules are counted.
    pub refcount: Counting,
    /// Where modprobe finds modules: a directory such as /lib/modules/VERSION.
    pub modules: Option<PathBuf>,
    /// From when on a module may be entered.
    pub visibility: Visibility,
}

impl Default for KernelConfig {
    fn default() -> KernelConfig {
        KernelConfig {
            cpus: 2,
            policy: Policy::default(),
            vermagic: VERMAGIC.into(),
            symvers: None,
            refcount: Counting::default(),
            modules: None,
            visibility: Visibility::default(),
        }
    }
}

/// A kernel that is up.
pub struct Kernel {
    pub(crate) config: KernelConfig,
    pub(crate) machine: Arc<Machine>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) tree: OnceLock<Result<ModuleTree, String>>,
    /// The machine keeps only a weak handle to the hooks; this keeps them alive.
    _hooks: Arc<dyn ModuleHooks>,
}

impl Kernel {
    /// Boots the machine and makes its exports known to the loader.
    ///
    /// # Errors
    /// This computer cannot run module code; the text says what it would take.
    pub fn boot(config: KernelConfig) -> Result<Arc<Kernel>, NotHere> {
        let release = match config.policy.vermagic {
            // The magic of 2003 does not name it.
            OnMismatch::Warn => RELEASE.into(),
            OnMismatch::Refuse => config.vermagic.split_str(" ").next().unwrap_or_default().to_str_lossy(),
        };
        let release = release.into_owned();
        let machine = Machine::boot(Config {
            cpus: config.cpus,
            symvers: config.symvers.clone(),
            release: release.clone(),
            ..Config::default()
        })?;
        machine
            .printk(Level::NOTICE, &format!("Linux version {release} (simulated, {} CPUs)", machine.cpus()));
        let registry = Arc::new(Registry::default());
        let kernel = Arc::new_cyclic(|kernel: &Weak<Kernel>| {
            let hooks: Arc<dyn ModuleHooks> = Arc::new(Hooks::new(registry.clone(), kernel.clone()));
            machine.set_hooks(Arc::downgrade(&hooks));
            Kernel { config, machine, registry, tree: OnceLock::new(), _hooks: hooks }
        });
        kernel.publish_exports();
        Ok(kernel)
    }

    /// The machine it runs on.
    pub fn machine(&self) -> &Arc<Machine> {
        &self.machine
    }

    /// Its list of modules.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// What it was booted with.
    pub fn config(&self) -> &KernelConfig {
        &self.config
    }

    /// Makes the table of what vmlinux exports anew: at boot, and whenever the machine has bound more names.
    pub(crate) fn publish_exports(&self) {
        let exports = self.machine.exports().all();
        let vmlinux = ExportTable::new(exports.iter().map(|export| Export {
            name: export.name.as_bytes().into(),
            value: export.value,
            crc: export.crc,
            gpl_only: export.gpl_only,
            namespace: export.namespace.as_bytes().into(),
        }));
        self.registry.lock().vmlinux = vmlinux;
    }

    /// Prints what the kernel says about a module; several lines are several messages.
    pub(crate) fn print(&self, level: Level, text: &str) {
        for line in text.lines() {
            self.machine.printk(level, line);
        }
    }
}
