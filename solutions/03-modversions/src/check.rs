//! Is the symbol that the module was built against still the same? The kernel does the same in
//! `kernel/module/version.c, check_version` and `check_modstruct_version`.

use abi::{Errno, LoadError, OnMismatch};
use vermagic::Judgement;

use crate::{Name, Versions};

/// Whether the module may use the export `symbol`, whose CRC the exporter says is `crc`. Says why not.
///
/// An exporter without a CRC is taken on trust. A module without any versions is loaded by force, or not
/// at all. A symbol that the module's versions do not list: Debian's kernel refuses, mainline warns
/// (`policy.missing_crc`).
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
/// structure that loader and module share. `crc` is the kernel's.
///
/// # Errors
/// `ENOEXEC`, with the words of [`check_version`].
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
