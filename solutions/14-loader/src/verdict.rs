//! What a kernel would answer, without one: every check of `load_module` up to the call of init, in its order, against
//! the exports that a Module.symvers lists and those of the modules judged before.

use std::sync::Arc;

use abi::{Errno, LoadError, ModuleState, Policy, Symvers, symvers::Entry};
use bstr::{BStr, BString};
use elf::Module;
use layout::{Bases, Layout, MODULES_LEN, PAGE_SIZE};
use modversions::{Name, Versions, check_modstruct_version};
use symbols::{
    Export, ExportTable, Exporter, Image, Importer, Kernel, ModuleId, ModuleUses,
    check_module_license_and_versions, resolve_symbol_wait, simplify_symbols, verify_exported_symbols,
};
use vermagic::{Judgement, Taint, Taints, check_modinfo};

use crate::{
    arguments::Linked,
    bind::with_the_rest,
    branches::check_branches,
    form::check_signature,
    formed::Formed,
    link::{Parts, link},
    signing::module_sig_check,
    sysfs::mod_sysfs_setup,
};

/// A kernel as far as its verdicts go: all that its Module.symvers lists is there, and every module that it was given
/// to [keep](Judge::insert).
#[derive(Debug, Clone)]
pub struct Judge {
    /// The CRC of `module_layout`.
    layout_crc: Option<u32>,
    vermagic: BString,
    policy: Policy,
    there: There,
    /// What every module so far has brought.
    taints: Taints,
}

/// What a kernel says about a module, and what it does to the kernel.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// `Err` is the refusal, with the lines that belong to it.
    pub answer: Result<(), LoadError>,
    /// What is printed before it comes to that.
    pub before: Vec<String>,
    /// The taints that this module has brought to the kernel, be it refused or not.
    pub kernel_taints: Taints,
    /// The module's own; none for one that is refused.
    pub taints: Taints,
}

impl Verdict {
    /// The verdict where nothing is said but an `answer`: on a file that cannot be read as a module, or on a removal.
    pub fn of(answer: Result<(), LoadError>) -> Verdict {
        let (before, taints) = (Vec::new(), Taints::NONE);
        Verdict { answer, before, kernel_taints: taints, taints }
    }

    /// All that is printed, in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let refusal = self.answer.as_ref().err().into_iter();
        self.before.iter().map(String::as_str).chain(refusal.flat_map(LoadError::lines))
    }
}

/// Where a kernel's own exports lie: all of them at one address, which is as good as another
/// (`arch/x86/include/asm/page_64_types.h`, __START_KERNEL_map).
const VMLINUX: u64 = 0xffff_ffff_8100_0000;

/// Where modules lie (`arch/x86/include/asm/pgtable_64_types.h`, MODULES_VADDR): what does not fit a relocation there
/// does not fit here.
const MODULES_VADDR: u64 = 0xffff_ffff_c000_0000;

/// The value of a per-CPU symbol with offset 0: small, like every offset from a CPU's base.
const PERCPU: u64 = 0x3_0000;

/// The room for the per-CPU data of all modules together; bytes (`include/linux/percpu.h`).
const PERCPU_MODULE_RESERVE: u64 = 8 << 10;

impl Judge {
    /// A kernel with this version magic, in which all that `symvers` lists is there, whoever exports it.
    pub fn new(symvers: Symvers, vermagic: &str, policy: Policy) -> Judge {
        let own = table(symvers.iter().filter(|entry| is_vmlinuxs(entry)));
        Judge::with(table(symvers.iter()), own, &symvers, vermagic, policy)
    }

    /// A kernel for modules that are to be inserted one after the other: of what `symvers` lists only vmlinux's own
    /// exports are there at the start, because modules bring the rest.
    pub fn of_sequence(symvers: Symvers, vermagic: &str, policy: Policy) -> Judge {
        let own = table(symvers.iter().filter(|entry| is_vmlinuxs(entry)));
        Judge::with(own.clone(), own, &symvers, vermagic, policy)
    }

    fn with(
        exports: Arc<ExportTable>,
        own: Arc<ExportTable>,
        symvers: &Symvers,
        vermagic: &str,
        policy: Policy,
    ) -> Judge {
        let there =
            There { exports, own, modules: Vec::new(), count: 0, uses: ModuleUses::default(), percpu: 0 };
        let layout_crc = symvers.get("module_layout").map(|entry| entry.crc);
        Judge { layout_crc, vermagic: vermagic.into(), policy, there, taints: Taints::NONE }
    }

    /// Judges the module in `file`, which is not compressed, as the first one that this kernel meets.
    pub fn judge(&self, file: &[u8]) -> Verdict {
        self.judge_with(file, "")
    }

    /// The same for a module that is given these parameters, as `insmod FILE ARGUMENTS` asks for. A value for one whose
    /// operations are the module's own is taken for right.
    pub fn judge_with(&self, file: &[u8], arguments: &str) -> Verdict {
        self.load_module(file, arguments, &mut self.there.clone())
    }

