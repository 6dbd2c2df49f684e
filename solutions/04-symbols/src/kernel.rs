//! What resolution asks of the kernel around it, and the order in which exporters are searched:
//! `kernel/module/main.c, find_symbol`.

use abi::{Errno, ModuleState};
use bstr::BStr;
use modversions::Name;

use crate::{Export, ExportTable, ModuleUses};

/// A loaded module's number, for whoever implements [`Kernel`] to give; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u64);

/// A loaded module as an exporter.
#[derive(Debug, Clone, Copy)]
pub struct Exporter<'a> {
    /// Its number.
    pub id: ModuleId,
    /// Its name.
    pub name: &'a BStr,
    /// Where it is in its life.
    pub state: ModuleState,
    /// It has the taint P.
    pub is_proprietary: bool,
    /// What it exports.
    pub exports: &'a ExportTable,
}

// ANCHOR: Kernel
/// The kernel that a module is being loaded into, held still: the kernel takes `module_mutex` for it.
pub trait Kernel {
    /// What vmlinux exports.
    fn exports(&self) -> &ExportTable;

    /// The loaded modules in the order of the kernel's list, which is the newest first.
    fn modules(&self) -> impl Iterator<Item = Exporter<'_>>;

    /// Which module uses which.
    fn uses(&mut self) -> &mut ModuleUses;

    /// Takes a reference to a module that has finished its `init`.
    ///
    /// # Errors
    /// `EBUSY` where it is still COMING, `ENOENT` where it is GOING.
    fn strong_try_module_get(&mut self, module: ModuleId) -> Result<(), Errno>;

    /// Lets go of the kernel and sleeps until some module's `init` may have ended; at most 30 seconds for
    /// one symbol. False where that time is over.
    fn wait_for_init(&mut self, module: ModuleId) -> bool;
}
// ANCHOR_END: Kernel

/// An export and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The exported symbol.
    pub export: Export<'a>,
    /// The module that exports it; `None` is vmlinux.
    pub owner: Option<Exporter<'a>>,
}

impl<'a> Found<'a> {
    /// The owner's name; vmlinux is called `kernel` (`module_name`).
    pub fn owner_name(&self) -> &'a BStr {
        self.owner.map_or("kernel".into(), |owner| owner.name)
    }
}

/// Finds the export called `name`, and whose it is; `None` where nobody exports it.
///
/// - vmlinux is asked first; what it has needs no owner (`owner: None`).
/// - Then each module, in the order in which [`Kernel::modules`] gives them. One that is UNFORMED is passed
///   over: its tables are not relocated yet. COMING, LIVE and GOING ones are asked alike.
/// - The first who has the name has it, and nobody is asked after that.
///
/// [`ExportTable::find`] does what is to be done in one exporter: plain before GPL-only, and GPL-only not at
/// all unless `gpl_ok`.
pub fn find_symbol<'k>(kernel: &'k impl Kernel, name: &Name, gpl_ok: bool) -> Option<Found<'k>> {
    // ANCHOR: task_find_symbol
    if let Some(export) = kernel.exports().find(name, gpl_ok) {
        return Some(Found { export, owner: None });
    }
    let formed = |module: &Exporter| module.state != ModuleState::Unformed;
    kernel.modules().filter(formed).find_map(|module| {
        let export = module.exports.find(name, gpl_ok)?;
        Some(Found { export, owner: Some(module) })
    })
    // ANCHOR_END: task_find_symbol
}
