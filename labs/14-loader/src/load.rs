//! `init_module`: from a file's bytes to a module that is LIVE. `kernel/module/main.c, load_module`; each
//! step has the kernel's name and place in the order.

use std::sync::Arc;

use abi::{Errno, LoadError};
use elf::Module;
use layout::{Bases, Layout};
use lifecycle::Entrance;
use machine::Level;
use modversions::{Versions, check_modstruct_version};
use vermagic::{Judgement, Taints, check_modinfo};

use crate::{
    counting::References, form::Allocated, kernel::Kernel, loaded::LoadedModule, not_done::NotDone,
    signing::module_sig_check,
};

impl Kernel {
    /// Links the module in `file` (not compressed) into the kernel and runs its init with the parameters
    /// `arguments`, as `insmod FILE ARGUMENTS` asks for.
    ///
    /// # Errors
    /// The errno of the system call and what the kernel prints, which is in the log as well; nothing is loaded
    /// and nothing is leaked then. Or the module's own code died of an oops: such a module stays COMING for
    /// ever, as in the kernel.
    pub fn init_module(&self, file: &[u8], arguments: &str) -> Result<(), NotDone> {
        let loaded = self.load_module(file).map_err(|refusal| {
            self.print(Level::ERR, &refusal.message);
            NotDone::Refused(refusal)
        })?;
        self.start(&loaded, arguments)
    }

    /// All that happens before any of the module's code runs.
    ///
    /// # Errors
    /// The refusal, which has not been printed yet; nothing is loaded and nothing is leaked then.
    pub fn load_module(&self, file: &[u8]) -> Result<Arc<LoadedModule>, LoadError> {
        if let Some(complaint) = module_sig_check(file)? {
            self.print(Level::ERR, complaint);
        }
        let module = Module::parse(file)?;
        let mut judgement = Judgement::new(&module, self.config.policy, self.registry.taints());
        let versions = Versions::of(&module);
        let crc = self.machine.exports().symvers().get("module_layout").map(|entry| entry.crc);
        let judged = check_modstruct_version(&mut judgement, versions.as_ref(), crc)
            .and_then(|()| check_modinfo(&mut judgement, &module, self.config.vermagic.as_ref()));
        self.settle(&mut judgement);
        judged?;

        let (loaded, memory) = self.layout_and_allocate(&module)?;
        self.registry.add_unformed_module(&loaded)?;
        let formed = self.form(&module, &mut judgement, &loaded, memory);
        self.settle(&mut judgement);
        if let Err(refusal) = formed {
            self.free_module(&loaded);
            return Err(refusal);
        }
        Ok(loaded)
    }

    /// Prints what has been said about a module so far, and takes its taints over.
    fn settle(&self, judgement: &mut Judgement) {
        for line in judgement.lines.drain(..) {
            self.machine.printk(Level::WARNING, &line);
        }
        self.registry.add_taints(judgement.kernel);
    }

    /// Lays the module out and finds memory for it.
    fn layout_and_allocate(&self, module: &Module) -> Result<(Arc<LoadedModule>, Allocated), LoadError> {
        let layout = Layout::of(module)?;
        let name = module.this_module_name;
        let allocate = |size: u64, part: &str| {
            let size = usize::try_from(size).map_err(|_| LoadError::silent(Errno::ENOMEM))?;
            let label = format!("{name}{part}");
            self.machine.memory().allocate(size, &label).map_err(|_| LoadError::silent(Errno::ENOMEM))
        };
        let core = allocate(layout.core.size, "")?;
        let init = allocate(layout.init.size, " (init)")?;
        let bases = Bases { core: core.address(), init: init.address(), percpu: 0 };
        let percpu = vec![0; layout.percpu.size as usize]; // at most MODULES_LEN
        let this_module = layout.addresses(bases).get(module.this_module).copied().unwrap_or_default();
        let version = module.modinfo.get("version");
        let id = self.registry.next_id();
        let mut loaded = LoadedModule::unformed(id, name, version, layout, this_module);
        loaded.entrance = Entrance::new(self.config.visibility);
        loaded.refcount = References::new(self.config.refcount, self.machine.cpus());
        Ok((Arc::new(loaded), Allocated { core, init, percpu, bases, taints: Taints::NONE }))
    }
}
