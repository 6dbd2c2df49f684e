//! A module's symbols get their values: from its own sections, from vmlinux, from other modules.
//! `kernel/module/main.c, simplify_symbols`.

use abi::{Errno, LoadError};
use elf::Module;
use goblin::elf::reloc::R_X86_64_PLT32;
use layout::Layout;
use modversions::Name;
use symbols::{Importer, resolve_symbol_wait, simplify_symbols};
use vermagic::Judgement;

use crate::{kernel::Kernel, loaded::LoadedModule};

impl Kernel {
    /// Gives every symbol its value. Names that the real kernel exports and this machine does not have are
    /// bound to traps first, so that any module loads, and the first missing call says its name.
    pub(crate) fn simplify_symbols(
        &self,
        module: &Module,
        judgement: &mut Judgement,
        loaded: &LoadedModule,
        addresses: &[u64],
    ) -> Result<Vec<u64>, LoadError> {
        self.bind_missing(module)?;
        let mut importer = Importer::new(module, loaded.id);
        let addresses = with_the_rest(module, &loaded.layout, addresses);
        simplify_symbols(judgement, module, &addresses, |judgement, symbol| {
            resolve_symbol_wait(judgement, &mut importer, &mut self.registry.hold(), &Name::new(symbol.name))
        })
    }

    fn bind_missing(&self, module: &Module) -> Result<(), LoadError> {
        let exports = self.machine.exports();
        let missing = |name: &str| {
            let of_vmlinux = exports.symvers().get(name).is_some_and(|entry| entry.exporter == "vmlinux");
            of_vmlinux && exports.get(name).is_none()
        };
        let mut called = None;
        let mut bound = false;
        for (number, symbol) in module.symbols.iter().enumerate().filter(|(_, symbol)| symbol.is_undefined())
        {
            let Some(name) = std::str::from_utf8(symbol.name).ok().filter(|name| missing(name)) else {
                continue;
            };
            let called = called.get_or_insert_with(|| called_symbols(module));
            let is_called = called.get(number).copied().unwrap_or_default();
            exports.bind_missing(name, is_called).map_err(|_| LoadError::silent(Errno::ENOMEM))?;
            bound = true;
        }
        if bound {
            self.publish_exports();
        }
        Ok(())
    }
}

/// Where the kernel's copy of the file begins, which is freed once the module is there: the first page that `vmalloc` has
/// (`arch/x86/include/asm/pgtable_64_types.h`, VMALLOC_START).
const COPY: u64 = 0xffff_c900_0000_0000;

/// The sections' `addresses`, with those of what is not loaded: its symbols get values too, in the kernel's copy of the file,
/// and what refers to them by 32 bits does not reach so far (`kernel/module/main.c`, rewrite_section_headers).
pub(crate) fn with_the_rest(module: &Module, layout: &Layout, addresses: &[u64]) -> Vec<u64> {
    let address = |(number, &address): (usize, &u64)| match module.sections.get(number) {
        Some(section) if number > 0 && layout.placement(number).is_none() => {
            COPY.wrapping_add(section.offset)
        }
        _ => address,
    };
    addresses.iter().enumerate().map(address).collect()
}

/// Which symbols are called and not merely pointed to, by number: those that a PLT32 relocation names.
fn called_symbols(module: &Module) -> Vec<bool> {
    let mut called = vec![false; module.symbols.len()];
    for rela in module.relocation_tables().flat_map(|table| table.entries()) {
        if rela.kind == R_X86_64_PLT32
            && let Some(called) = called.get_mut(rela.symbol as usize)
        {
            *called = true;
        }
    }
    called
}
