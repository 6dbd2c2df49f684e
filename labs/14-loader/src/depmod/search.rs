//! Finding the modules below a directory, and the order that the kernel's build has written down in
//! modules.order (kmod 30, depmod_modules_search and depmod_modules_sort).

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context;

use super::walk;
use crate::files::{is_module, module_name};

/// So deep may directories lie in each other; links to directories are followed, and may go in circles.
const DEPTH: usize = 40;

/// A module's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFile {
    /// The module's name: the file's up to the first dot, `-` taken as `_`.
    pub name: String,
    /// The path from the directory of the kernel release, such as `kernel/lib/crc7.ko.xz`.
    pub path: String,
}

impl ModuleFile {
    /// The path as modules.order has it, which knows nothing of compression.
    fn uncompressed(&self) -> &str {
        let end = self.path.rfind(".ko").map(|at| at + ".ko".len());
        end.and_then(|end| self.path.get(..end)).unwrap_or(&self.path)
    }

    fn is_update(&self) -> bool {
        self.path.starts_with("updates/")
    }
}

/// The modules below `directory`, each name once, in the order in which kmod's table is walked.
pub fn find_modules(directory: &Path, warnings: &mut Vec<String>) -> anyhow::Result<Vec<ModuleFile>> {
    let mut by_name = HashMap::new();
    search(directory, "", DEPTH, &mut by_name, warnings)?;
    let mut files: Vec<ModuleFile> = by_name.into_values().collect();
    walk::sort_as_walked(&mut files, walk::MODULES, |file| file.name.as_bytes());
    Ok(files)
}

fn search(
    directory: &Path,
    below: &str,
    depth: usize,
    found: &mut HashMap<String, ModuleFile>,
    warnings: &mut Vec<String>,
) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let entry = entry.with_context(|| directory.display().to_string())?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            warnings.push(format!("{}: the name is not UTF-8", path.display()));
            continue;
        };
        // A link counts as what it leads to.
        let kind = match entry.file_type() {
            Ok(kind) if !kind.is_symlink() => Ok(kind),
            _ => fs::metadata(&path).map(|metadata| metadata.file_type()),
        };
        match kind {
            Ok(kind) if kind.is_dir() => {
                if depth > 0 && name != "build" && name != "source" {
                    let tried = search(&path, &format!("{below}{name}/"), depth - 1, found, warnings);
                    warnings.extend(tried.err().map(|error| format!("{error:#}")));
                }
            }
            Ok(_) if is_module(&path) => {
                add(found, ModuleFile { name: module_name(&path), path: format!("{below}{name}") });
            }
            Ok(_) => {}
            Err(error) => warnings.push(format!("{}: {error}", path.display())),
        }
    }
    Ok(())
}

/// Of two modules of one name, an update wins over the kernel's own; else the first one stays.
fn add(found: &mut HashMap<String, ModuleFile>, file: ModuleFile) {
    match found.get(&file.name) {
        Some(known) if known.is_update() || !file.is_update() => {}
        _ => {
            found.insert(file.name.clone(), file);
        }
    }
}

/// Puts the modules into the order of `directory`/modules.order; those that are not in it come last, in
/// the order they were in.
pub fn sort_by_modules_order(directory: &Path, files: &mut [ModuleFile], warnings: &mut Vec<String>) {
    let path = directory.join("modules.order");
    let order = match fs::read_to_string(&path) {
        Ok(order) if order.is_empty() || order.ends_with('\n') => order,
        Ok(_) => return warnings.push(format!("{}: the last line has no end", path.display())),
        Err(error) => return warnings.push(format!("{}: {error}", path.display())),
    };
    let lines: HashMap<&str, usize> =
        order.lines().enumerate().map(|(number, line)| (line, number)).collect();
    files.sort_by_key(|file| lines.get(file.uncompressed()).copied().unwrap_or(usize::MAX));
}
