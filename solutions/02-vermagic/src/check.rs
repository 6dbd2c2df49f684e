//! What `.modinfo` says of a module, judged in the kernel's order: vermagic, intree, retpoline, staging,
//! livepatch, license, test. The kernel does the same in `kernel/module/main.c, check_modinfo`.

use abi::{Errno, LoadError, OnMismatch};
use bstr::BStr;
use elf::Module;

use crate::{Judgement, Taint, same_magic};

// ANCHOR: free
/// The licences that open the GPL-only exports, and nothing else does
/// (`include/linux/license.h, license_is_gpl_compatible`).
const FREE: [&str; 6] =
    ["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"];

/// Whether the words of `MODULE_LICENSE` are ones that the kernel takes for a free licence.
pub fn license_is_gpl_compatible(license: &BStr) -> bool {
    FREE.iter().any(|free| license == free)
}
// ANCHOR_END: free

/// Judges a module by its `.modinfo` in a kernel whose version magic is `vermagic`.
///
/// # Errors
/// `ENOEXEC` where the version magic is not this kernel's and the policy refuses that, or where there is
/// none and the kernel does not force.
pub fn check_modinfo(judgement: &mut Judgement, module: &Module, vermagic: &BStr) -> Result<(), LoadError> {
    let (since, modinfo) = (judgement.lines.len(), &module.modinfo);
    let (theirs, has_crcs) = (modinfo.get("vermagic"), module.versions.is_some());
    check_vermagic(judgement, theirs, vermagic, has_crcs).map_err(|errno| judgement.refuse(since, errno))?;
    check_origin(judgement, modinfo);
    set_license(judgement, modinfo.get("license"));
    if modinfo.get("test").is_some() {
        once(judgement, Taint::Test, "loading test module taints kernel.");
    }
    Ok(())
}

/// Judges the module's version magic, `theirs`, in a kernel whose own is `ours`: the first thing that
/// `check_modinfo` does.
///
/// 1. None at all (`theirs` is `None`): the module is loaded by force, if at all, with the reason `bad vermagic`;
///    see [`Judgement::try_to_force_load`].
/// 2. The [`same_magic`]: nothing is said.
/// 3. Another: one line, ``NAME: version magic 'THEIRS' should be 'OURS'``, where NAME is the judgement's
///    `info_name`. Then the policy decides ([`abi::Policy::vermagic`]): in January 2003 that line was a warning
///    and the module was loaded all the same; since then it is refused.
///
/// # Errors
/// `ENOEXEC`. The line stays in the judgement's: it is `check_modinfo` that hands it over with the refusal.
pub fn check_vermagic(
    judgement: &mut Judgement,
    theirs: Option<&BStr>,
    ours: &BStr,
    has_crcs: bool,
) -> Result<(), Errno> {
    // ANCHOR: task_check_vermagic
    let Some(theirs) = theirs else {
        return judgement.try_to_force_load("bad vermagic");
    };
    if same_magic(theirs, ours, has_crcs) {
        return Ok(());
    }
    judgement.print(format!("{}: version magic '{theirs}' should be '{ours}'", judgement.info_name));
    match judgement.policy.vermagic {
        OnMismatch::Warn => Ok(()),
        OnMismatch::Refuse => Err(Errno::ENOEXEC),
    }
    // ANCHOR_END: task_check_vermagic
}

/// Where a module comes from, and how it was compiled. The first line of the retpoline warning is printed
/// by `arch/x86/kernel/cpu/bugs.c, retpoline_module_ok`.
fn check_origin(judgement: &mut Judgement, modinfo: &elf::Modinfo) {
    if modinfo.get("intree").is_none() {
        once(judgement, Taint::OotModule, "loading out-of-tree module taints kernel.");
    }
    if modinfo.get("retpoline").is_none() {
        judgement.print("Spectre V2 : System may be vulnerable to spectre v2");
        judgement.print(format!("{}: loading module not compiled with retpoline compiler.", judgement.name));
    }
    if modinfo.get("staging").is_some() {
        judgement.add_taint_module(Taint::Crap);
        judgement.print(format!(
            "{}: module is from the staging directory, the quality is unknown, you have been warned.",
            judgement.name
        ));
    }
    if modinfo.get("livepatch").is_some() {
        once(judgement, Taint::Livepatch, "tainting kernel with TAINT_LIVEPATCH");
    }
}

/// Judges what `MODULE_LICENSE` says; `None` where the module says nothing, which counts as `unspecified`.
///
/// A licence that is compatible with the GPL ([`license_is_gpl_compatible`]) is passed over. Any other taints kernel
/// and module with [`Taint::ProprietaryModule`] (`add_taint_module`), and before that, if this kernel has had no such
/// taint yet, prints ``NAME: module license 'LICENSE' taints kernel.``, where NAME is the judgement's `name`
/// (`kernel/module/main.c, set_license`).
pub fn set_license(judgement: &mut Judgement, license: Option<&BStr>) {
    // ANCHOR: task_set_license
    let license = license.unwrap_or("unspecified".into());
    if license_is_gpl_compatible(license) {
        return;
    }
    let words = format!("module license '{license}' taints kernel.");
    once(judgement, Taint::ProprietaryModule, &words);
    // ANCHOR_END: task_set_license
}

/// Prints `words` unless this kernel has had `taint` before, then taints kernel and module.
fn once(judgement: &mut Judgement, taint: Taint, words: &str) {
    if !judgement.kernel.has(taint) {
        judgement.print(format!("{}: {words}", judgement.name));
    }
    judgement.add_taint_module(taint);
}