    /// Judges the module in `file` with these parameters; it stays where it is not refused, and its taints stay in any case.
    pub fn insert(&mut self, file: &[u8], arguments: &str) -> Verdict {
        let mut there = self.there.clone();
        let verdict = self.load_module(file, arguments, &mut there);
        if verdict.answer.is_ok() {
            self.there = there;
        }
        self.taints = self.taints.union(verdict.kernel_taints);
        verdict
    }

    /// Removes the module called `name`, as `rmmod NAME` asks for: `kernel/module/main.c, delete_module`.
    ///
    /// # Errors
    /// In silence: `ENOENT` where it is not there, `EAGAIN` (EWOULDBLOCK) where another module uses it, `EBUSY` where it has an init and
    /// no exit.
    pub fn remove(&mut self, name: &BStr) -> Result<(), LoadError> {
        let place = self.there.modules.iter().position(|live| live.name == name);
        let live = place.and_then(|place| self.there.modules.get(place));
        let (Some(place), Some(live)) = (place, live) else { return Err(LoadError::silent(Errno::ENOENT)) };
        if self.there.uses.users(live.id).next().is_some() {
            return Err(LoadError::silent(Errno::EAGAIN));
        }
        if live.is_permanent {
            return Err(LoadError::silent(Errno::EBUSY));
        }
        let gone = self.there.modules.remove(place);
        self.there.percpu = self.there.percpu.saturating_sub(gone.percpu);
        self.there.uses.module_unload_free(gone.id);
        Ok(())
    }

    /// Forgets which taints the kernel has, so that it says again what it says once.
    pub fn forget_taints(&mut self) {
        self.taints = Taints::NONE;
    }

    fn load_module(&self, file: &[u8], arguments: &str, there: &mut There) -> Verdict {
        let complaint = match module_sig_check(file) {
            Ok(complaint) => complaint.map(str::to_owned),
            Err(refusal) => return Verdict::of(Err(refusal)),
        };
        let module = match Module::parse(file) {
            Ok(module) => module,
            Err(refusal) => {
                return Verdict { before: complaint.into_iter().collect(), ..Verdict::of(Err(refusal)) };
            }
        };
        let mut judgement = Judgement::new(&module, self.policy, self.taints);
        judgement.lines.extend(complaint);
        let answer = self.form(&module, arguments, &mut judgement, there);
        let taints = if answer.is_ok() { judgement.module } else { Taints::NONE };
        Verdict { answer, before: judgement.lines, kernel_taints: judgement.kernel, taints }
    }

    fn form(
        &self,
        module: &Module,
        arguments: &str,
        judgement: &mut Judgement,
        there: &mut There,
    ) -> Result<(), LoadError> {
        check_modstruct_version(judgement, Versions::of(module).as_ref(), self.layout_crc)?;
        check_modinfo(judgement, module, self.vermagic.as_ref())?;
        let layout = Layout::of(module)?;
        if layout.core.size + layout.init.size > MODULES_LEN {
            return Err(LoadError::silent(Errno::ENOMEM));
        }
        there.add_unformed_module(judgement.name)?;
        if !is_signed(module) {
            check_signature(judgement);
        }
        there.percpu_modalloc(&layout, judgement)?;
        check_module_license_and_versions(judgement, module)?;

        let init = MODULES_VADDR + layout.core.size;
        let bases = Bases { core: MODULES_VADDR, init, percpu: PERCPU };
        let addresses = layout.addresses(bases);
        let mut importer = Importer::new(module, there.next());
        let all_addresses = with_the_rest(module, &layout, &addresses);
        let values = simplify_symbols(judgement, module, &all_addresses, |judgement, symbol| {
            resolve_symbol_wait(judgement, &mut importer, there, &Name::new(symbol.name))
        })?;
        let memory = |size: u64| vec![0; size as usize]; // at most MODULES_LEN
        let (mut core, mut init) = (memory(layout.core.size), memory(layout.init.size));
        let mut percpu = memory(layout.percpu.size);
        let taints = Some(judgement.module);
        let mut parts = Parts { core: &mut core, init: &mut init, percpu: &mut percpu, taints };
        link(module, &layout, &addresses, &values, &mut parts)?;
        let image = Image { core: (bases.core, &core), init: (bases.init, &init) };
        let formed = Formed::read(module, &addresses, &image)?;
        let imports = imports(module, &values);
        check_branches(module, &formed, &image, |key| {
            image.bytes(key).is_some() || imports.iter().any(|import| key.wrapping_sub(*import) < PAGE_SIZE)
        })?;
        verify_exported_symbols(judgement, &formed.exports, &there.in_truth())?;
        let linked = Linked { module, addresses: &addresses, image };
        linked.parse_args(&formed, arguments.into(), judgement)?;
        mod_sysfs_setup(judgement.name)?;
        there.keep(judgement, formed, layout.percpu.size);
        Ok(())
    }
}

