//! A kernel of a few exports and modules, and `hello`, the module that is being loaded into it. Nothing here
//! reads a file: what the earlier labs parse is put together by hand.

#![allow(dead_code, missing_docs, reason = "the solution's own tests use a part of it")]

use abi::{Errno, Policy};
use elf::{Modinfo, Module, Section, Symbol};
use symbols::{Export, ExportTable, Exporter, Importer, Kernel, ModuleId, ModuleState, ModuleUses, Versions};
use vermagic::{Judgement, Taint, Taints};

/// The number of `hello`.
pub const ME: ModuleId = ModuleId(99);

/// What a kernel prints that has nothing to say.
pub const NOTHING: [&str; 0] = [];

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
    /// How often somebody waited.
    pub waits: usize,
    /// How often somebody asked for a reference, with or without success.
    pub asked: usize,
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
            asked: 0,
        }
    }

    /// Adds a live module; the kernel's list has the newest first. The first one is number 1.
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

    /// The modules that use `used`.
    pub fn users(&self, used: ModuleId) -> Vec<ModuleId> {
        self.uses.users(used).collect()
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
        self.asked += 1;
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
        assert!(
            self.waits < 10,
            "hello waits for ever: EBUSY is for an owner that is COMING, and it no more is"
        );
        match self.patience {
            Patience::Succeeds => self.module(id).state = ModuleState::Live,
            Patience::Fails => self.modules.retain(|module| module.id != id),
            Patience::Ends => return false,
        }
        true
    }
}

/// The module `hello`, which wants something of others.
#[derive(Debug, Clone, Default)]
pub struct Hello<'a> {
    /// It is proprietary.
    pub is_proprietary: bool,
    /// Its `__versions`: CRC and name.
    pub versions: Option<&'a [(u64, &'a str)]>,
    /// The namespaces that it imports.
    pub imports: &'a [&'a str],
}

/// What became of an attempt of `hello`'s.
#[derive(Debug)]
pub struct Came<T> {
    pub result: T,
    /// What was printed.
    pub lines: Vec<String>,
    /// It is proprietary now.
    pub is_proprietary: bool,
    pub using_gplonly_symbols: bool,
}

impl Hello<'_> {
    /// Lets hello try something, under Debian's policy.
    pub fn tries<T>(&self, attempt: impl FnOnce(&mut Judgement, &mut Importer) -> T) -> Came<T> {
        let versions = self.versions.map(|versions| versions.iter().flat_map(version).collect::<Vec<u8>>());
        let modinfo: String = self.imports.iter().map(|import| format!("import_ns={import}\0")).collect();
        let mut importer = Importer {
            id: ME,
            versions: versions.as_deref().map(Versions::new),
            modinfo: Modinfo::new(modinfo.as_bytes()),
            using_gplonly_symbols: false,
        };
        let mut judgement = judgement();
        if self.is_proprietary {
            judgement.module.add(Taint::ProprietaryModule);
        }
        let result = attempt(&mut judgement, &mut importer);
        Came {
            result,
            lines: judgement.lines,
            is_proprietary: judgement.module.has(Taint::ProprietaryModule),
            using_gplonly_symbols: importer.using_gplonly_symbols,
        }
    }
}

/// A record of `__versions`: 64 bytes, eight for the CRC, the rest for the name.
fn version(&(crc, name): &(u64, &str)) -> Vec<u8> {
    let mut record = crc.to_le_bytes().to_vec();
    record.extend_from_slice(name.as_bytes());
    record.resize(64, 0);
    record
}

/// The judgement on a clean module called `hello` in a clean kernel of Debian's.
pub fn judgement() -> Judgement<'static> {
    Judgement::new(&module(Vec::new(), Vec::new()), Policy::DEBIAN_6_1, Taints::NONE)
}

/// The module `hello` with an empty section 0 and then these, an empty symbol 0 and then these.
pub fn module<'a>(sections: Vec<Section<'a>>, symbols: Vec<Symbol<'a>>) -> Module<'a> {
    Module {
        name: "hello".into(),
        this_module_name: "hello".into(),
        bytes: &[],
        signature: None,
        sections: [vec![section("", 0)], sections].concat(),
        symbols: [vec![symbol("", 0, 0, 0)], symbols].concat(),
        modinfo: Modinfo::default(),
        this_module: 0,
        symbol_table: 0,
        string_table: 0,
        modinfo_section: None,
        versions: None,
        percpu: None,
    }
}

/// A section that is to be loaded, of `size` bytes.
pub fn section(name: &str, size: u64) -> Section<'_> {
    const SHT_PROGBITS: u32 = 1;
    const SHF_ALLOC: u64 = 2;
    Section {
        name: name.into(),
        kind: SHT_PROGBITS,
        flags: SHF_ALLOC,
        address: 0,
        offset: 0,
        size,
        link: 0,
        info: 0,
        alignment: 1,
        entry_size: 0,
        data: &[],
    }
}

/// A symbol; `info` is its binding and kind, `section` where it lies.
pub fn symbol(name: &str, info: u8, section: u16, value: u64) -> Symbol<'_> {
    Symbol { name: name.into(), info, other: 0, section, value, size: 0 }
}
