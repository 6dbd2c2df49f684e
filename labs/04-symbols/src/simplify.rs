//! Every symbol of a module gets its final value. A failure does not stop it: all that is wrong is printed,
//! and the last failure is the answer. `kernel/module/main.c, simplify_symbols`.

use abi::{Errno, LoadError};
use elf::{Module, Symbol};
use goblin::elf::section_header::{SHN_ABS, SHN_COMMON};
use vermagic::Judgement;

/// Linux's own section index, for symbols that live patching resolves (include/uapi/linux/elf.h).
const SHN_LIVEPATCH: u32 = 0xff20;

/// The final value of every symbol of `module`, by number.
///
/// - Symbol 0 is in every file, undefined and without a name: its value is 0, and nobody looks for it.
/// - An undefined symbol is looked up once with `resolve`: `Ok(None)` where nobody exports it. (In a kernel
///   it is [`resolve_symbol_wait`](crate::resolve_symbol_wait).) What that means for the symbol, `undefined`
///   knows.
/// - Of every other symbol, `defined` knows the value. `addresses` are the sections', by number; for
///   `.data..percpu`, the value of a per-CPU symbol with offset 0.
/// - A failure does not end it: the next symbol follows, so that all that is wrong is printed.
///
/// `undefined` and `defined`, which are given below, print what there is to print.
///
/// # Errors
/// The errno of the last symbol that failed, with every line that was printed since this function was called;
/// [`Judgement::refuse`] takes them out of the log. Earlier lines stay there.
pub fn simplify_symbols<'a>(
    judgement: &mut Judgement,
    module: &Module<'a>,
    addresses: &[u64],
    mut resolve: impl FnMut(&mut Judgement, &Symbol<'a>) -> Result<Option<u64>, Errno>,
) -> Result<Vec<u64>, LoadError> {
    todo!("give each symbol but number 0 its value, go on after a failure, and answer with the last one")
}

/// The value of a symbol that the module defines itself.
fn defined(
    judgement: &mut Judgement,
    module: &Module,
    addresses: &[u64],
    symbol: &Symbol,
) -> Result<u64, Errno> {
    let (name, symbol_name) = (judgement.name, symbol.name);
    let section = u32::from(symbol.section);
    match section {
        SHN_COMMON if symbol_name.starts_with(b"__gnu_lto") => Ok(symbol.value),
        SHN_COMMON => {
            judgement.print(format!("{name}: please compile with -fno-common"));
            Err(Errno::ENOEXEC)
        }
        SHN_ABS | SHN_LIVEPATCH => Ok(symbol.value),
        _ if section as usize >= module.sections.len() => {
            let max = module.sections.len().saturating_sub(1);
            judgement.print(format!(
                "{name}: Symbol {symbol_name} has an invalid section index {section} (max {max})"
            ));
            Err(Errno::ENOEXEC)
        }
        _ => {
            let base = addresses.get(section as usize).copied().unwrap_or_default();
            Ok(base.wrapping_add(symbol.value))
        }
    }
}

/// The value of a symbol that somebody else must define. A weak one may stay what it is, which is 0, where
/// nobody does; assemblers used to leave `_GLOBAL_OFFSET_TABLE_` behind, which nobody needs.
fn undefined(
    judgement: &mut Judgement,
    symbol: &Symbol,
    resolved: Result<Option<u64>, Errno>,
) -> Result<u64, Errno> {
    let errno = match resolved {
        Ok(Some(value)) => return Ok(value),
        Ok(None) if symbol.is_weak() || symbol.name == "_GLOBAL_OFFSET_TABLE_" => return Ok(symbol.value),
        Ok(None) => Errno::ENOENT,
        Err(errno) => errno,
    };
    let name = judgement.name;
    judgement.print(format!("{name}: Unknown symbol {} (err {})", symbol.name, errno.to_return()));
    Err(errno)
}