/// Where that lies which the module has from others, without repetitions. Of its size nobody knows more than that a key of
/// a tracepoint is not far behind the tracepoint's address.
fn imports(module: &Module, values: &[u64]) -> Vec<u64> {
    let symbols = module.symbols.iter().zip(values);
    let mut imports: Vec<u64> = symbols
        .filter(|&(symbol, &value)| symbol.is_undefined() && value != 0)
        .map(|(_, &value)| value)
        .collect();
    imports.sort_unstable();
    imports.dedup();
    imports
}

/// The exports that these lines of Module.symvers describe.
fn table<'s>(entries: impl Iterator<Item = &'s Entry>) -> Arc<ExportTable> {
    let export = |entry: &'s Entry| Export {
        name: entry.name.as_bytes().into(),
        value: VMLINUX,
        crc: Some(entry.crc),
        gpl_only: entry.gpl_only,
        namespace: entry.namespace.as_bytes().into(),
    };
    Arc::new(ExportTable::new(entries.map(export)))
}

fn is_vmlinuxs(entry: &Entry) -> bool {
    entry.exporter == "vmlinux"
}

/// Whether the module bears a signature of the kind that kernels know. It is taken at its word here: only a kernel
/// that has the key could tell whether it is right.
fn is_signed(module: &Module) -> bool {
    module.signature.is_some_and(|signature| signature.complaint().is_none())
}

/// The exports of the kernel and of the modules that are in it, all of them LIVE.
#[derive(Debug, Clone)]
struct There {
    /// What a module finds besides the other modules' exports.
    exports: Arc<ExportTable>,
    /// What is vmlinux's own of that.
    own: Arc<ExportTable>,
    /// The newest first.
    modules: Vec<Live>,
    /// How many there have been.
    count: u64,
    uses: ModuleUses,
    /// What the modules' per-CPU data takes; bytes.
    percpu: u64,
}

#[derive(Debug, Clone)]
struct Live {
    id: ModuleId,
    name: BString,
    is_proprietary: bool,
    /// It has an init and no exit, and can never be removed.
    is_permanent: bool,
    /// What its per-CPU data takes; bytes.
    percpu: u64,
    exports: Arc<ExportTable>,
}

impl There {
    /// The same without the exports of modules that are not there: nobody's exports are duplicates of their own.
    fn in_truth(&self) -> There {
        There { exports: self.own.clone(), ..self.clone() }
    }

    /// The number of the next module.
    fn next(&self) -> ModuleId {
        ModuleId(self.count + 1)
    }

    /// `kernel/module/main.c, add_unformed_module`: a name can be there once, and the other one is LIVE.
    fn add_unformed_module(&self, name: &BStr) -> Result<(), LoadError> {
        match self.modules.iter().any(|live| live.name == name) {
            true => Err(LoadError::silent(Errno::EEXIST)),
            false => Ok(()),
        }
    }

    /// `kernel/module/main.c, percpu_modalloc`.
    fn percpu_modalloc(&mut self, layout: &Layout, judgement: &mut Judgement) -> Result<(), LoadError> {
        let percpu = layout.percpu;
        judgement.lines.extend(percpu.warning(judgement.name));
        self.percpu = self.percpu.next_multiple_of(percpu.alignment()) + percpu.size;
        match self.percpu <= PERCPU_MODULE_RESERVE {
            true => Ok(()),
            false => Err(percpu.could_not_allocate(judgement.name)),
        }
    }

    /// The module is there.
    fn keep(&mut self, judgement: &Judgement, formed: Formed, percpu: u64) {
        let live = Live {
            id: self.next(),
            name: judgement.name.to_owned(),
            is_proprietary: judgement.module.has(Taint::ProprietaryModule),
            is_permanent: formed.init.is_some() && formed.exit.is_none(),
            percpu,
            exports: formed.exports.into(),
        };
        self.count += 1;
        self.modules.insert(0, live);
    }
}

impl Kernel for There {
    fn exports(&self) -> &ExportTable {
        &self.exports
    }

    fn modules(&self) -> impl Iterator<Item = Exporter<'_>> {
        self.modules.iter().map(|live| Exporter {
            id: live.id,
            name: live.name.as_ref(),
            state: ModuleState::Live,
            is_proprietary: live.is_proprietary,
            exports: &live.exports,
        })
    }

    fn uses(&mut self) -> &mut ModuleUses {
        &mut self.uses
    }

    /// All of them are LIVE.
    fn strong_try_module_get(&mut self, _module: ModuleId) -> Result<(), Errno> {
        Ok(())
    }

    fn wait_for_init(&mut self, _module: ModuleId) -> bool {
        true
    }
}
