//! What a kernel would answer, without one: every check of `load_module` that needs no memory of the kernel's,
//! in its order, against the exports that a Module.symvers lists.

use abi::{Errno, LoadError, Policy, Symvers};
use bstr::BString;
use elf::Module;
use layout::{Bases, Layout};
use modversions::{Name, Versions, check_modstruct_version};
use symbols::{
    Export, ExportTable, Exporter, Image, Importer, Kernel, ModuleId, ModuleUses,
    check_module_license_and_versions, resolve_symbol_wait, simplify_symbols,
};
use vermagic::{Judgement, Taints, check_modinfo};

use crate::{
    formed::Formed,
    link::{Parts, link},
};

/// A kernel as far as its verdicts go: all that its Module.symvers lists is there, and nothing else is loaded.
#[derive(Debug)]
pub struct Judge {
    symvers: Symvers,
    vermagic: BString,
    policy: Policy,
    exports: ExportTable,
}

/// Where the module would lie: an address of the kernel's, so that every relocation within reach fits.
const BASE: u64 = 0x1000_0000;

impl Judge {
    /// The kernel with these exports and this version magic.
    pub fn new(symvers: Symvers, vermagic: &str, policy: Policy) -> Judge {
        let exports = ExportTable::new(symvers.iter().map(|entry| Export {
            name: entry.name.as_bytes().into(),
            value: BASE,
            crc: Some(entry.crc),
            gpl_only: entry.gpl_only,
            namespace: entry.namespace.as_bytes().into(),
        }));
        Judge { symvers, vermagic: vermagic.into(), policy, exports }
    }

    /// Judges `module`; `lines` gets what the kernel prints before it comes to a verdict.
    ///
    /// # Errors
    /// The refusal, with the lines that belong to it.
    pub fn judge(&self, module: &Module, lines: &mut Vec<String>) -> Result<(), LoadError> {
        let mut judgement = Judgement::new(module, self.policy, Taints::NONE);
        let outcome = self.load_module(module, &mut judgement);
        lines.append(&mut judgement.lines);
        outcome
    }

    fn load_module(&self, module: &Module, judgement: &mut Judgement) -> Result<(), LoadError> {
        let crc = self.symvers.get("module_layout").map(|entry| entry.crc);
        check_modstruct_version(judgement, Versions::of(module).as_ref(), crc)?;
        check_modinfo(judgement, module, self.vermagic.as_ref())?;
        let layout = Layout::of(module)?;
        check_module_license_and_versions(judgement, module)?;

        let init = BASE + layout.core.size;
        let bases = Bases { core: BASE, init, percpu: init + layout.init.size };
        let addresses = layout.addresses(bases);
        let mut importer = Importer::new(module, ModuleId(1));
        let mut kernel = OnlyExports { exports: &self.exports, uses: ModuleUses::default() };
        let values = simplify_symbols(judgement, module, &addresses, |judgement, symbol| {
            resolve_symbol_wait(judgement, &mut importer, &mut kernel, &Name::new(symbol.name))
        })?;
        let memory = |size: u64| vec![0; size as usize]; // at most MODULES_LEN
        let (mut core, mut init) = (memory(layout.core.size), memory(layout.init.size));
        let mut percpu = memory(layout.percpu.size);
        let mut parts = Parts { core: &mut core, init: &mut init, percpu: &mut percpu };
        link(module, &layout, &addresses, &values, &mut parts)?;
        let image = Image { core: (bases.core, &core), init: (bases.init, &init) };
        Formed::read(module, &addresses, &image).map(drop)
    }
}

/// A kernel in which no module is loaded.
struct OnlyExports<'j> {
    exports: &'j ExportTable,
    uses: ModuleUses,
}

impl Kernel for OnlyExports<'_> {
    fn exports(&self) -> &ExportTable {
        self.exports
    }

    fn modules(&self) -> impl Iterator<Item = Exporter<'_>> {
        std::iter::empty()
    }

    fn uses(&mut self) -> &mut ModuleUses {
        &mut self.uses
    }

    fn strong_try_module_get(&mut self, _module: ModuleId) -> Result<(), Errno> {
        Err(Errno::ENOENT)
    }

    fn wait_for_init(&mut self, _module: ModuleId) -> bool {
        false
    }
}
