//! The six relocations that modules for x86-64 use. The kernel does the same in
//! `arch/x86/kernel/module.c, apply_relocate_add`; its lines begin with `module: ` because that is the
//! name of the file (`pr_fmt`).

use abi::{Errno, LoadError};
use bstr::BStr;
use elf::Rela;
use goblin::elf::reloc::{
    R_X86_64_32, R_X86_64_32S, R_X86_64_64, R_X86_64_NONE, R_X86_64_PC32, R_X86_64_PC64, R_X86_64_PLT32,
};

use super::write;
use crate::{Refusal, Refused, apply_table};

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

/// Applies one relocation of the kind `rela.kind` at `rela.offset` of `section`, with [`write()`]. `value` is
/// S + A, the addend being in it already; `place` is P, the address of the place itself.
///
/// | kind (constants of goblin) | number | written, little-endian | checked once it is written |
/// |---|---|---|---|
/// | `R_X86_64_NONE` | 0 | nothing, and nothing is looked at | |
/// | `R_X86_64_64` | 1 | S + A, 8 bytes | |
/// | `R_X86_64_PC32` | 2 | S + A - P, the low 4 bytes | nothing: 6.1 has the check under `#if 0` |
/// | `R_X86_64_PLT32` | 4 | the same as `PC32` | |
/// | `R_X86_64_32` | 10 | S + A, the low 4 bytes | filled up with zeroes they must be S + A again |
/// | `R_X86_64_32S` | 11 | S + A, the low 4 bytes | filled up with their sign they must be S + A again |
/// | `R_X86_64_PC64` | 24 | S + A - P, 8 bytes | |
///
/// Sums and differences wrap around, as the kernel's `u64` do.
///
/// # Errors
/// In this order: [`Refusal::Unknown`] for any other kind, whatever its place; what [`write()`] refuses, of which nothing
/// was written; [`Refusal::Overflow`] where the check fails, and then the bytes have been written all the same.
#[inline]
pub fn apply(section: &mut [u8], place: u64, rela: &Rela, value: u64) -> Result<(), Refusal> {
    todo!("write the value for this kind of relocation, and check what has to fit")
}

/// `Overflow` where the value does not fit.
fn fits(fits: bool) -> Result<(), Refusal> {
    if fits { Ok(()) } else { Err(Refusal::Overflow) }
}

/// The kernel's words for a refusal. It hashes `%p`, the place's address, so that no log gives away where
/// the kernel lies; here there is nothing to hide.
#[cold]
fn refuse(refused: &Refused, module: &BStr) -> LoadError {
    let Refused { refusal, rela: Rela { kind, .. }, place, value } = refused;
    let message = match refusal {
        Refusal::NotZero => format!(
            "module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type \
             {kind}, loc {place:016x}, val {value:x}"
        ),
        Refusal::Overflow => format!(
            "module: overflow in relocation type {kind} val {value:x}\n\
             module: `{module}' likely not compiled with -mcmodel=kernel"
        ),
        Refusal::Unknown => format!("module: {module}: Unknown rela relocation: {kind}"),
        Refusal::OutsideSection | Refusal::NoSuchSymbol => return refused.not_there(module),
    };
    LoadError::new(Errno::ENOEXEC, message)
}

/// The refusal of a module that has relocations without addends (`SHT_REL`), which x86-64 never has
/// (`include/linux/moduleloader.h, apply_relocate`).
pub fn rel_unsupported(module: &BStr) -> LoadError {
    LoadError::new(Errno::ENOEXEC, format!("module {module}: REL relocation unsupported"))
}
