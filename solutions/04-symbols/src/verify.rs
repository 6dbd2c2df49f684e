//! What is checked about a module's own exports: that each has a version, and that nobody exports the name
//! already. `kernel/module/main.c`, check_module_license_and_versions and verify_exported_symbols.

use abi::{Errno, LoadError};
use elf::Module;
use modversions::Name;
use vermagic::{Judgement, Taint};

use crate::{ExportTable, Kernel, find_symbol};

/// Modules that have been caught: their licences say GPL, what they do says otherwise.
const IN_DISGUISE: [&str; 2] = ["driverloader", "lve"];

/// Taints for three modules known by name, and the check that exports have versions.
///
/// # Errors
/// `ENOEXEC`, in silence, where exports have no CRCs and the kernel does not force.
pub fn check_module_license_and_versions(
    judgement: &mut Judgement,
    module: &Module,
) -> Result<(), LoadError> {
    let since = judgement.lines.len();
    let (name, was_proprietary) = (judgement.name, judgement.kernel.has(Taint::ProprietaryModule));
    if name == "ndiswrapper" {
        judgement.add_taint(Taint::ProprietaryModule);
    }
    if IN_DISGUISE.iter().any(|disguised| name == disguised) {
        judgement.add_taint_module(Taint::ProprietaryModule);
    }
    if !was_proprietary && judgement.kernel.has(Taint::ProprietaryModule) {
        judgement.print(format!("{name}: module license taints kernel."));
    }
    if lacks_crcs(module, "__ksymtab", "__kcrctab") || lacks_crcs(module, "__ksymtab_gpl", "__kcrctab_gpl") {
        let forced = judgement.try_to_force_load("no versions for exported symbols");
        forced.map_err(|errno| judgement.refuse(since, errno))?;
    }
    Ok(())
}

fn lacks_crcs(module: &Module, symbols: &str, crcs: &str) -> bool {
    let size = |name: &str| Some(module.sections.get(module.section_named(name)?)?.size);
    let one = abi::offsets::kernel_symbol::SIZE as u64;
    size(symbols).is_some_and(|size| size >= one) && size(crcs).is_none()
}

/// Checks that nobody exports a name that the module exports; GPL-only or not makes no difference. The module
/// itself must still be UNFORMED, or not be in the list at all.
///
/// # Errors
/// `ENOEXEC` for the first such symbol, in the order of [`ExportTable::iter`], with the words
/// `NAME: exports duplicate symbol SYMBOL (owned by OWNER)`.
/// NAME is `judgement.name`, and vmlinux as an owner is called `kernel`
/// ([`Found::owner_name`](crate::Found::owner_name)). The line goes into the error, not into the log.
pub fn verify_exported_symbols(
    judgement: &Judgement,
    exports: &ExportTable,
    kernel: &impl Kernel,
) -> Result<(), LoadError> {
    // ANCHOR: task_verify_exported_symbols
    for export in exports.iter() {
        if let Some(found) = find_symbol(kernel, &Name::new(export.name), true) {
            let (name, owner) = (judgement.name, found.owner_name());
            let message = format!("{name}: exports duplicate symbol {} (owned by {owner})", export.name);
            return Err(LoadError::new(Errno::ENOEXEC, message));
        }
    }
    Ok(())
    // ANCHOR_END: task_verify_exported_symbols
}
