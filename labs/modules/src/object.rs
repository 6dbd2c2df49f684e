//! What a compiled object asks for and offers: the part of scripts/mod/modpost.c that reads ELF
//! (`read_symbols`, `handle_symbol`).

use std::collections::BTreeSet;

use goblin::elf::{Elf, Sym, section_header::SHN_UNDEF, sym};

/// A symbol that an object exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) gpl_only: bool,
    pub(crate) namespace: String,
}

/// What the glue has to know of an object.
#[derive(Debug, Default)]
pub(crate) struct Object {
    /// Symbols that it uses and others must define, by name.
    pub(crate) undefined: BTreeSet<String>,
    /// Of those, the ones that may stay undefined.
    pub(crate) weak: BTreeSet<String>,
    pub(crate) exports: Vec<Export>,
    pub(crate) has_init: bool,
    pub(crate) has_exit: bool,
}

impl Object {
    /// Reads the relocatable object `bytes`.
    ///
    /// # Errors
    /// What is wrong with it, where it is no ELF file or an export has no name string.
    pub(crate) fn read(bytes: &[u8]) -> Result<Object, String> {
        let elf = Elf::parse(bytes).map_err(|error| error.to_string())?;
        let mut object = Object::default();
        for symbol in elf.syms.iter() {
            object.note(&symbol, elf.strtab.get_at(symbol.st_name).unwrap_or_default());
        }
        for section in &elf.section_headers {
            let section = elf.shdr_strtab.get_at(section.sh_name).unwrap_or_default();
            if let Some((name, gpl_only)) = exported_by(section) {
                let namespace = namespace_of(&elf, bytes, name)?;
                object.exports.push(Export { name: name.to_owned(), gpl_only, namespace });
            }
        }
        object.exports.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(object)
    }

    fn note(&mut self, symbol: &Sym, name: &str) {
        match name {
            "init_module" => self.has_init = true,
            "cleanup_module" => self.has_exit = true,
            // The glue defines this one.
            "" | "__this_module" => {}
            _ if symbol.st_shndx == SHN_UNDEF as usize => {
                self.undefined.insert(name.to_owned());
                if symbol.st_bind() == sym::STB_WEAK {
                    self.weak.insert(name.to_owned());
                }
            }
            _ => {}
        }
    }
}

/// The exported symbol that `section` is the record of, and whether for modules under the GPL only.
fn exported_by(section: &str) -> Option<(&str, bool)> {
    let gpl_only = section.strip_prefix("___ksymtab_gpl+").map(|name| (name, true));
    gpl_only.or_else(|| section.strip_prefix("___ksymtab+").map(|name| (name, false)))
}

/// The string at the label `__kstrtabns_NAME` that include/linux/export.h puts beside each export.
fn namespace_of(elf: &Elf<'_>, bytes: &[u8], name: &str) -> Result<String, String> {
    let label = format!("__kstrtabns_{name}");
    let at = elf.syms.iter().find(|symbol| elf.strtab.get_at(symbol.st_name) == Some(&label));
    let text = at.and_then(|symbol| {
        let section = elf.section_headers.get(symbol.st_shndx)?;
        let strings = bytes.get(section.file_range()?)?;
        let text = strings.get(usize::try_from(symbol.st_value).ok()?..)?;
        std::str::from_utf8(text.split(|&byte| byte == 0).next()?).ok()
    });
    text.map(str::to_owned).ok_or_else(|| format!("no {label} beside the export of {name}"))
}
