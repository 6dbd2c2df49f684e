//! From a place in the list to COMING: versions, symbols, relocations, tables, protections.
//! `kernel/module/main.c`, the middle of load_module, and complete_formation.

use std::sync::Arc;

use abi::{Errno, LoadError};
use elf::Module;
use kallsyms::Kallsyms;
use layout::{Bases, Protection};
use machine::Region;
use symbols::{Image, ModuleState, check_module_license_and_versions, verify_exported_symbols};
use vermagic::{Judgement, Taint, Taints};

use crate::{
    formed::Formed,
    kernel::Kernel,
    link::{Parts, link},
    loaded::{LoadedModule, ModuleMemory},
};

/// What a module's memory is before it belongs to a [`LoadedModule`].
pub(crate) struct Allocated {
    pub(crate) core: Region,
    pub(crate) init: Region,
    pub(crate) percpu: Vec<u8>,
    pub(crate) bases: Bases,
    /// The module's taints so far.
    pub(crate) taints: Taints,
}

impl Allocated {
    /// The memory to link into.
    fn parts(&mut self) -> Parts<'_> {
        let (core, init) = (self.core.bytes_mut(), self.init.bytes_mut());
        Parts { core, init, percpu: &mut self.percpu, taints: Some(self.taints) }
    }

    /// The linked module, to read its own tables from.
    fn image(&mut self) -> Image<'_> {
        let Bases { core, init, .. } = self.bases;
        Image { core: (core, self.core.bytes_mut()), init: (init, self.init.bytes_mut()) }
    }
}

impl Kernel {
    /// All that turns a module with a place in the list into one that is COMING. Each step has a function, and
    /// needs what those before it have found; the first refusal is the answer, and the caller undoes everything.
    /// Of this kernel's own functions, 5 is in `bind.rs`, 8 in `branches.rs`, and the other two stand below, as 1 does:
    ///
    /// | | | |
    /// |--:|---|---|
    /// | 1 | `check_signature` | cannot refuse |
    /// | 2 | `self.percpu_modalloc` | writes `memory.bases.percpu` |
    /// | 3 | [`check_module_license_and_versions`] | |
    /// | 4 | `loaded.layout.addresses(memory.bases)` | where every section lies, now that all three bases are known |
    /// | 5 | `self.simplify_symbols` | every symbol's value |
    /// | 6 | [`link`] into `memory.parts()` | bytes and relocations |
    /// | 7 | [`Formed::read`] from `memory.image()` | the tables, which are addresses until 6 has filled them in |
    /// | 8 | `self.apply_branches` | those that 7 has found |
    /// | 9 | [`Kallsyms::new`] | |
    /// | 10 | `self.complete_formation` | gets all of it; its answer is the answer |
    pub(crate) fn form(
        &self,
        module: &Module,
        judgement: &mut Judgement,
        loaded: &Arc<LoadedModule>,
        mut memory: Allocated,
    ) -> Result<(), LoadError> {
        // ANCHOR: task_form
        check_signature(judgement);
        self.percpu_modalloc(module, judgement, loaded, &mut memory)?;
        check_module_license_and_versions(judgement, module)?;
        let addresses = loaded.layout.addresses(memory.bases);
        let values = self.simplify_symbols(module, judgement, loaded, &addresses)?;
        link(module, &loaded.layout, &addresses, &values, &mut memory.parts())?;
        let formed = Formed::read(module, &addresses, &memory.image())?;
        self.apply_branches(&formed.branches, &mut memory, module)?;
        let kallsyms = Kallsyms::new(module, &loaded.layout, memory.bases, &values);
        self.complete_formation(judgement, loaded, formed, kallsyms, memory)
        // ANCHOR_END: task_form
    }

    /// Finds room for the module's per-CPU data in every CPU's area, and notes the taints that the module has by now.
    fn percpu_modalloc(
        &self,
        module: &Module,
        judgement: &mut Judgement,
        loaded: &LoadedModule,
        memory: &mut Allocated,
    ) -> Result<(), LoadError> {
        memory.taints = judgement.module;
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
        loaded.set_taints(judgement.module);
        let Allocated { mut core, mut init, .. } = memory;
        let protected = protect(&mut core, loaded.layout.core.groups(), false)
            .and_then(|()| protect(&mut init, loaded.layout.init.groups(), false));
        protected.map_err(|_| LoadError::silent(Errno::ENOMEM))?;
        *loaded.memory.write() = Some(ModuleMemory { core, init: Some(init), kallsyms });
        // Set once, here: nobody else forms this module.
        let _ = loaded.formed.set(formed);
        loaded.set_state(ModuleState::Coming);
        Ok(())
    }
}

/// Nobody's signature can be verified here: there is no key.
pub(crate) fn check_signature(judgement: &mut Judgement) {
    if !judgement.kernel.has(Taint::UnsignedModule) {
        let name = judgement.name;
        judgement.print(format!(
            "{name}: module verification failed: signature and/or required key missing - tainting kernel"
        ));
    }
    judgement.add_taint_module(Taint::UnsignedModule);
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
