//! A whole module file, from its bytes to something the rest of the loader can rely on.
//! kernel/module/main.c, the first third of load_module.

use abi::{Errno, LoadError};
use bstr::BStr;
use goblin::elf64::header::SIZEOF_EHDR;

use crate::load_info::setup_load_info;
use crate::modinfo::Modinfo;
use crate::relocation::{RelocationTable, relocation_tables};
use crate::section::{Section, find_sec, sections};
use crate::signature::{Signature, split_signature};
use crate::stricter;
use crate::symbol::{Symbol, symbols};
use crate::validity::elf_validity_check;

/// A module file that has passed every check that needs no kernel: those of Linux 6.1 and the
/// [`stricter`] ones. It borrows the file and owns no bytes of it.
#[derive(Debug, Clone)]
pub struct Module<'a> {
    /// What messages call it: `name=` in `.modinfo`, else the name in `struct module`.
    pub name: &'a BStr,
    /// The name in `struct module`, by which it is known once it is loaded.
    pub this_module_name: &'a BStr,
    /// The ELF file: the signature is cut off.
    pub bytes: &'a [u8],
    /// The signature that was cut off.
    pub signature: Option<Signature<'a>>,
    /// The sections, in file order; number 0 is the empty one.
    pub sections: Vec<Section<'a>>,
    /// The symbols, in file order; number 0 is the empty one.
    pub symbols: Vec<Symbol<'a>>,
    /// What the module says about itself.
    pub modinfo: Modinfo<'a>,
    /// The number of `.gnu.linkonce.this_module`, which holds `struct module`.
    pub this_module: usize,
    /// The number of the symbol table.
    pub symbol_table: usize,
    /// The number of the strings of the symbols' names.
    pub string_table: usize,
    /// The number of `.modinfo`.
    pub modinfo_section: Option<usize>,
    /// The number of `__versions`.
    pub versions: Option<usize>,
    /// The number of `.data..percpu`.
    pub percpu: Option<usize>,
}

impl<'a> Module<'a> {
    /// Opens a module file. It must not be compressed: see [`decompress`](crate::decompress).
    ///
    /// # Errors
    /// What Linux 6.1 answers, with its words, up to and with setup_load_info; after that ENOEXEC with
    /// the words of the [`stricter`] rule.
    pub fn parse(file: &'a [u8]) -> Result<Module<'a>, LoadError> {
        if file.len() < SIZEOF_EHDR {
            return Err(LoadError::silent(Errno::ENOEXEC)); // copy_module_from_user
        }
        let (bytes, signature) = split_signature(file)?;
        let headers = elf_validity_check(bytes)?;
        let sections = sections(bytes, &headers);
        let info = setup_load_info(&sections)?;
        stricter::check_sections(&headers, &sections, &info)?;
        stricter::check_tables(&sections, &info)?;

        let data = |number: usize| sections.get(number).map(|section| section.data).unwrap_or_default();
        let symbols = symbols(data(info.symbol_table), data(info.string_table));
        let modinfo = Modinfo::new(info.modinfo.map(data).unwrap_or_default());
        stricter::check_symbols(&sections, &symbols, data(info.symbol_table), data(info.string_table))?;
        let tables = relocation_tables(&sections, info.kept_out());
        stricter::check_relocations(&sections, &tables, symbols.len(), &info)?;
        Ok(Module {
            name: info.name,
            this_module_name: info.this_module_name,
            bytes,
            signature,
            sections,
            symbols,
            modinfo,
            this_module: info.this_module,
            symbol_table: info.symbol_table,
            string_table: info.string_table,
            modinfo_section: info.modinfo,
            versions: info.versions,
            percpu: info.percpu,
        })
    }

    /// The tables of relocations that the kernel applies.
    pub fn relocation_tables(&self) -> impl Iterator<Item = RelocationTable<'a>> {
        relocation_tables(&self.sections, [self.modinfo_section, self.versions, self.percpu]).into_iter()
    }

    /// The number of the first section of this name among those to be loaded.
    pub fn section_named(&self, name: impl AsRef<[u8]>) -> Option<usize> {
        find_sec(&self.sections, name)
    }
}
