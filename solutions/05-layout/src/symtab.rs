//! The room for names: the whole symbol table goes to the end of the init part, and those symbols that
//! stay to the end of the core part. The kernel does the same in `kernel/module/kallsyms.c, layout_symtab`.

use abi::LoadError;
use elf::{Module, Symbol};

use crate::place::{align_up, module_get_offset, strict_align};
use crate::{Layout, Position};

/// `sizeof(Elf64_Sym)`; bytes.
const SYMBOL_SIZE: u64 = 24;

/// `struct mod_kallsyms`, include/linux/module.h: three pointers and a count; size and alignment in bytes.
const MOD_KALLSYMS: (u64, u64) = (32, 8);

/// Adds the room that the kernel takes for symbols, names and type letters to the sizes of both parts.
pub(crate) fn layout_symtab(layout: &mut Layout, module: &Module) -> Result<(), LoadError> {
    let Some(symtab) = module.sections.get(module.symbol_table) else { return Ok(()) };
    let (strings_size, strings_alignment) =
        module.sections.get(symtab.link as usize).map_or((0, 1), |strings| (strings.size, strings.alignment));
    let stay = |(number, symbol): &(usize, &Symbol)| *number == 0 || layout.is_core_symbol(symbol);
    let (mut count, mut names) = (0, 0);
    for (_, symbol) in module.symbols.iter().enumerate().filter(stay) {
        count += 1;
        names += symbol.name.len() as u64 + 1;
    }

    // ANCHOR: room
    let core = &mut layout.core.size;
    module_get_offset(core, count * SYMBOL_SIZE, symtab.alignment)?;
    module_get_offset(core, names + count, 1)?;
    strict_align(core)?;

    let init = &mut layout.init.size;
    module_get_offset(init, symtab.size, symtab.alignment)?;
    module_get_offset(init, strings_size, strings_alignment)?;
    *init = align_up(*init, MOD_KALLSYMS.1)?;
    module_get_offset(init, MOD_KALLSYMS.0 + module.symbols.len() as u64, 1)?;
    strict_align(init)
    // ANCHOR_END: room
}

impl Layout {
    /// Whether a symbol is still of use once the init part is gone (`is_core_symbol`, with
    /// CONFIG_KALLSYMS_ALL: data too, not only functions). What is undefined lies in section 0, which has no place.
    pub fn is_core_symbol(&self, symbol: &Symbol) -> bool {
        let placement = self.placement(usize::from(symbol.section));
        let stays = placement.is_some_and(|placement| placement.part != Position::Init);
        stays && !symbol.name.is_empty()
    }
}
