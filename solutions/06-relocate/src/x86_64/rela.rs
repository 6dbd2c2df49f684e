//! The six relocations that modules for x86-64 use. The kernel does the same in
//! `arch/x86/kernel/module.c, apply_relocate_add`; its lines begin with `module: ` because that is the
//! name of the file (`pr_fmt`).

use abi::{Errno, LoadError};
use bstr::BStr;
use elf::Rela;
use goblin::elf::reloc::{
    R_X86_64_32, R_X86_64_32S, R_X86_64_64, R_X86_64_NONE, R_X86_64_PC32, R_X86_64_PC64, R_X86_64_PLT32,
};

/// Why one relocation cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The place holds something already. A relocation adds nothing to it (RELA), so something is wrong.
    NotZero,
    /// The value does not fit into the place.
    Overflow,
    /// Nobody knows this kind of relocation.
    Unknown,
    /// The place does not lie in the section. 6.1 does not look.
    OutsideSection,
    /// There is no such symbol. 6.1 does not look.
    NoSuchSymbol,
}

/// Applies the relocations `entries` to `section`, whose final address is `address`. `symbols` holds each
/// symbol's final value, by number; `module` is the module's name.
///
/// A `PC32` is not checked for overflow, as in 6.1: the memory for modules lies within reach of the kernel.
///
/// # Errors
/// `ENOEXEC` at the first relocation that cannot be applied, with the kernel's words; earlier ones stay
/// applied. Stricter than 6.1, which would write outside the section: a place or symbol out of range.
pub fn apply_relocate_add(
    section: &mut [u8],
    address: u64,
    entries: impl Iterator<Item = Rela>,
    symbols: &[u64],
    module: &BStr,
) -> Result<(), LoadError> {
    for rela in entries {
        let place = address.wrapping_add(rela.offset);
        let symbol = symbols.get(rela.symbol as usize).copied();
        let value = symbol.unwrap_or_default().wrapping_add_signed(rela.addend);
        let applied = match symbol {
            Some(_) => apply(section, place, &rela, value),
            None => Err(Refusal::NoSuchSymbol),
        };
        applied.map_err(|refusal| refuse(refusal, &rela, place, value, module))?;
    }
    Ok(())
}

// ANCHOR: apply
/// Applies one relocation: `value` is S + A, `place` is P.
#[inline]
fn apply(section: &mut [u8], place: u64, rela: &Rela, value: u64) -> Result<(), Refusal> {
    // ANCHOR: task_apply
    match rela.kind {
        R_X86_64_NONE => Ok(()),
        R_X86_64_64 => write(section, rela.offset, value.to_le_bytes()),
        R_X86_64_PC64 => write(section, rela.offset, value.wrapping_sub(place).to_le_bytes()),
        R_X86_64_PC32 | R_X86_64_PLT32 => {
            write(section, rela.offset, (value.wrapping_sub(place) as u32).to_le_bytes())
        }
        R_X86_64_32 => {
            write(section, rela.offset, (value as u32).to_le_bytes())?;
            fits(u64::from(value as u32) == value)
        }
        R_X86_64_32S => {
            write(section, rela.offset, (value as u32).to_le_bytes())?;
            fits(i64::from(value as i32) as u64 == value)
        }
        _ => Err(Refusal::Unknown),
    }
    // ANCHOR_END: task_apply
}
// ANCHOR_END: apply

/// Writes `bytes` over zeroes.
#[inline]
fn write<const N: usize>(section: &mut [u8], offset: u64, bytes: [u8; N]) -> Result<(), Refusal> {
    // ANCHOR: task_write
    let offset = usize::try_from(offset).map_err(|_| Refusal::OutsideSection)?;
    let place = section.get_mut(offset..).and_then(|rest| rest.first_chunk_mut::<N>());
    let place = place.ok_or(Refusal::OutsideSection)?;
    if *place != [0; N] {
        return Err(Refusal::NotZero);
    }
    *place = bytes;
    Ok(())
    // ANCHOR_END: task_write
}

fn fits(fits: bool) -> Result<(), Refusal> {
    if fits { Ok(()) } else { Err(Refusal::Overflow) }
}

/// The kernel's words for a refusal. It hashes `%p`, the place's address, so that no log gives away where
/// the kernel lies; here there is nothing to hide.
#[cold]
fn refuse(refusal: Refusal, rela: &Rela, place: u64, value: u64, module: &BStr) -> LoadError {
    let Rela { offset, kind, symbol, .. } = *rela;
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
        Refusal::OutsideSection => {
            format!("module: {module}: relocation type {kind} at offset {offset:#x} lies outside its section")
        }
        Refusal::NoSuchSymbol => {
            format!("module: {module}: relocation type {kind} uses symbol {symbol}, which does not exist")
        }
    };
    LoadError::new(Errno::ENOEXEC, message)
}

/// The refusal of a module that has relocations without addends (`SHT_REL`), which x86-64 never has
/// (`include/linux/moduleloader.h, apply_relocate`).
pub fn rel_unsupported(module: &BStr) -> LoadError {
    LoadError::new(Errno::ENOEXEC, format!("module {module}: REL relocation unsupported"))
}
