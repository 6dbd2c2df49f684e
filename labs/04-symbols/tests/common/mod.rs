//! A kernel of a few exports and modules, for resolving symbols against.

#![allow(dead_code, missing_docs, reason = "each test file uses a part of it")]

#[path = "../../../01-elf/tests/common/mod.rs"]
pub mod file;

use abi::{Errno, LoadError, Policy};
use elf::Module;
use file::{Builder, WANTED, WANTED_WEAKLY, hello, version};
use symbols::{
    Export, ExportTable, Exporter, Importer, Kernel, ModuleId, ModuleState, ModuleUses, Name,
    resolve_symbol_wait, simplify_symbols,
};
use vermagic::{Judgement, Taints};

/// A plain export without version or namespace.
pub fn export(name: &str, value: u64) -> Export<'_> {
    Export { name: name.into(), value, crc: None, gpl_only: false, namespace: "".into() }
}

/// A GPL-only export.
pub fn gpl(name: &str, value: u64) -> Export<'_> {
    Export { gpl_only: true, ..export(name, value) }
}

/// A loaded module.
pub struct Loaded {
    pub id: ModuleId,
    pub name: &'static str,
    pub state: ModuleState,
    pub is_proprietary: bool,
    pub exports: ExportTable,
    /// References that are held.
    pub references: usize,
}

/// What happens while somebody waits for a module's `init`.
pub enum Patience {
    /// Its `init` succeeds.
    Succeeds,
    /// Its `init` fails, and it goes away.
    Fails,
    /// Thirty seconds pass.
    Ends,
}

pub struct TestKernel {
    pub exports: ExportTable,
    pub modules: Vec<Loaded>,
    pub uses: ModuleUses,
    pub patience: Patience,
    pub waits: usize,
}

impl TestKernel {
    /// A kernel in which vmlinux exports these symbols.
    pub fn new<'a>(exports: impl IntoIterator<Item = Export<'a>>) -> TestKernel {
        TestKernel {
            exports: ExportTable::new(exports),
            modules: Vec::new(),
            uses: ModuleUses::default(),
            patience: Patience::Ends,
            waits: 0,
        }
    }

    /// Adds a live module; the kernel's list has the newest first.
    pub fn load<'a>(
        &mut self,
        name: &'static str,
        exports: impl IntoIterator<Item = Export<'a>>,
    ) -> ModuleId {
        let id = ModuleId(self.modules.len() as u64 + 1);
        let exports = ExportTable::new(exports);
        let (state, is_proprietary, references) = (ModuleState::Live, false, 0);
        self.modules.insert(0, Loaded { id, name, state, is_proprietary, exports, references });
        id
    }

    pub fn module(&mut self, id: ModuleId) -> &mut Loaded {
        self.modules.iter_mut().find(|module| module.id == id).expect("it was loaded")
    }
}

impl Kernel for TestKernel {
    fn exports(&self) -> &ExportTable {
        &self.exports
    }

    fn modules(&self) -> impl Iterator<Item = Exporter<'_>> {
        self.modules.iter().map(|module| Exporter {
            id: module.id,
            name: module.name.into(),
            state: module.state,
            is_proprietary: module.is_proprietary,
            exports: &module.exports,
        })
    }

    fn uses(&mut self) -> &mut ModuleUses {
        &mut self.uses
    }

    fn strong_try_module_get(&mut self, id: ModuleId) -> Result<(), Errno> {
        let module = self.module(id);
        match module.state {
            ModuleState::Coming => Err(Errno::EBUSY),
            ModuleState::Live => {
                module.references += 1;
                Ok(())
            }
            _ => Err(Errno::ENOENT),
        }
    }

    fn wait_for_init(&mut self, id: ModuleId) -> bool {
        self.waits += 1;
        match self.patience {
            Patience::Succeeds => self.module(id).state = ModuleState::Live,
            Patience::Fails => self.modules.retain(|module| module.id != id),
            Patience::Ends => return false,
        }
        true
    }
}

/// The number of the module that is being loaded.
pub const ME: ModuleId = ModuleId(99);

/// What became of the symbols of a module.
#[derive(Debug)]
pub struct Outcome {
    pub result: Result<Vec<u64>, LoadError>,
    pub lines: Vec<String>,
    pub module: Taints,
}

impl Outcome {
    /// The values of the last `N` symbols.
    pub fn last<const N: usize>(&self) -> [u64; N] {
        let values = self.result.as_ref().expect("the symbols are resolved");
        *values.last_chunk().expect("there are so many symbols")
    }

    pub fn refusal(self) -> (Errno, Vec<String>) {
        let refusal = self.result.expect_err("a symbol must be refused");
        (refusal.errno, refusal.lines().map(str::to_owned).collect())
    }
}

/// Hello, with these symbols instead of its own, and what it has to know of them.
#[derive(Debug, Clone, Default)]
pub struct Wants {
    pub symbols: Vec<(&'static str, u8)>,
    pub versions: Option<Vec<(u64, &'static str)>>,
    pub imports: Vec<&'static str>,
    pub taints: Taints,
}

impl Wants {
    /// A module without versions that wants `symbols`.
    pub fn these(symbols: &[&'static str]) -> Wants {
        Wants { symbols: symbols.iter().map(|&name| (name, WANTED)).collect(), ..Wants::default() }
    }

    /// A module that can do without `symbol`.
    pub fn weakly(symbol: &'static str) -> Wants {
        Wants { symbols: vec![(symbol, WANTED_WEAKLY)], ..Wants::default() }
    }

    fn builder(&self) -> Builder {
        let mut builder = hello().without(".rela.text").without(".rela.gnu.linkonce.this_module");
        let imports: String = self.imports.iter().map(|import| format!("import_ns={import}\0")).collect();
        builder.named(".modinfo").data.extend_from_slice(imports.as_bytes());
        match &self.versions {
            None => builder = builder.without("__versions"),
            Some(versions) => {
                let records = versions.iter().flat_map(|&(crc, name)| version(crc, name));
                builder.named("__versions").data = records.collect();
            }
        }
        builder.symbols.truncate(1);
        for &(name, info) in &self.symbols {
            builder.symbol(name, info, 0, 0, 0);
        }
        builder
    }

    /// Resolves every symbol in `kernel`.
    pub fn resolve(&self, kernel: &mut TestKernel) -> Outcome {
        resolve(&self.builder(), self.taints, kernel)
    }
}

/// Resolves every symbol of a module in `kernel`, under Debian's policy. The sections of number n lies at
/// n times 0x10000.
pub fn resolve(builder: &Builder, taints: Taints, kernel: &mut TestKernel) -> Outcome {
    let bytes = builder.build();
    let module = Module::parse(&bytes).expect("a sound file");
    let addresses: Vec<u64> = (0..module.sections.len() as u64).map(|number| number << 16).collect();
    let mut judgement = Judgement::new(&module, Policy::DEBIAN_6_1, Taints::NONE);
    judgement.module = taints;
    let mut importer = Importer::new(&module, ME);
    let result = simplify_symbols(&mut judgement, &module, &addresses, |judgement, symbol| {
        resolve_symbol_wait(judgement, &mut importer, kernel, &Name::new(symbol.name))
    });
    Outcome { result, lines: judgement.lines, module: judgement.module }
}
