//! Is the symbol that the module was built against still the same? The kernel does the same in
//! `kernel/module/version.c, check_version` and `check_modstruct_version`.

use abi::{Errno, LoadError, OnMismatch};
use vermagic::Judgement;

use crate::{Name, Versions};

/// Whether the module may use the export `symbol`, whose CRC the exporter says is `crc`. Says why not.
///
/// In this order (NAME is `judgement.info_name`, SYMBOL the symbol):
///
/// | case | answer | printed |
/// |---|---|---|
/// | the exporter has no CRC | true | nothing |
/// | the module has no versions at all | [`Judgement::try_to_force_load`] with the symbol as the reason: true where it forces, false where it does not | what that prints |
/// | the module's version is equal, in all its 64 bits | true | nothing |
/// | it is another | `policy.crc` decides | `NAME: disagrees about version of symbol SYMBOL` |
/// | the symbol is not among the versions | `policy.missing_crc` decides | `NAME: no symbol version for SYMBOL` |
///
/// The policy is `judgement.policy`; with [`OnMismatch::Warn`] the symbol may be used, with `Refuse` not, and the
/// line is printed either way. Debian's kernel refuses what is not listed, mainline warns.
pub fn check_version(
    judgement: &mut Judgement,
    versions: Option<&Versions>,
    symbol: &Name,
    crc: Option<u32>,
) -> bool {
    // ANCHOR: task_check_version
    let Some(crc) = crc else { return true };
    let Some(versions) = versions else {
        return judgement.try_to_force_load(&symbol.bytes().to_string()).is_ok();
    };
    let (name, symbol_name) = (judgement.info_name, symbol.bytes());
    let (complaint, on_mismatch) = match versions.get(symbol) {
        Some(theirs) if theirs == u64::from(crc) => return true,
        Some(_) => ("disagrees about version of symbol", judgement.policy.crc),
        None => ("no symbol version for", judgement.policy.missing_crc),
    };
    judgement.print(format!("{name}: {complaint} {symbol_name}"));
    on_mismatch == OnMismatch::Warn
    // ANCHOR_END: task_check_version
}

/// Checks the version of `module_layout`, an export that exists only to have a CRC: its type mentions every
/// structure that loader and module share. `crc` is the kernel's. What [`check_version`] says of that symbol
/// decides.
///
/// # Errors
/// `ENOEXEC`, with the lines that `check_version` printed as its message, and none that were printed before:
/// see [`Judgement::refuse`].
pub fn check_modstruct_version(
    judgement: &mut Judgement,
    versions: Option<&Versions>,
    crc: Option<u32>,
) -> Result<(), LoadError> {
    // ANCHOR: task_check_modstruct_version
    let since = judgement.lines.len();
    if check_version(judgement, versions, &"module_layout".into(), crc) {
        return Ok(());
    }
    Err(judgement.refuse(since, Errno::ENOEXEC))
    // ANCHOR_END: task_check_modstruct_version
}
