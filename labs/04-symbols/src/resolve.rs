//! One undefined symbol on its way to an exporter, past everything that may stop it: licence, taint, version,
//! namespace, the owner's state. `kernel/module/main.c, resolve_symbol` and `resolve_symbol_wait`.

use abi::Errno;
use bstr::BStr;
use elf::{Modinfo, Module};
use modversions::{Name, Versions, check_version};
use vermagic::{Judgement, Taint};

use crate::{Exporter, Found, Kernel, ModuleId, find_symbol, ref_module};

/// The module whose symbols are being resolved.
#[derive(Debug, Clone)]
pub struct Importer<'a> {
    /// Its number.
    pub id: ModuleId,
    /// Its `__versions`, where it has one.
    pub versions: Option<Versions<'a>>,
    /// Its `.modinfo`, which names the namespaces that it imports.
    pub modinfo: Modinfo<'a>,
    /// It uses a GPL-only symbol, and may no more become proprietary.
    pub using_gplonly_symbols: bool,
}

impl<'a> Importer<'a> {
    /// The importer `module`, with the number `id`.
    pub fn new(module: &Module<'a>, id: ModuleId) -> Importer<'a> {
        let (versions, modinfo) = (Versions::of(module), module.modinfo);
        Importer { id, versions, modinfo, using_gplonly_symbols: false }
    }
}

/// An export was found, and may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unusable {
    /// Why not.
    pub errno: Errno,
    /// Whose export it is; `None` is vmlinux.
    pub owner: Option<ModuleId>,
}

/// Resolves one undefined symbol: its value, and the importer is a user of the module that exports it.
/// `Ok(None)`: nobody exports it, as far as this module may see.
///
/// In this order, and the first no ends it:
/// 1. [`find_symbol`]; GPL-only exports only for an importer whose own taints lack
///    [`Taint::ProprietaryModule`]. Not found: `Ok(None)`, and nothing is printed.
/// 2. Of a GPL-only export the importer remembers that it uses one (`using_gplonly_symbols`), for good.
/// 3. [`inherit_taint`]. False is as good as not found: `Ok(None)`.
/// 4. [`check_version`] with the importer's versions and the export's CRC. False is `EINVAL`.
/// 5. `verify_namespace_is_imported`, which is given below.
/// 6. [`ref_module`]: last, so that nobody holds a reference for a symbol that is refused.
///
/// Each of them prints what there is to print; this function itself prints nothing.
///
/// # Errors
/// With the owner, for whom one may have to wait: `EINVAL` for a wrong version or a namespace that is not
/// imported, `EBUSY` where the owner is still COMING, `ENOENT` where it is GOING.
pub fn resolve_symbol(
    judgement: &mut Judgement,
    importer: &mut Importer,
    kernel: &mut impl Kernel,
    name: &Name,
) -> Result<Option<u64>, Unusable> {
    todo!("find the export, then ask licence, version, namespace and owner in the kernel's order")
}

/// [`resolve_symbol`], patient with an owner that is still initialising.
///
/// # Errors
/// As `resolve_symbol`; `EBUSY` once the patience is over.
pub fn resolve_symbol_wait(
    judgement: &mut Judgement,
    importer: &mut Importer,
    kernel: &mut impl Kernel,
    name: &Name,
) -> Result<Option<u64>, Errno> {
    loop {
        let owner = match resolve_symbol(judgement, importer, kernel, name) {
            Ok(value) => return Ok(value),
            Err(Unusable { errno: Errno::EBUSY, owner: Some(owner) }) => owner,
            Err(unusable) => return Err(unusable.errno),
        };
        if !kernel.wait_for_init(owner) {
            let owner = kernel.modules().find(|module| module.id == owner).map(|module| module.name);
            let (name, owner) = (judgement.name, owner.unwrap_or_default());
            judgement.print(format!("{name}: gave up waiting for init of module {owner}."));
            return Err(Errno::EBUSY);
        }
    }
}

/// Whether the importer may use `symbol`, which `owner` exports (`None` is vmlinux), as far as taints go:
/// whoever uses a proprietary module's symbols becomes proprietary too, and whoever uses GPL-only symbols
/// must not.
///
/// In this order:
/// 1. The owner is vmlinux, or a module that is not proprietary: true, and nothing changes.
/// 2. The importer uses GPL-only symbols: false, and the first line below is printed.
/// 3. The importer is not yet proprietary: its own taints (`judgement.module`, not the kernel's) get
///    [`Taint::ProprietaryModule`], the second line is printed, and the answer is true.
/// 4. It is proprietary already: true, and nothing changes.
///
/// ```text
/// NAME: module using GPL-only symbols uses symbols SYMBOL from proprietary module OWNER.
/// NAME: module uses symbols SYMBOL from proprietary module OWNER, inheriting taint.
/// ```
/// NAME is `judgement.name`, OWNER the owner's name.
pub fn inherit_taint(
    judgement: &mut Judgement,
    importer: &Importer,
    owner: Option<&Exporter>,
    symbol: &BStr,
) -> bool {
    todo!("pass the owner's taint on, unless the importer uses GPL-only symbols")
}

/// Whether the importer names the namespace of what was found, where it has one. Says so where it does not.
fn verify_namespace_is_imported(
    judgement: &mut Judgement,
    importer: &Importer,
    found: &Found,
) -> Result<(), Errno> {
    let (symbol, namespace) = (found.export.name, found.export.namespace);
    let mut imported = importer.modinfo.all("import_ns");
    if namespace.is_empty() || imported.any(|imported| imported == namespace) {
        return Ok(());
    }
    judgement.print(format!(
        "{}: module uses symbol ({symbol}) from namespace {namespace}, but does not import it.",
        judgement.name
    ));
    Err(Errno::EINVAL)
}
