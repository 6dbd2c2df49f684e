//! The letter that says what kind of thing a symbol names, as `nm` has it: `kernel/module/kallsyms.c,
//! elf_type`.

use elf::{Module, Symbol};
use goblin::elf::section_header::{SHN_ABS, SHN_LORESERVE};
use goblin::elf::sym::STT_OBJECT;

/// The letter of `symbol`: t for instructions, r for read-only data, d for data, b for data that starts as
/// zeroes, a for absolute values, v and w for weak symbols, U for undefined ones, n for debugging, else `?`.
pub fn elf_type(module: &Module, symbol: &Symbol) -> char {
    // ANCHOR: task_elf_type
    let number = usize::from(symbol.section);
    let section = module.sections.get(number);
    match symbol {
        _ if symbol.is_weak() => {
            if symbol.kind() == STT_OBJECT {
                'v'
            } else {
                'w'
            }
        }
        _ if symbol.is_undefined() => 'U',
        _ if u32::from(symbol.section) == SHN_ABS || module.percpu == Some(number) => 'a',
        _ if u32::from(symbol.section) >= SHN_LORESERVE => '?',
        _ => match section {
            Some(section) if section.is_executable() => 't',
            Some(section) if section.is_alloc() && !section.is_nobits() => {
                if section.is_writable() {
                    'd'
                } else {
                    'r'
                }
            }
            Some(section) if section.is_nobits() => 'b',
            Some(section) if section.name.starts_with(b".debug") => 'n',
            _ => '?',
        },
    }
    // ANCHOR_END: task_elf_type
}
