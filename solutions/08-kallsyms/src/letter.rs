//! The letter that says what kind of thing a symbol names, as `nm` has it: `kernel/module/kallsyms.c,
//! elf_type`.

use elf::{Module, Symbol};
use goblin::elf::section_header::{SHN_ABS, SHN_LORESERVE};
use goblin::elf::sym::STT_OBJECT;

/// The letter of `symbol`, by the first row that fits:
///
/// | symbol | letter |
/// |---|---|
/// | weak, and of the kind `STT_OBJECT` | `v` |
/// | weak | `w` |
/// | undefined: in section 0 | `U` |
/// | in section `SHN_ABS`, or in the module's per-CPU section | `a` |
/// | in any other section from `SHN_LORESERVE` on | `?` |
/// | in a section of instructions | `t` |
/// | in a section that is to be loaded (`SHF_ALLOC`), has bytes in the file, and is not writable | `r` |
/// | the same, but writable | `d` |
/// | in a section without bytes (`SHT_NOBITS`), to be loaded or not | `b` |
/// | in a section whose name begins with `.debug` | `n` |
/// | anything else, a section that does not exist included | `?` |
///
/// The kernel's `g` and `s`, for small data, do not occur on x86-64.
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
