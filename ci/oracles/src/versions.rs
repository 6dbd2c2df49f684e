//! `oracles versions`: every module's `__versions`, written again from the symbols that it uses and the kernel's
//! Module.symvers, byte for byte.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use abi::Symvers;
use anyhow::{Context, anyhow, ensure};
use elf::Module;
use modversions::{Undefined, Versions, write_versions};

use crate::files::modules;

/// So many differences are shown.
const SHOWN: usize = 5;

/// Compares every module below the directories; true where all are equal.
pub fn compare(symvers: &Path, directories: &[PathBuf]) -> anyhow::Result<bool> {
    let text = fs::read_to_string(symvers).with_context(|| symvers.display().to_string())?;
    let symvers = Symvers::parse(&text)?;
    let files = modules(directories)?;
    let (mut equal, mut in_order, mut records) = (0, 0, 0);
    let mut wrong = Vec::new();
    for path in &files {
        match rewrite(path, &symvers) {
            Ok(found) => {
                equal += 1;
                in_order += usize::from(found.in_order);
                records += found.records;
            }
            Err(error) => wrong.push(format!("{}: {error:#}", path.display())),
        }
    }
    wrong.iter().take(SHOWN).for_each(|wrong| println!("{wrong}"));
    println!(
        "versions: {equal} of {} sections equal, {records} records; in {in_order} the final link kept the order of \
         the object's symbols",
        files.len()
    );
    Ok(wrong.is_empty())
}

struct Rewritten {
    records: usize,
    /// The module's symbol table has the symbols in the order in which modpost saw them.
    in_order: bool,
}

/// The set of symbols comes from the symbol table and the versions from Module.symvers. Only the order of the
/// records is taken from the section: modpost saw the object before its final link, which sorts symbols anew.
fn rewrite(path: &Path, symvers: &Symvers) -> anyhow::Result<Rewritten> {
    let file = loader::files::read_module(path)?;
    let module = Module::parse(&file)?;
    let number = module.versions.context("no __versions")?;
    let section = module.sections.get(number).context("no __versions")?;
    let symbols =
        module.symbols.iter().skip(1).filter(|symbol| symbol.is_undefined() && !symbol.name.is_empty());
    let undefined: Vec<String> = symbols.map(|symbol| symbol.name.to_string()).collect();
    let mut listed: Vec<String> =
        Versions::new(section.data).iter().map(|(name, _)| name.to_string()).collect();
    ensure!(listed.pop().as_deref() == Some("module_layout"), "module_layout is not the last record");
    ensure!(set(&listed) == set(&undefined), "the symbols listed are not the ones used");
    let wanted = listed.iter().map(|name| Undefined { name, weak: false });
    let ours = write_versions(&path.display().to_string(), wanted, symvers).map_err(|errors| {
        anyhow!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))
    })?;
    ensure!(ours == section.data, "other bytes");
    Ok(Rewritten { records: listed.len() + 1, in_order: listed == undefined })
}

fn set(names: &[String]) -> BTreeSet<&str> {
    names.iter().map(String::as_str).collect()
}
