//! `init_module`: from a file's bytes to a module that is LIVE. `kernel/module/main.c, load_module`; each
//! step has the kernel's name and place in the order.

use std::sync::Arc;

use abi::{Errno, LoadError};
use elf::Module;
use goblin::elf::reloc::R_X86_64_PLT32;
use kallsyms::Kallsyms;
use layout::{Bases, Layout, Protection};
use machine::{Level, Region};
use modversions::{Name, Versions, check_modstruct_version};
use symbols::{
    Image, Importer, check_module_license_and_versions, resolve_symbol_wait, simplify_symbols,
    verify_exported_symbols,
};
use vermagic::{Judgement, Taint, check_modinfo};

use crate::{
    formed::Formed,
    kernel::Kernel,
    link::{Parts, link},
    loaded::{LoadedModule, ModuleMemory},
    not_done::NotDone,
};

/// What a module's memory is before it belongs to a [`LoadedModule`].
struct Allocated {
    core: Region,
    init: Region,
    percpu: Vec<u8>,
    bases: Bases,
}

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

    // ANCHOR: load_module
    /// All that happens before any of the module's code runs.
    fn load_module(&self, file: &[u8]) -> Result<Arc<LoadedModule>, LoadError> {
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
    // ANCHOR_END: load_module

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
        let loaded = LoadedModule::unformed(id, name, version, layout, this_module);
        Ok((Arc::new(loaded), Allocated { core, init, percpu, bases }))
    }

    /// Everything between the module's place in the list and its being COMING: versions, symbols,
    /// relocations, tables, protections.
    fn form(
        &self,
        module: &Module,
        judgement: &mut Judgement,
        loaded: &Arc<LoadedModule>,
        mut memory: Allocated,
    ) -> Result<(), LoadError> {
        self.check_signature(module, judgement);
        self.percpu_modalloc(module, judgement, loaded, &mut memory)?;
        check_module_license_and_versions(judgement, module)?;
        loaded.set_taints(judgement.module);

        let addresses = loaded.layout.addresses(memory.bases);
        let values = self.simplify_symbols(module, judgement, loaded, &addresses)?;
        loaded.set_taints(judgement.module);
        let Allocated { core, init, percpu, .. } = &mut memory;
        let mut parts = Parts { core: core.bytes_mut(), init: init.bytes_mut(), percpu };
        link(module, &loaded.layout, &addresses, &values, &mut parts)?;

        let bases = memory.bases;
        let (core, init) = (&mut memory.core, &mut memory.init);
        let formed = {
            let image = Image { core: (bases.core, core.bytes_mut()), init: (bases.init, init.bytes_mut()) };
            Formed::read(module, &addresses, &image)?
        };
        self.apply_branches(&formed.branches, core, init, module)?;
        let kallsyms = Kallsyms::new(module, &loaded.layout, bases, &values);
        self.complete_formation(judgement, loaded, formed, kallsyms, memory)
    }

    /// Nobody's signature can be verified here: there is no key.
    fn check_signature(&self, module: &Module, judgement: &mut Judgement) {
        if !judgement.kernel.has(Taint::UnsignedModule) {
            let name = module.this_module_name;
            judgement.print(format!(
                "{name}: module verification failed: signature and/or required key missing - tainting kernel"
            ));
        }
        judgement.add_taint_module(Taint::UnsignedModule);
    }

    /// Finds room for the module's per-CPU data in every CPU's area.
    fn percpu_modalloc(
        &self,
        module: &Module,
        judgement: &mut Judgement,
        loaded: &LoadedModule,
        memory: &mut Allocated,
    ) -> Result<(), LoadError> {
        let percpu = loaded.layout.percpu;
        if percpu.size == 0 {
            return Ok(());
        }
        let name = module.this_module_name;
        if let Some(warning) = percpu.warning(name) {
            judgement.print(warning);
        }
        let (size, alignment) = (percpu.size as usize, percpu.alignment() as usize);
        let section = module.percpu.and_then(|number| module.sections.get(number));
        let initial = section.map(|section| section.data).unwrap_or_default();
        let offset = self.machine.percpu().allocate(size, alignment, initial);
        memory.bases.percpu = offset.map_err(|_| percpu.could_not_allocate(name))?;
        loaded.set_percpu(memory.bases.percpu);
        Ok(())
    }

    /// Gives every symbol its value. Names that the real kernel exports and this machine does not have are
    /// bound to traps first, so that any module loads, and the first missing call says its name.
    fn simplify_symbols(
        &self,
        module: &Module,
        judgement: &mut Judgement,
        loaded: &LoadedModule,
        addresses: &[u64],
    ) -> Result<Vec<u64>, LoadError> {
        self.bind_missing(module)?;
        let mut importer = Importer::new(module, loaded.id);
        simplify_symbols(judgement, module, addresses, |judgement, symbol| {
            resolve_symbol_wait(judgement, &mut importer, &mut self.registry.hold(), &Name::new(symbol.name))
        })
    }

    fn bind_missing(&self, module: &Module) -> Result<(), LoadError> {
        let exports = self.machine.exports();
        let missing = |name: &str| {
            let of_vmlinux = exports.symvers().get(name).is_some_and(|entry| entry.exporter == "vmlinux");
            of_vmlinux && exports.get(name).is_none()
        };
        let mut called = None;
        let mut bound = false;
        for (number, symbol) in module.symbols.iter().enumerate().filter(|(_, symbol)| symbol.is_undefined())
        {
            let Some(name) = std::str::from_utf8(symbol.name).ok().filter(|name| missing(name)) else {
                continue;
            };
            let called = called.get_or_insert_with(|| called_symbols(module));
            let is_called = called.get(number).copied().unwrap_or_default();
            exports.bind_missing(name, is_called).map_err(|_| LoadError::silent(Errno::ENOMEM))?;
            bound = true;
        }
        if bound {
            self.publish_exports();
        }
        Ok(())
    }

    /// Nobody else exports the same; the pages get their protections; then the module may be seen.
    fn complete_formation(
        &self,
        judgement: &Judgement,
        loaded: &Arc<LoadedModule>,
        formed: Formed,
        kallsyms: Kallsyms,
        memory: Allocated,
    ) -> Result<(), LoadError> {
        verify_exported_symbols(judgement, &formed.exports, &self.registry.hold())?;
        let Allocated { mut core, mut init, .. } = memory;
        let protected = protect(&mut core, loaded.layout.core.groups(), false)
            .and_then(|()| protect(&mut init, loaded.layout.init.groups(), false));
        protected.map_err(|_| LoadError::silent(Errno::ENOMEM))?;
        *loaded.memory.write() = Some(ModuleMemory { core, init: Some(init), kallsyms });
        // Set once, here: nobody else forms this module.
        let _ = loaded.formed.set(formed);
        loaded.set_state(symbols::ModuleState::Coming);
        Ok(())
    }
}

/// Which symbols are called and not merely pointed to, by number: those that a PLT32 relocation names.
fn called_symbols(module: &Module) -> Vec<bool> {
    let mut called = vec![false; module.symbols.len()];
    for rela in module.relocation_tables().flat_map(|table| table.entries()) {
        if rela.kind == R_X86_64_PLT32
            && let Some(called) = called.get_mut(rela.symbol as usize)
        {
            *called = true;
        }
    }
    called
}

/// Sets what may be done with each group of pages; the data that only init writes becomes read-only `after_init`.
pub(crate) fn protect(
    region: &mut Region,
    groups: impl Iterator<Item = layout::Group>,
    after_init: bool,
) -> std::io::Result<()> {
    for group in groups {
        let protection = match group.protection {
            Protection::ReadExecute => machine::Protection::ReadExecute,
            Protection::ReadOnly => machine::Protection::ReadOnly,
            Protection::ReadOnlyAfterInit if after_init => machine::Protection::ReadOnly,
            Protection::ReadOnlyAfterInit | Protection::ReadWrite => machine::Protection::ReadWrite,
        };
        region.protect(group.range.start as usize..group.range.end as usize, protection)?;
    }
    Ok(())
}
