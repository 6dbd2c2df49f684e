//! NAME.mod.c: the part of a module that nobody writes by hand (scripts/mod/modpost.c, `main` from
//! `add_header` to `add_srcversion`).

use std::collections::BTreeSet;
use std::fmt::Write;

use abi::Symvers;

use crate::{BuildError, object::Object};

/// The C text that finishes `module`: its record, its versions, what it depends on, its exports' CRCs.
///
/// `symvers` holds what the kernel and all the modules export.
///
/// # Errors
/// The object uses a symbol that `symvers` does not have.
pub(crate) fn mod_c(
    module: &str,
    object: &Object,
    symvers: &Symvers,
    vermagic: &str,
) -> Result<String, BuildError> {
    let mut text = String::from("#include <linux/module.h>\n\n");
    text += &this_module(object);
    text += &export_crcs(object, symvers);
    text += &versions(module, object, symvers)?;
    text += &modinfo(module, &dependencies(object, symvers), vermagic);
    Ok(text)
}

/// The modules whose exports `object` uses, by name.
pub(crate) fn dependencies(object: &Object, symvers: &Symvers) -> Vec<String> {
    let exporters = object.undefined.iter().filter_map(|symbol| symvers.get(symbol));
    let modules = exporters.filter(|entry| entry.exporter != "vmlinux").map(|entry| {
        // `drivers/block/brd` is the module brd; a dash in a file's name is an underscore in the module's.
        entry.exporter.rsplit('/').next().unwrap_or_default().replace('-', "_")
    });
    modules.collect::<BTreeSet<_>>().into_iter().collect()
}

fn this_module(object: &Object) -> String {
    let (mut declarations, mut fields) = (String::new(), String::new());
    if object.has_init {
        declarations += "int init_module(void);\n";
        fields += "\t.init = init_module,\n";
    }
    if object.has_exit {
        declarations += "void cleanup_module(void);\n";
        fields += "\t.exit = cleanup_module,\n";
    }
    format!(
        "{declarations}struct module __this_module __section(\".gnu.linkonce.this_module\") = {{\n\
         \t.name = KBUILD_MODNAME,\n{fields}}};\n\n"
    )
}

fn export_crcs(object: &Object, symvers: &Symvers) -> String {
    let mut text = String::new();
    for export in &object.exports {
        let crc = symvers.get(&export.name).map_or(0, |entry| entry.crc);
        let section = if export.gpl_only { "_gpl" } else { "" };
        let _ = writeln!(text, "SYMBOL_CRC({}, 0x{crc:08x}, \"{section}\");", export.name);
    }
    text
}

/// `module_layout` comes first: its version stands for the layout of struct module and of all the
/// structures that the loader and a module share.
fn versions(module: &str, object: &Object, symvers: &Symvers) -> Result<String, BuildError> {
    let mut text =
        String::from("static const struct modversion_info versions[] __used __section(\"__versions\") = {\n");
    for symbol in std::iter::once("module_layout").chain(object.undefined.iter().map(String::as_str)) {
        match symvers.get(symbol) {
            Some(entry) => {
                let _ = writeln!(text, "\t{{ 0x{:08x}, \"{symbol}\" }},", entry.crc);
            }
            None if object.weak.contains(symbol) => {}
            None => {
                let (module, symbol) = (module.to_owned(), symbol.to_owned());
                return Err(BuildError::UndefinedSymbol { module, symbol });
            }
        }
    }
    text += "};\n\n";
    Ok(text)
}

fn modinfo(module: &str, dependencies: &[String], vermagic: &str) -> String {
    format!(
        "MODULE_INFO(depends, \"{}\");\nMODULE_INFO(retpoline, \"Y\");\nMODULE_INFO(name, \"{module}\");\n\
         MODULE_INFO(vermagic, \"{vermagic}\");\n",
        dependencies.join(",")
    )
}
