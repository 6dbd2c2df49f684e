//! Relocations of modules for AArch64: `arch/arm64/kernel/module.c, apply_relocate_add`.

use abi::{Errno, LoadError};
use bstr::BStr;
use elf::Rela;

use super::data::reloc_data;
use super::imm::reloc_insn_imm;
use super::kind::{Form, is_none, kind};
use super::movw::reloc_insn_movw;
use crate::{Refusal, Refused, apply_table, place};

/// Applies the relocations `entries` to `section`, whose final address is `address`. `symbols` holds each symbol's
/// final value, by number; `module` is the module's name.
///
/// # Errors
/// `ENOEXEC` at the first relocation that cannot be applied ([`apply_table`]), with the kernel's words; earlier ones
/// stay applied.
pub fn apply_relocate_add(
    section: &mut [u8],
    address: u64,
    entries: impl Iterator<Item = Rela>,
    symbols: &[u64],
    module: &BStr,
) -> Result<(), LoadError> {
    apply_table(section, address, entries, symbols, apply).map_err(|refused| refuse(&refused, module))
}

/// Applies one relocation: `at` is P, and `value` S + A. What the place holds is an instruction, or does not matter.
fn apply(section: &mut [u8], at: u64, rela: &Rela, value: u64) -> Result<(), Refusal> {
    if is_none(rela.kind) {
        return Ok(());
    }
    let kind = kind(rela.kind).ok_or(Refusal::Unknown)?;
    let result = kind.operation.of(value, at);
    let applied = match kind.form {
        Form::Data16 => reloc_data::<2>(place(section, rela.offset)?, kind.operation, result),
        Form::Data32 => reloc_data::<4>(place(section, rela.offset)?, kind.operation, result),
        Form::Data64 => reloc_data::<8>(place(section, rela.offset)?, kind.operation, result),
        Form::Imm { lsb, len, field } => {
            reloc_insn_imm(place(section, rela.offset)?, result, lsb, len, field)
        }
        Form::Movw { lsb, signed } => reloc_insn_movw(place(section, rela.offset)?, result, lsb, signed),
    };
    if kind.checked { applied } else { Ok(()) }
}

/// The kernel's words for a refusal.
#[cold]
fn refuse(refused: &Refused, module: &BStr) -> LoadError {
    let Refused { refusal, rela: Rela { kind, .. }, value, .. } = refused;
    let message = match refusal {
        Refusal::Overflow => format!("overflow in relocation type {kind} val {value:x}"),
        Refusal::Unknown => format!("unsupported RELA relocation: {kind}"),
        Refusal::NotZero | Refusal::OutsideSection | Refusal::NoSuchSymbol => {
            return refused.not_there(module);
        }
    };
    LoadError::new(Errno::ENOEXEC, format!("module {module}: {message}"))
}
